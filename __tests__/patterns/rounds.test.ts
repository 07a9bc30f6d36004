/** Patterns carried out by the real loop: what a boomerang repeats, and what an A/B test comes to. */
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import { initialState } from '../../src/core/state.js';
import type { VerbName } from '../../src/input/option.js';
import { run } from '../../src/run.js';
import { FakeClock } from '../fakes/clock.js';
import { FakeExecutor, settled } from '../fakes/executor.js';
import { FakeInbox, FakeJournal } from '../fakes/journal.js';
import { asked, right } from '../input/typed.js';

const STARTED: Observation = {
  type: 'run.started',
  run: 'r1',
  planDigest: 'd',
  owner: { pid: 1, startTime: '1', host: 'h' },
  estimates: {},
};

/**
 * Carries out what was typed, one task at a time, each attempt with the exit code that `codes` has for it: the first
 * for its first attempt, and so on; 0 when there is none left. Gives what was started, and how run and tasks ended.
 */
async function story(
  verb: VerbName,
  argv: readonly string[],
  codes: Readonly<Record<string, readonly number[]>>,
) {
  const executor = new FakeExecutor();
  const state = initialState(right(asked(verb, ['--max-concurrent', '1', ...argv])));
  const inboxes = [new FakeInbox()];
  const ports = { journal: new FakeJournal(), executor, clock: new FakeClock(), inboxes, observers: [] };
  const ended = run(state, ports, [STARTED]);
  await settled();
  for (let at = 0; at < executor.launches.length; at++) {
    const launch = executor.launches[at];
    if (launch === undefined) break;
    await executor.exit(launch.task, { kind: 'code', code: codes[launch.task]?.[launch.attempt - 1] ?? 0 });
  }
  return {
    started: executor.launches.map(({ task, round }) => `${task}${round === 1 ? '' : `@${round}`}`).join(' '),
    status: (await ended).status,
    tasks: Object.fromEntries(state.tasks.map(({ task, status }) => [task.id, status])),
    contexts: executor.launches.map(({ task, context }) => [
      task,
      context.map((entry) => entry.task).join(' '),
    ]),
  };
}

const PHASES = ['--boomerang', '--code', 'echo 1', '--test', 'echo 2', '--tune', 'echo 3'];

describe('a boomerang', () => {
  test('goes back to the first phase while a named one fails, and what follows is skipped', async () => {
    const argv = [...PHASES, '--loop-back-on', 'test_failure'];
    expect(await story('orchestrate', argv, { test: [1, 1, 0] })).toMatchObject({
      started: 'code test code@2 test@2 code@3 test@3 tune@3',
      status: 'succeeded',
      tasks: { code: 'succeeded', test: 'succeeded', tune: 'succeeded' },
    });
  });

  test('is over after the last round, which alone decides', async () => {
    const argv = [...PHASES, '--loop-back-on', 'test_failure', '--max-iterations', '2'];
    expect(await story('orchestrate', argv, { test: [1, 1, 0] })).toMatchObject({
      started: 'code test code@2 test@2',
      status: 'failed',
      tasks: { code: 'succeeded', test: 'failed', tune: 'skipped' },
    });
  });

  test('does not go back for a phase that is not named', async () => {
    const argv = [...PHASES, '--loop-back-on', 'tune_issue'];
    expect(await story('orchestrate', argv, { test: [1] })).toMatchObject({
      started: 'code test',
      status: 'failed',
    });
  });

  test('goes on until a command succeeds, also past a failed phase', async () => {
    const argv = [...PHASES, '--until', 'true'];
    expect(await story('orchestrate', argv, { test: [1], until: [1, 0] })).toMatchObject({
      started: 'code test until code@2 test@2 tune@2 until@2',
      status: 'succeeded',
    });
  });

  test('lets the command decide about another round, and fails when it is never content', async () => {
    const argv = [...PHASES, '--until', 'true'];
    expect(await story('orchestrate', argv, { test: [1] })).toMatchObject({
      started: 'code test until',
      status: 'failed',
    });
    expect(await story('orchestrate', argv, { until: [1, 1, 1] })).toMatchObject({
      started: 'code test tune until code@2 test@2 tune@2 until@2 code@3 test@3 tune@3 until@3',
      status: 'failed',
      tasks: { until: 'failed' },
    });
  });

  test('counts the rounds of both conditions together', async () => {
    const argv = [...PHASES, '--until', 'true', '--loop-back-on', 'test_failure'];
    const { started } = await story('orchestrate', argv, { test: [1, 0, 1, 1], until: [0, 1, 1, 1] });
    expect(started.match(/code/g)).toHaveLength(3);
    expect(started).not.toContain('@4');
  });

  test('goes back whatever --on-error says', async () => {
    const argv = [...PHASES, '--loop-back-on', 'test_failure'];
    for (const policy of ['stop', 'fail-fast', 'skip'])
      expect(await story('orchestrate', [...argv, '--on-error', policy], { test: [1] })).toMatchObject({
        started: 'code test code@2 test@2 tune@2',
        status: 'succeeded',
      });
    expect(await story('orchestrate', [...argv, '--on-error', 'continue'], { test: [1] })).toMatchObject({
      started: 'code test tune code@2 test@2 tune@2',
      status: 'succeeded',
    });
  });

  test('hands the results of all earlier phases on', async () => {
    const { contexts } = await story('orchestrate', [...PHASES, '--loop-back-on', 'test'], {});
    expect(contexts).toEqual([
      ['code', ''],
      ['test', 'code'],
      ['tune', 'code test'],
    ]);
  });
});

