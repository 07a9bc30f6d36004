import { describe, expect, it } from '@jest/globals';
import type { RunState } from '../../src/core/state.js';
import { listDocument, statusDocument } from '../../src/reports/json.js';
import { listSheet } from '../../src/reports/list.js';
import { statusSheet } from '../../src/reports/status.js';
import { plan, task } from '../fakes/plan.js';
import { at, rows, Story, text, texts } from './story.js';

const retry = { max: 2, delayMillis: 1000, maxDelayMillis: 60_000 };

describe('the table of a run', () => {
  const graph = plan(
    [
      task('build', { limits: { timeoutMillis: 1_800_000 } }),
      task('lint'),
      task('test', { needs: ['build', 'lint'] }),
      task('extra'),
      task('flaky', { retry }),
    ],
    { name: 'app', pools: { main: 2 } },
  );

  it('says of each task how it stands, and what waits for what', () => {
    const state = new Story(graph)
      .started(0, 'build')
      .started(0, 'flaky')
      .exited(3, 'flaky', 1, 1, 43_100_000)
      .retrying(3, 'flaky', 15, { kind: 'code', code: 1 })
      .started(3, 'lint')
      .state();
    expect(rows(statusSheet({ state, now: at(4.2), interrupted: false }))).toEqual([
      'build||running|4.2 s|||limit 30m',
      'lint||running|1.2 s|||',
      'test||waiting||||waiting for build, lint',
      'extra||waiting||||waiting for a slot',
      'flaky||waiting|||43.1 MB|again in 11 s (exited with code 1)',
    ]);
  });

  it('begins with the run, its counts and what is left', () => {
    const state = new Story(graph, { build: 60_000, lint: 60_000, test: 60_000, extra: 1000, flaky: 1000 })
      .ran(0, 4, 'flaky')
      .started(0, 'build')
      .state();
    expect(texts(statusSheet({ state, now: at(10), interrupted: false }).head)).toEqual([
      'app running for 10.0 s (parallel, run r1)',
      '1 running · 3 waiting · 1 succeeded · about 2m left',
    ]);
  });

  it('shows the texts of tasks that are only numbered', () => {
    const state = new Story(
      plan([task('1', { label: 'npm test' }), task('2', { label: 'x'.repeat(80), needs: ['1'] })]),
    ).state();
    expect(rows(statusSheet({ state, now: at(0), interrupted: false }))).toEqual([
      '1|npm test|waiting||||about to start',
      `2|${'x'.repeat(39)}…|waiting||||waiting for task 1`,
    ]);
  });

  it('shows a run whose process is gone as interrupted, with no clock running', () => {
    const state = new Story(graph).started(0, 'build').state();
    const sheet = statusSheet({ state, now: at(99_999), interrupted: true });
    expect(text(sheet.head[0])).toBe('app interrupted (parallel, run r1)');
    expect(rows(sheet)[0]).toBe('build||running||||was running when batchtool ended');
    expect(text(sheet.foot[0])).toBe('go on with it: batchtool resume r1');
  });

  it('marks a failure that was allowed', () => {
    const state = new Story(plan([task('lint', { mayFail: true })])).broke(0, 1, 'lint').state();
    expect(rows(statusSheet({ state, now: at(1), interrupted: false }))).toEqual([
      'lint||failed|1.0 s|||exited with code 1 (it may)',
    ]);
  });

  it('gives the reasons of what failed, was skipped or needed a second try', () => {
    const state = new Story(graph)
      .broke(0, 2, 'build', { kind: 'timeout', limitMillis: 2000 })
      .ended(2, 'test', { kind: 'skipped', because: { kind: 'need', task: 'build' } })
      .started(0, 'flaky')
      .exited(1, 'flaky', 1)
      .retrying(1, 'flaky', 2, { kind: 'code', code: 1 })
      .started(2, 'flaky', 2)
      .exited(3, 'flaky', 0, 2)
      .ended(3, 'flaky', { kind: 'succeeded' })
      .ran(3, 4, 'lint')
      .ended(4, 'extra', { kind: 'cancelled' })
      .finished(4, 'failed')
      .state();
    expect(rows(statusSheet({ state, now: at(50), interrupted: false }))).toEqual([
      'build||failed|2.0 s|||timed out after 2s',
      'lint||succeeded|1.0 s|||',
      'test||skipped||||because build failed',
      'extra||cancelled||||before it started',
      'flaky||succeeded|1.0 s|2||only after a retry: exited with code 1',
    ]);
  });
});

