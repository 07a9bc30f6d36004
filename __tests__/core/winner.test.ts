import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import { tasksToResume } from '../../src/core/resume.js';
import { begun, isolatedPlan, launchOf, mergeOf } from './isolated.js';
import type { Spoken } from './spoken.js';

const VARIANTS = ['--ab-test', '--variant-a', 'sh: x', '--variant-b', 'sh: y', '--variant-c', 'sh: z'];
const JUDGED = [...VARIANTS, '--compare', 'sh: which'];

interface Done {
  readonly costUsd?: number;
  readonly lines?: number;
  readonly winner?: string;
}

function done(run: Spoken, task: string, { costUsd, lines, winner }: Done = {}): string[] {
  return run.see({
    ...run.exited(task, 0, costUsd === undefined ? {} : { costUsd }),
    ...(task === 'compare' ? {} : { commit: task.toUpperCase() }),
    ...(lines === undefined ? {} : { changes: { files: [], omitted: 1, added: lines, deleted: 0 } }),
    ...(winner === undefined ? {} : { outputs: { winner } }),
  } as Observation);
}

/** What the merge is told after the variants ended so. */
function merged(argv: string[], variants: Record<string, Done | 'failed'>, judge: Done = {}) {
  const run = begun(isolatedPlan(argv, { machine: { resolves: () => true } }));
  for (const [task, how] of Object.entries(variants))
    if (how === 'failed') run.exit(task, 1);
    else done(run, task, how);
  if (argv.includes('--compare')) done(run, 'compare', judge);
  const { winner, fault } = launchOf(run, 'integrate').merge ?? {};
  return { what: mergeOf(run), winner, fault };
}

const ALL = { a: {}, b: {}, c: {} };

