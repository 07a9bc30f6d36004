import { describe, expect, it } from '@jest/globals';
import { criticalPath, type PathStep } from '../../src/reports/critical-path.js';
import { intervalsOf, totalMillis, unionMillis } from '../../src/reports/intervals.js';
import { runStats, type TaskStats } from '../../src/reports/stats.js';
import { statsDocument, statsSheet } from '../../src/reports/stats-sheet.js';
import { plan, task } from '../fakes/plan.js';
import { at, rows, START, Story, texts } from './story.js';

const chain = (path: readonly PathStep[]) => path.map((step) => `${step.task}:${step.link}`);
const diamond = plan(
  [
    task('build'),
    task('lint'),
    task('test', { needs: ['build', 'lint'] }),
    task('ship', { needs: ['test'] }),
  ],
  { name: 'app' },
);

describe('the critical path', () => {
  it('follows the need that ended last', () => {
    const state = new Story(diamond)
      .ran(0, 10, 'build')
      .ran(0, 3, 'lint')
      .ran(10, 15, 'test')
      .ran(15, 16, 'ship')
      .finished(16, 'succeeded')
      .state();
    expect(chain(criticalPath(state, at(99)))).toEqual(['build:start', 'test:need', 'ship:need']);
  });

  it('names the task whose end freed the slot, and how long it was waited for', () => {
    const two = plan([task('long'), task('short'), task('next'), task('last', { needs: ['short'] })], {
      pools: { main: 2 },
    });
    const state = new Story(two)
      .started(0, 'long')
      .ran(0, 4, 'short')
      .started(4, 'next')
      .exited(9, 'next')
      .ended(9, 'next', { kind: 'succeeded' })
      .ran(9, 12, 'last')
      .exited(10, 'long')
      .ended(10, 'long', { kind: 'succeeded' })
      .state();
    const path = criticalPath(state, at(99));
    expect(chain(path)).toEqual(['short:start', 'next:slot', 'last:slot']);
    expect(path[2]?.waitedMillis).toBe(5000);
  });

  it('names the need when its end freed the slot as well', () => {
    const state = new Story(plan([task('a'), task('b', { needs: ['a'] })], { pools: { main: 1 } }))
      .ran(0, 4, 'a')
      .ran(4, 6, 'b')
      .state();
    expect(chain(criticalPath(state, at(99)))).toEqual(['a:start', 'b:need']);
  });

  it('does not blame a slot when the pool was not full', () => {
    const state = new Story(plan([task('a'), task('b'), task('c', { needs: ['a'] })]))
      .ran(0, 4, 'a')
      .ran(0, 4.5, 'b')
      .ran(5, 9, 'c')
      .state();
    expect(chain(criticalPath(state, at(99)))).toEqual(['a:start', 'c:need']);
  });

  it('holds every try of a task that was retried', () => {
    const state = new Story(plan([task('a', { retry: { max: 1, delayMillis: 1, maxDelayMillis: 1 } })]))
      .started(0, 'a')
      .exited(3, 'a', 1)
      .retrying(3, 'a', 4, { kind: 'code', code: 1 })
      .started(4, 'a', 2)
      .exited(6, 'a', 0, 2)
      .ended(6, 'a', { kind: 'succeeded' })
      .state();
    expect(criticalPath(state, at(99)).map((step) => [step.attempt, step.link, step.waitedMillis])).toEqual([
      [1, 'start', 0],
      [2, 'retry', 1000],
    ]);
  });

  it('looks through a task that never ran', () => {
    const graph = plan([
      task('a'),
      task('b', { needs: ['a'] }),
      task('clean', { needs: ['b'], when: 'always' }),
    ]);
    const state = new Story(graph)
      .broke(0, 5, 'a')
      .ended(5, 'b', { kind: 'skipped', because: { kind: 'need', task: 'a' } })
      .ran(5, 6, 'clean')
      .state();
    expect(chain(criticalPath(state, at(99)))).toEqual(['a:start', 'clean:need']);
  });

  it('goes back through the rounds of a loop', () => {
    const loop = {
      id: 'l',
      tasks: ['code', 'test'],
      again: { kind: 'failed' as const, tasks: ['test'] },
      max: 2,
    };
    const graph = plan([task('code'), task('test', { needs: ['code'] })], { loops: [loop] });
    const state = new Story(graph)
      .ran(0, 2, 'code')
      .broke(2, 5, 'test')
      .add(5, { type: 'round.started', tasks: ['code', 'test'], loop: 'l', because: 'loop' })
      .started(5, 'code', 2, 2)
      .exited(6, 'code', 0, 2)
      .ended(6, 'code', { kind: 'succeeded' }, 2)
      .started(6, 'test', 2, 2)
      .exited(8, 'test', 0, 2)
      .ended(8, 'test', { kind: 'succeeded' }, 2)
      .state();
    expect(chain(criticalPath(state, at(99)))).toEqual([
      'code:start',
      'test:need',
      'code:round',
      'test:need',
    ]);
  });

  it('is empty before anything ran', () => {
    expect(criticalPath(new Story(diamond).state(), at(1))).toEqual([]);
  });

  it('takes ten thousand tasks one after the other in its stride', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) => task(`t${i}`));
    const story = new Story(plan(tasks, { pools: { main: 1 } }));
    for (let i = 0; i < tasks.length; i++) story.ran(i, i + 1, `t${i}`);
    expect(criticalPath(story.state(), at(99_999))).toHaveLength(10_000);
  });
});