describe('--on-error continue', () => {
  test('lets go of the order of stages and of the members of a group', async () => {
    const argv = [
      '--a-sequential',
      'echo 1',
      'echo 2',
      '--b-parallel',
      'echo 3',
      'echo 4',
      '--on-error',
      'continue',
    ];
    expect(await story('orchestrate', argv, { 'a-1': [1], 'a-2': [1] })).toMatchObject({
      started: 'a-1 a-2 b-1 b-2',
      status: 'failed',
    });
  });
});

describe('stages', () => {
  test('start when all of the one before has succeeded', async () => {
    const argv = ['--a-parallel', 'echo 1', 'echo 2', '--b', 'echo 3'];
    expect(await story('orchestrate', argv, { 'a-1': [1] })).toMatchObject({
      started: 'a-1 a-2',
      tasks: { b: 'skipped' },
      status: 'failed',
    });
  });
});

describe('an A/B test', () => {
  const argv = [
    '--ab-test',
    '--variant-a',
    'echo 1',
    'echo 2',
    '--variant-b',
    'echo 3',
    '--compare',
    'echo 4',
  ];

  test.each<[string, Record<string, number[]>, string, string]>([
    ['all succeed', {}, 'a-1 b a-2 compare', 'succeeded'],
    ['one fails', { b: [1] }, 'a-1 b a-2 compare', 'succeeded'],
    ['one fails at its first text', { 'a-1': [1] }, 'a-1 b compare', 'succeeded'],
    ['all fail', { 'a-1': [1], b: [1] }, 'a-1 b', 'failed'],
    ['all fail, one at its second text', { 'a-2': [1], b: [1] }, 'a-1 b a-2', 'failed'],
    ['the judge fails', { compare: [1] }, 'a-1 b a-2 compare', 'failed'],
  ])('in which %s', async (_, codes, started, status) => {
    const told = await story('run', argv, codes);
    expect({ started: told.started.split(' ').sort(), status: told.status }).toEqual({
      started: started.split(' ').sort(),
      status,
    });
  });

  test('goes on to its judge with --on-error stop', async () => {
    const told = await story('run', [...argv, '--on-error', 'stop'], { b: [1] });
    expect(told).toMatchObject({ tasks: { compare: 'succeeded' }, status: 'succeeded' });
  });

  test('shows the judge the results of all variants', async () => {
    const { contexts } = await story('run', argv, {});
    expect(contexts.find(([task]) => task === 'compare')).toEqual(['compare', 'a-1 a-2 b']);
    expect(contexts.find(([task]) => task === 'b')).toEqual(['b', '']);
  });
});