describe('the winner', () => {
  test.each(['b', ' B ', 'variant-b', 'Variant b'])('is whom the judge names: %j', (winner) => {
    expect(merged(JUDGED, ALL, { winner })).toEqual({
      ...{ what: 'o b(o..B)', fault: undefined },
      winner: { name: 'b', why: 'compare named it' },
    });
  });

  test.each([
    ['tie', 'compare called it a tie; it was cheaper: $0.10 against $0.14'],
    ['none', 'compare named no winner; it was cheaper: $0.10 against $0.14'],
    ['', 'compare named no winner; it was cheaper: $0.10 against $0.14'],
    [
      undefined,
      'compare named no winner, as a command does with `echo winner=NAME >> "$BATCHTOOL_OUTPUT"`; it was cheaper: $0.10 against $0.14',
    ],
  ])('where the judge says %j is the cheapest', (word, why) => {
    const costs = { a: { costUsd: 0.14 }, b: { costUsd: 0.1 }, c: { costUsd: 0.2 } };
    expect(merged(JUDGED, costs, word === undefined ? {} : { winner: word }).winner).toEqual({
      name: 'b',
      why,
    });
  });

  test('of an agent that named none is not taught what only commands do', () => {
    const argv = [...VARIANTS, '--compare', 'prompt: which'];
    const { winner } = merged(argv, { a: { lines: 2 }, b: { lines: 1 }, c: 'failed' });
    expect(winner?.why).toBe('compare named no winner; it changed less: 1 line against 2 lines');
  });

  test.each<[string, Record<string, Done | 'failed'>, string, string]>([
    ['the one that succeeded', { a: 'failed', b: {}, c: 'failed' }, 'b', 'no other one succeeded'],
    [
      'the cheaper of those that did',
      { a: 'failed', b: { costUsd: 2 }, c: { costUsd: 1 } },
      'c',
      'it was cheaper: $1.00 against $2.00',
    ],
    [
      'the one that changed less, if a cost is not known',
      { a: { lines: 9 }, b: { costUsd: 2, lines: 7 }, c: { costUsd: 1, lines: 8 } },
      'b',
      'it changed less: 7 lines against 8 lines',
    ],
    [
      'of the cheapest the one that changed less',
      { a: { costUsd: 1, lines: 2 }, b: { costUsd: 1, lines: 1 }, c: { costUsd: 2 } },
      'b',
      'it changed less: 1 line against 2 lines',
    ],
    [
      'none that changed nothing, however cheap it was',
      { a: { costUsd: 1 }, b: { costUsd: 3, lines: 8 }, c: 'failed' },
      'b',
      'no other one changed anything',
    ],
    [
      'the one that changed less, but something',
      { a: {}, b: { lines: 8 }, c: { lines: 7 } },
      'c',
      'it changed less: 7 lines against 8 lines',
    ],
    [
      'the first of those that are alike',
      { a: 'failed', b: {}, c: {} },
      'b',
      'it comes first, and nothing tells it from the others',
    ],
  ])('without a judge is %s', (_, variants, name, why) => {
    expect(merged(VARIANTS, variants).winner).toEqual({ name, why });
  });

  test.each([
    ['d', 'compare named "d", which is none of the variants; it can name: b, c'],
    ['A', 'compare named "A", which did not succeed; it can name: b, c'],
  ])('cannot be %j, and nothing is merged', (winner, fault) => {
    expect(merged(JUDGED, { a: 'failed', b: {}, c: {} }, { winner })).toEqual({
      what: 'o',
      winner: undefined,
      fault,
    });
  });

  test('is asked for again by a resume where it could not be taken', () => {
    const run = begun(isolatedPlan(JUDGED));
    for (const task of ['a', 'b', 'c']) done(run, task, { lines: 1 });
    done(run, 'compare', { winner: 'd' });
    run.exit('integrate', { kind: 'contract', reason: 'no such variant' });
    const choice = { failedOnly: false, rerun: [] };
    expect(tasksToResume(run.state, choice)).toEqual(['compare', 'integrate']);
    expect(tasksToResume(run.state, { ...choice, failedOnly: true })).toEqual(['compare', 'integrate']);
    expect(run.resume(['compare', 'integrate'])).toEqual(['start compare#2']);
    done(run, 'compare', { winner: 'b' });
    expect(mergeOf(run)).toBe('o b(o..B)');
    run.exit('integrate', { kind: 'contract', reason: 'something else' });
    expect(tasksToResume(run.state, choice)).toEqual(['integrate']);
  });

  test('is nobody when all failed: there is nothing to judge or to merge, and the run fails', () => {
    const judged = begun(isolatedPlan(JUDGED));
    for (const task of ['a', 'b', 'c']) judged.exit(task, 1);
    expect(judged.state.tasks.map(({ status }) => status).slice(3)).toEqual(['skipped', 'skipped']);
    expect(judged.state.status).toBe('failed');
    expect(merged(VARIANTS, { a: 'failed', b: 'failed', c: 'failed' }).fault).toBe('no variant succeeded');
  });

  test('is not asked for when the judge failed: nothing is merged, and the run fails', () => {
    const run = begun(isolatedPlan(JUDGED));
    for (const task of ['a', 'b', 'c']) done(run, task);
    expect(run.exit('compare', 1)).toEqual([
      'compare failed',
      'integrate skipped (need compare)',
      'run failed',
    ]);
  });

  test('is whole: all texts of a variant, one after the other', () => {
    const argv = ['--ab-test', '--variant-a', 'sh: x', 'sh: y', '--variant-b', 'sh: z'];
    const run = begun(isolatedPlan(argv));
    done(run, 'b', { lines: 5 });
    done(run, 'a-1', { lines: 1 });
    done(run, 'a-2', { lines: 1 });
    expect(mergeOf(run)).toBe('o a-1(o..A-1) a-2(A-1..A-2)');
  });
});

test('the steps after ideas go on from the winner', () => {
  const argv = [
    '--prototypes',
    '--idea-1',
    'sh: x',
    '--idea-2',
    'sh: y',
    '--judge',
    'sh: z',
    '--land',
    'sh: s',
  ];
  const run = begun(isolatedPlan(argv, {}, 'orchestrate'));
  done(run, 'idea-1');
  run.exit('idea-2', 1);
  run.see({ ...run.exited('judge'), outputs: { winner: 'idea-1' } } as Observation);
  expect(mergeOf(run, 'integrate-winner')).toBe('o idea-1(o..IDEA-1)');
  run.commits('integrate-winner', 'IDEA-1');
  expect(launchOf(run, 'land').worktree?.base).toBe('IDEA-1');
  run.commits('land', 'L');
  expect(mergeOf(run)).toBe('o integrate-winner(o..IDEA-1) land(IDEA-1..L)');
});