describe('work and time', () => {
  it('counts overlapping attempts once in busy time and fully in work, and pauses in neither', () => {
    const state = new Story(plan([task('a'), task('b'), task('c')]))
      .ran(0, 4, 'a')
      .ran(2, 6, 'b')
      .ran(10, 11, 'c')
      .state();
    const intervals = intervalsOf(state, at(99));
    expect([totalMillis(intervals), unionMillis(intervals)]).toEqual([9000, 7000]);
  });

  it('leaves out an attempt whose end nobody saw', () => {
    const state = new Story(plan([task('a')])).started(0, 'a').exited(5000, 'a', { kind: 'lost' }).state();
    expect(intervalsOf(state, at(6000))).toEqual([]);
  });

  it('counts a running attempt up to now, and none as negative when the clock went back', () => {
    const state = new Story(plan([task('a'), task('b')]))
      .started(0, 'a')
      .started(5, 'b')
      .exited(3, 'b')
      .state();
    expect(intervalsOf(state, at(7)).map(({ startedAt, endedAt }) => endedAt - startedAt)).toEqual([7000, 0]);
  });
});

describe('figures of tasks', () => {
  const retried = new Story(plan([task('a', { retry: { max: 1, delayMillis: 1, maxDelayMillis: 1 } })]))
    .started(0, 'a')
    .exited(3, 'a', 1, 1, 9_000_000)
    .retrying(3, 'a', 4, { kind: 'code', code: 1 })
    .started(4, 'a', 2)
    .exited(6, 'a', 0, 2, 4_000_000)
    .ended(6, 'a', { kind: 'succeeded' })
    .finished(6, 'succeeded')
    .state();
  const good = (seconds: number) =>
    new Story(plan([task('a')])).ran(0, seconds, 'a').finished(seconds, 'succeeded').state();
  const bad = new Story(plan([task('a')])).broke(0, 1, 'a').finished(1, 'failed').state();
  const only = (stats: { tasks: readonly TaskStats[] }) => stats.tasks[0] as TaskStats;

  it('add up all tries, take the highest memory, and call a success after a retry flaky', () => {
    expect(only(runStats(retried, [], at(9)))).toMatchObject({
      attempts: 2,
      workMillis: 5000,
      peakMemoryBytes: 9_000_000,
      flaky: true,
    });
  });

  it('give success rate, median and longest over past runs', () => {
    const stats = runStats(retried, [good(4), good(8), bad], at(9));
    expect(only(stats).history).toEqual({
      runs: 4,
      succeeded: 3,
      flakyRuns: 1,
      medianMillis: 4000,
      longestMillis: 8000,
    });
    expect([stats.runs, stats.succeededRuns]).toEqual([4, 3]);
  });

  it('take no other work for theirs, whatever its id', () => {
    const other = new Story(plan([task('a', { work: { kind: 'command', text: 'something else' } })]))
      .ran(0, 4, 'a')
      .finished(4, 'succeeded')
      .state();
    const stats = runStats(good(2), [other], at(9));
    expect([only(stats).history.runs, stats.runs]).toEqual([1, 1]);
  });

  it('count waiting from when all needs were over until the first start', () => {
    const state = new Story(plan([task('a'), task('b', { needs: ['a'] })], { pools: { main: 1 } }))
      .ran(0, 4, 'a')
      .ran(9, 10, 'b')
      .state();
    expect(runStats(state, [], at(10)).tasks.map((each) => each.waitedMillis)).toEqual([0, 5000]);
  });

  it('do not count the hours before a resume as waiting', () => {
    const owner = { pid: 2, startTime: '2', host: 'here' };
    const state = new Story(plan([task('a'), task('b')], { pools: { main: 1 } }))
      .started(0, 'a')
      .add(5000, { type: 'run.resumed', owner, tasks: [] })
      .exited(5000, 'a', { kind: 'lost' })
      .retrying(5000, 'a', 5000, { kind: 'lost' })
      .ran(5002, 5003, 'b')
      .state();
    expect(runStats(state, [], at(5003)).tasks[1]?.waitedMillis).toBe(2000);
  });
});