describe('the time of a run that was resumed', () => {
  const graph = plan([task('build')], { name: 'app' });
  const owner = { pid: 2, startTime: '2', host: 'here' };
  const headOf = (state: RunState): string =>
    text(statusSheet({ state, now: at(9999), interrupted: false }).head[0]);

  it('is that of all its parts, without the hours between', () => {
    const state = new Story(graph)
      .broke(0, 5, 'build')
      .finished(5, 'failed')
      .add(5000, { type: 'run.resumed', owner, tasks: [] })
      .finished(5002, 'failed')
      .state();
    expect(headOf(state)).toBe('app failed in 7.0 s, 2.0 s of it since it was resumed (parallel, run r1)');
    expect(rows(listSheet([{ state, interrupted: false }], at(9999)))[0]).toContain('|7.0 s|');
  });

  it('counts a part that was interrupted up to its last event', () => {
    const state = new Story(graph)
      .ran(0, 3, 'build')
      .add(5000, { type: 'run.resumed', owner, tasks: [] })
      .add(9000, { type: 'run.resumed', owner, tasks: [] })
      .finished(9001, 'failed')
      .state();
    expect(headOf(state)).toContain('failed in 4.0 s, 1.0 s of it since');
  });
});

describe('status --json', () => {
  it('has exactly the promised keys and words', () => {
    const graph = plan(
      [
        task('build', { needs: [], stage: 'one' }),
        task('test', { needs: ['build', { task: 'build', kind: 'order' }] }),
        task('ask', { work: { kind: 'prompt', text: 'x', mode: 'ask' } }),
      ],
      { name: 'app', tags: ['nightly'] },
    );
    const state = new Story(graph)
      .started(0, 'build')
      .exited(2, 'build', { kind: 'timeout', limitMillis: 2000 }, 1, 5_000_000)
      .ended(2, 'build', { kind: 'failed', exit: { kind: 'timeout', limitMillis: 2000 } })
      .ended(2, 'test', { kind: 'skipped', because: { kind: 'need', task: 'build' } })
      .started(2, 'ask')
      .state();
    const document = statusDocument(state, true, ({ task: id, attempt }) => `/runs/r1/${id}/${attempt}.log`);
    expect(JSON.parse(JSON.stringify(document))).toEqual({
      run: {
        id: 'r1',
        name: 'app',
        pattern: 'parallel',
        status: 'interrupted',
        startedAt: '2026-11-22T23:05:09.120Z',
        endedAt: null,
        tags: ['nightly'],
        costUsd: null,
        tokens: null,
        assumed: null,
        merged: null,
        budget: null,
        pools: [{ name: 'main', limit: 4, size: 4, used: 1, closedUntil: null }],
      },
      tasks: [
        {
          id: 'build',
          label: 'build',
          kind: 'command',
          status: 'failed',
          needs: [],
          stage: 'one',
          attempts: [
            {
              number: 1,
              startedAt: '2026-11-22T23:05:09.120Z',
              endedAt: '2026-11-22T23:05:11.120Z',
              exit: { kind: 'timeout', limitMs: 2000 },
              peakMemoryBytes: 5_000_000,
              costUsd: null,
              tokens: null,
              commit: null,
              branch: null,
              changes: null,
              notKept: null,
              aside: [],
              uncommitted: null,
              log: '/runs/r1/build/1.log',
            },
          ],
        },
        {
          id: 'test',
          label: 'test',
          kind: 'command',
          status: 'skipped',
          because: { kind: 'need', task: 'build' },
          needs: ['build'],
          stage: null,
          attempts: [],
        },
        {
          id: 'ask',
          label: 'ask',
          kind: 'prompt',
          status: 'running',
          needs: [],
          stage: null,
          attempts: [
            {
              number: 1,
              startedAt: '2026-11-22T23:05:11.120Z',
              endedAt: null,
              exit: null,
              peakMemoryBytes: null,
              costUsd: null,
              tokens: null,
              commit: null,
              branch: null,
              changes: null,
              notKept: null,
              aside: [],
              uncommitted: null,
              log: '/runs/r1/ask/1.log',
            },
          ],
        },
      ],
    });
  });

  it('names durations of exits in milliseconds with Ms', () => {
    const state = new Story(plan([task('a')]))
      .broke(0, 1, 'a', { kind: 'rate-limit', retryAfterMillis: 5 })
      .state();
    const { exit } = statusDocument(state, false, () => '/x').tasks[0]?.attempts[0] ?? {};
    expect(exit).toEqual({ kind: 'rate-limit', retryAfterMs: 5 });
  });
});

describe('the list of runs', () => {
  const done = new Story(plan([task('a'), task('b')], { name: 'app', tags: ['x', 'y'] }))
    .ran(0, 2, 'a')
    .broke(0, 3, 'b')
    .finished(3, 'failed')
    .state();
  const gone = new Story(plan([task('a')])).state();

  it('shows how far each came and when it was', () => {
    const sheet = listSheet(
      [
        { state: done, interrupted: false },
        { state: gone, interrupted: true },
      ],
      at(7200),
    );
    expect(rows(sheet)).toEqual([
      'r1|app|failed|1 of 2 succeeded|2h ago|3.0 s|x, y',
      'r1|test|interrupted|0 of 1 succeeded|2h ago||',
    ]);
  });

  it('gives programs the counts of each state', () => {
    const { runs } = listDocument([{ state: done, interrupted: false }]);
    expect(runs[0]).toMatchObject({
      status: 'failed',
      tasks: { waiting: 0, running: 0, succeeded: 1, failed: 1, skipped: 0, cancelled: 0 },
    });
  });
});