describe('the sheet', () => {
  const state = new Story(
    plan([task('build'), task('lint'), task('test', { needs: ['build'] })], {
      name: 'app',
      pools: { main: 2 },
    }),
  )
    .ran(0, 10, 'build')
    .ran(0, 8, 'lint')
    .ran(10, 12, 'test')
    .finished(12, 'succeeded')
    .state();

  it('says what running side by side saved, the path, and what to shorten first', () => {
    const sheet = statsSheet(state, runStats(state, [], at(99)));
    expect(texts(sheet.head)).toEqual([
      'app (run r1): 20.0 s of work in 12.0 s; side by side saved 8.0 s (1.7 times as fast)',
    ]);
    expect(rows(sheet)).toEqual([
      'build||succeeded|10.0 s|0 ms|1||on the critical path',
      'lint||succeeded|8.0 s|0 ms|1||',
      'test||succeeded|2.0 s|0 ms|1||on the critical path',
    ]);
    expect(texts(sheet.foot)).toEqual([
      'critical path (12.0 s): build 10.0 s → test 2.0 s',
      'to be faster: shorten build, 10.0 s of the critical path',
      'to be faster: shorten test, 2.0 s of the critical path',
    ]);
  });

  it('adds past runs when there are some', () => {
    const sheet = statsSheet(state, runStats(state, [state], at(99)));
    expect(texts(sheet.head)[1]).toBe('2 of 2 runs succeeded (100 %)');
    expect(rows(sheet)[0]).toBe(
      'build||succeeded|10.0 s|0 ms|1||2 of 2 (100 %)|10.0 s|10.0 s|on the critical path',
    );
  });

  it('says why a task failed', () => {
    const failed = new Story(plan([task('a')])).broke(0, 1, 'a', 127).finished(1, 'failed').state();
    expect(rows(statsSheet(failed, runStats(failed, [], at(2))))).toEqual([
      'a||failed|1.0 s|0 ms|1||exited with code 127 (command not found: echo), on the critical path',
    ]);
  });

  it('says when slots are what is missing', () => {
    const narrow = new Story(plan([task('a'), task('b'), task('c')], { pools: { main: 1 } }))
      .ran(0, 5, 'a')
      .ran(5, 9, 'b')
      .ran(9, 10, 'c')
      .state();
    // `b` waited 5 s and `c` 9 s, of which 5 s were the same.
    expect(texts(statsSheet(narrow, runStats(narrow, [], at(10))).foot)[1]).toBe(
      'to be faster: more slots (--max-concurrent); the critical path waited 9.0 s for one',
    );
  });

  it('as a document ends durations in Ms and gives times as ISO 8601', () => {
    const document = statsDocument(state, runStats(state, [], at(99)), false);
    expect(document.run).toMatchObject({ wallMs: 12_000, workMs: 20_000, busyMs: 12_000, savedMs: 8000 });
    expect(document.criticalPath[1]).toEqual({
      task: 'test',
      attempt: 1,
      startedAt: new Date(START + 10_000).toISOString(),
      endedAt: new Date(START + 12_000).toISOString(),
      waitedFor: 'need',
      waitedMs: 0,
    });
    expect(document.tasks[2]).toMatchObject({ id: 'test', workMs: 2000, peakMemoryBytes: null });
    expect(document.tasks[2]?.history).toMatchObject({ runs: 1, successRate: 1, medianMs: 2000 });
  });
});

describe('a run that was resumed', () => {
  const owner = { pid: 1, startTime: '1', host: 'here' };
  const two = plan([task('a'), task('b', { needs: ['a'] })]);
  const state = new Story(two)
    .ran(0, 3, 'a')
    .broke(3, 5, 'b')
    .finished(5, 'failed')
    .add(3605, { type: 'run.resumed', owner, tasks: ['b'] })
    .started(3606, 'b', 2, 2)
    .exited(3610, 'b', 0, 2)
    .ended(3610, 'b', { kind: 'succeeded' }, 2)
    .finished(3610, 'succeeded')
    .state();

  it('counts all its parts, and no pause in which nobody ran it', () => {
    const stats = runStats(state, [], at(9999));
    expect(stats.wallMillis).toBe(10_000);
    expect(stats.tasks[1]?.waitedMillis).toBe(1000);
    expect(stats.criticalPath.map(({ waitedMillis }) => waitedMillis)).toEqual([0, 0, 1000]);
  });

  it('says of each step that a task was tried again for which one it is', () => {
    expect(texts(statsSheet(state, runStats(state, [], at(9999))).foot)[0]).toBe(
      'critical path (10.0 s): a 3.0 s → b 2.0 s (round 1) → b 4.0 s (round 2)',
    );
  });
});
