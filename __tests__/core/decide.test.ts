/** The policy by example. The numbers are those of docs/scheduling.md. */
import { describe, expect, it } from '@jest/globals';
import type { Loop } from '../../src/core/plan.js';
import { plan, task } from '../fakes/plan.js';
import { Spoken } from './spoken.js';

const order = (id: string) => ({ task: id, kind: 'order' as const });
const retry = (max: number, delayMillis = 0) => ({ max, delayMillis, maxDelayMillis: 60_000 });
const loop = (tasks: string[], rest: Partial<Loop> = {}): Loop => ({
  id: 'loop',
  tasks,
  again: { kind: 'failed', tasks },
  max: 3,
  ...rest,
});

describe('a task that needs others (1, 2)', () => {
  it('starts when they have succeeded', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] })]));
    expect(run.beginning).toEqual(['start a#1']);
    expect(run.exit('a')).toEqual(['a succeeded', 'start b#1']);
    expect(run.exit('b')).toEqual(['b succeeded', 'run succeeded']);
  });

  it('is skipped when one of them failed, and so is what needs it', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] }), task('c', { needs: ['b'] })]));
    expect(run.exit('a', 1)).toEqual(['a failed', 'b skipped (need a)', 'c skipped (need b)', 'run failed']);
  });

  it('starts after one that failed and may', () => {
    const run = new Spoken(plan([task('a', { mayFail: true }), task('b', { needs: ['a'] })]));
    expect(run.exit('a', 1)).toEqual(['a failed', 'start b#1']);
    expect(run.exit('b')).toEqual(['b succeeded', 'run succeeded']);
  });

  it('starts with `continue` after whatever it needs for the order only', () => {
    const tasks = [task('a'), task('b', { needs: [order('a')] }), task('c', { needs: ['a'] })];
    const run = new Spoken(plan(tasks, { onError: 'continue' }));
    expect(run.exit('a', 1)).toEqual(['a failed', 'c skipped (need a)', 'start b#1']);
  });

  it('runs with `when: failure` only if something before it failed, however far up', () => {
    const tasks = [task('a'), task('b', { needs: ['a'] }), task('report', { needs: ['b'], when: 'failure' })];
    expect(new Spoken(plan(tasks)).exit('a', 1)).toEqual([
      'a failed',
      'b skipped (need a)',
      'start report#1',
    ]);
    const well = new Spoken(plan(tasks));
    well.exit('a');
    expect(well.exit('b')).toEqual(['b succeeded', 'report skipped (nothing-failed)', 'run succeeded']);
  });

  it('runs with `when: any-success` if one before it succeeded, and fails the run if none did', () => {
    const tasks = [task('a'), task('b'), task('judge', { needs: ['a', 'b'], when: 'any-success' })];
    const one = new Spoken(plan(tasks));
    one.exit('a', 1);
    expect(one.exit('b')).toEqual(['b succeeded', 'start judge#1']);
    const mild = tasks.map((each) => (each.id === 'judge' ? each : { ...each, mayFail: true }));
    const none = new Spoken(plan(mild));
    none.exit('a', 1);
    expect(none.exit('b', 1)).toEqual(['b failed', 'judge skipped (none-succeeded)', 'run failed']);
  });

  it('runs with `when: always` whatever came before', () => {
    const run = new Spoken(plan([task('a'), task('clean', { needs: ['a'], when: 'always' })]));
    expect(run.exit('a', 1)).toEqual(['a failed', 'start clean#1']);
  });
});

describe('slots (3)', () => {
  it('are never more than a pool has', () => {
    const run = new Spoken(plan([task('a'), task('b'), task('c')], { pools: { main: 2 } }));
    expect(run.beginning).toEqual(['start a#1', 'start b#1']);
    expect(run.exit('b')).toEqual(['b succeeded', 'start c#1']);
  });

  it('are taken in each pool of a task; who lacks one does not hold up the others', () => {
    const both = { pools: ['main', 'claude'] };
    const tasks = [task('a', both), task('b', both), task('c')];
    const run = new Spoken(plan(tasks, { pools: { main: 2, claude: 1 } }));
    expect(run.beginning).toEqual(['start a#1', 'start c#1']);
  });

  it('are given to nobody while more are in use than a lowered limit allows', () => {
    const run = new Spoken(plan([task('a'), task('b'), task('c')], { pools: { main: 2 } }));
    run.see({ type: 'capacity.changed', pool: 'main', limit: 1, why: 'asked' });
    expect(run.exit('a')).toEqual(['a succeeded']);
    expect(run.exit('b')).toEqual(['b succeeded', 'start c#1']);
  });

  it('change on request', () => {
    const run = new Spoken(plan([task('a'), task('b')], { pools: { main: 1 } }));
    expect(run.request({ kind: 'capacity', pool: 'main', limit: 2 })).toEqual(['start b#1']);
  });
});

describe('the order of ready tasks (4)', () => {
  const one = { pools: { main: 1 } };

  it('is that of the plan among equals', () => {
    expect(new Spoken(plan([task('a'), task('b')], one)).beginning).toEqual(['start a#1']);
  });

  it('prefers a higher priority', () => {
    expect(new Spoken(plan([task('a'), task('b', { priority: 1 })], one)).beginning).toEqual(['start b#1']);
  });

  it('prefers the longer way to the end', () => {
    const tasks = [task('short'), task('long'), task('after', { needs: ['long'] })];
    expect(new Spoken(plan(tasks, one)).beginning).toEqual(['start long#1']);
    const known = { short: 90, long: 10, after: 20 };
    expect(new Spoken(plan(tasks, one), known).beginning).toEqual(['start short#1']);
  });
});

describe('an attempt that exits (5)', () => {
  it('is followed by as many retries as the task has, after a delay that doubles', () => {
    const run = new Spoken(plan([task('a', { retry: retry(2, 1000) })]));
    const [first] = run.exit('a', 1);
    const { notBefore = 0 } = run.state.tasks[0] ?? {};
    expect(first).toBe(`retry a at ${notBefore}`);
    expect(notBefore).toBeGreaterThanOrEqual(1000);
    expect(notBefore).toBeLessThanOrEqual(1250);
    expect(run.wakesAt).toBe(notBefore);
    expect(run.at(notBefore - 1)).toEqual([]);
    expect(run.at(notBefore)).toEqual(['start a#2']);
    run.exit('a', 1);
    const { notBefore: second = 0 } = run.state.tasks[0] ?? {};
    expect(second - notBefore).toBeGreaterThanOrEqual(2000);
    expect(run.at(second)).toEqual(['start a#3']);
    expect(run.exit('a', 1)).toEqual(['a failed', 'run failed']);
  });

  it('is not retried after a conflict', () => {
    const run = new Spoken(plan([task('a', { retry: retry(2) })]));
    expect(run.exit('a', { kind: 'conflict', files: ['x'], task: 'a', against: [], onto: 'c0' })).toEqual([
      'a failed',
      'run failed',
    ]);
  });

  it('counts for nothing when the provider sent it away', () => {
    const run = new Spoken(plan([task('a')]));
    expect(run.exit('a', { kind: 'rate-limit', retryAfterMillis: 500 })).toEqual(['retry a at 500']);
    expect(run.at(500)).toEqual(['start a#2']);
    expect(run.exit('a', 1)).toEqual(['a failed', 'run failed']);
  });

  it('fails when rate limits in a row have lasted too long', () => {
    const run = new Spoken(plan([task('a')], { rateLimitWaitMillis: 1000 }));
    const away = { kind: 'rate-limit', retryAfterMillis: 600 } as const;
    run.exit('a', away);
    run.at(600);
    expect(run.exit('a', away)).toEqual(['retry a at 1200']);
    run.at(1200);
    expect(run.exit('a', away)).toEqual(['a failed', 'run failed']);
  });

  it('is tried again when nobody saw its end, but not if it may run only once', () => {
    const run = new Spoken(plan([task('a'), task('b', { once: true })]));
    expect(run.resume()).toEqual(['retry a at 0', 'b failed', 'start a#2']);
  });
});

describe('a loop (6, 7, 8)', () => {
  it('goes again while its condition holds, at most `max` times', () => {
    const run = new Spoken(plan([task('a')], { loops: [loop(['a'], { max: 2 })] }));
    expect(run.exit('a', 1)).toEqual(['a failed', 'again (loop): a', 'start a#2']);
    expect(run.exit('a', 1)).toEqual(['a failed', 'loop closes', 'run failed']);
  });

  it('counts only as it stands in the end', () => {
    const run = new Spoken(plan([task('a')], { loops: [loop(['a'])], onError: 'fail-fast' }));
    run.exit('a', 1);
    expect(run.exit('a')).toEqual(['a succeeded', 'loop closes', 'run succeeded']);
  });

  it('lets those outside wait until it closes', () => {
    const tasks = [task('a'), task('b'), task('c', { needs: ['a'] })];
    const run = new Spoken(plan(tasks, { loops: [loop(['a', 'b'])] }));
    expect(run.exit('a')).toEqual(['a succeeded']);
    expect(run.exit('b', 1)).toEqual(['b failed', 'again (loop): a b', 'start a#2', 'start b#2']);
    run.exit('a');
    expect(run.exit('b')).toEqual(['b succeeded', 'loop closes', 'start c#1']);
  });

  it('asks with `not-succeeded` about skipped tasks too', () => {
    const tasks = [task('a'), task('fix', { needs: ['a'], when: 'failure' })];
    const again = { kind: 'not-succeeded' as const, tasks: ['fix'] };
    const run = new Spoken(plan(tasks, { loops: [loop(['a', 'fix'], { again, max: 2 })] }));
    expect(run.exit('a')).toEqual([
      'a succeeded',
      'fix skipped (nothing-failed)',
      'again (loop): a fix',
      'start a#2',
    ]);
  });

  it('does not go again when none of its tasks was tried', () => {
    const tasks = [task('a'), task('b', { needs: ['a'] })];
    const again = { kind: 'not-succeeded' as const, tasks: ['b'] };
    const run = new Spoken(plan(tasks, { loops: [loop(['b'], { again })] }));
    expect(run.exit('a', 1)).toEqual(['a failed', 'b skipped (need a)', 'loop closes', 'run failed']);
  });

  it('starts an inner loop anew, attempts and all', () => {
    const loops = [
      loop(['a', 'b'], { id: 'outer', max: 2 }),
      loop(['a'], { id: 'inner', max: 2, again: { kind: 'failed', tasks: ['a'] } }),
    ];
    const run = new Spoken(plan([task('a'), task('b', { needs: [order('a')] })], { loops }));
    run.exit('a', 1);
    expect(run.exit('a', 1)).toEqual([
      'a failed',
      'inner closes',
      'b skipped (need a)',
      'again (loop): a b',
      'start a#3',
    ]);
    expect(run.exit('a', 1)).toEqual(['a failed', 'again (loop): a', 'start a#4']);
  });

  it('keeps its own round when a loop inside it goes again', () => {
    const loops = [loop(['a', 'b'], { id: 'outer', max: 2 }), loop(['a'], { id: 'inner', max: 2 })];
    const run = new Spoken(plan([task('a'), task('b')], { loops }));
    run.exit('b', 1);
    run.exit('a', 1);
    expect(run.exit('a', 1)).toEqual([
      'a failed',
      'inner closes',
      'again (loop): a b',
      'start a#3',
      'start b#2',
    ]);
    run.exit('a', 1);
    run.exit('b', 1);
    expect(run.exit('a', 1)).toEqual(['a failed', 'inner closes', 'outer closes', 'run failed']);
  });
});

describe('a stop (9 to 13)', () => {
  const tasks = [
    task('a'),
    task('b'),
    task('c', { needs: ['b'] }),
    task('d', { needs: ['b'], when: 'always' }),
  ];

  it('by `onError: stop` lets what runs go on, and starts nothing but `always`', () => {
    const run = new Spoken(plan(tasks, { onError: 'stop' }));
    expect(run.exit('a', 1)).toEqual(['a failed', 'stop by failure', 'c skipped (stopped by failure)']);
    expect(run.exit('b')).toEqual(['b succeeded', 'start d#1']);
    expect(run.exit('d')).toEqual(['d succeeded', 'run failed']);
  });

  it('by `fail-fast` tells what runs to end', () => {
    const run = new Spoken(plan(tasks, { onError: 'fail-fast' }));
    expect(run.exit('a', 1)).toEqual([
      'a failed',
      'stop by failure',
      'tell b#1 to end',
      'c skipped (stopped by failure)',
    ]);
    expect(run.exit('b', 0)).toEqual(['b cancelled', 'start d#1']);
  });

  it('by `skip` does not happen', () => {
    const run = new Spoken(plan(tasks));
    expect(run.exit('a', 1)).toEqual(['a failed']);
  });

  it('by a cancel ends everything, `always` too, and an exit with 0 is no success then', () => {
    const run = new Spoken(plan(tasks));
    expect(run.cancel()).toEqual([
      'stop by cancelled',
      'tell a#1 to end',
      'tell b#1 to end',
      'c cancelled',
      'd cancelled',
    ]);
    run.exit('a', 0);
    expect(run.exit('b', 0)).toEqual(['b cancelled', 'run cancelled']);
  });

  it('by a deadline comes when the time is over, even while `always` runs after a failure', () => {
    const both = [task('a'), task('clean', { needs: ['a'], when: 'always' })];
    const run = new Spoken(plan(both, { onError: 'stop', deadlineMillis: 100 }));
    expect(run.wakesAt).toBe(100);
    expect(run.exit('a', 1)).toEqual(['a failed', 'stop by failure', 'start clean#1']);
    expect(run.wakesAt).toBe(100);
    expect(run.at(100)).toEqual(['stop by deadline', 'tell clean#1 to end']);
  });

  it('ends what waits for a retry as failed with its last exit', () => {
    const run = new Spoken(plan([task('a', { retry: retry(1, 1000) }), task('b')], { onError: 'stop' }));
    run.exit('a', 1);
    expect(run.exit('b', 1)).toEqual(['b failed', 'stop by failure', 'a failed', 'run failed']);
  });

  it('judges what was not told to end as usual, without a retry', () => {
    const run = new Spoken(plan([task('a'), task('b', { retry: retry(3) })], { onError: 'stop' }));
    run.exit('a', 1);
    expect(run.exit('b', 1)).toEqual(['b failed', 'run failed']);
  });

  it('makes a loop close', () => {
    const run = new Spoken(plan([task('a'), task('b')], { onError: 'stop', loops: [loop(['b'])] }));
    run.exit('a', 1);
    expect(run.exit('b', 1)).toEqual(['b failed', 'loop closes', 'run failed']);
  });

  it('does not come when nothing is left to do', () => {
    const run = new Spoken(plan([task('a')], { deadlineMillis: 100 }));
    run.at(99);
    const cancel = { type: 'request.received', request: { kind: 'cancel', by: 'somebody' } } as const;
    expect(run.see(run.exited('a'), cancel)).toEqual(['a succeeded', 'run succeeded']);
  });
});

describe('a request to run a task again (15)', () => {
  const chain = [task('a'), task('b', { needs: ['a'] }), task('c', { needs: ['b'] })];

  it('puts it and what came after it back', () => {
    const run = new Spoken(plan([...chain, task('d')]));
    run.exit('a', 1);
    expect(run.request({ kind: 'retry', task: 'a' })).toEqual(['again (request): a b c', 'start a#2']);
    expect(run.exit('a')).toEqual(['a succeeded', 'start b#1']);
  });

  it('waits until none of them runs', () => {
    const run = new Spoken(plan(chain));
    run.exit('a');
    expect(run.request({ kind: 'retry', task: 'a' })).toEqual([]);
    expect(run.exit('b')).toEqual(['b succeeded', 'again (request): a b', 'start a#2']);
  });

  it('is void for a task that has not ended', () => {
    const run = new Spoken(plan(chain));
    expect(run.request({ kind: 'retry', task: 'a' })).toEqual([]);
    expect(run.exit('a')).toEqual(['a succeeded', 'start b#1']);
  });

  it('puts back what stands outside a loop that it opens again', () => {
    const tasks = [task('a'), task('b'), task('after', { needs: ['b'] }), task('last')];
    const run = new Spoken(plan(tasks, { loops: [loop(['a', 'b'])] }));
    run.exit('a');
    run.exit('b');
    run.exit('after');
    expect(run.request({ kind: 'retry', task: 'a' })).toEqual(['again (request): a after', 'start a#2']);
    expect(run.exit('a')).toEqual(['a succeeded', 'loop closes', 'start after#2']);
  });

  it('lets a retry wait until its needs are over again', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'], retry: retry(1, 1000) })]));
    run.exit('a');
    run.exit('b', 1);
    expect(run.request({ kind: 'retry', task: 'a' })).toEqual(['again (request): a', 'start a#2']);
    expect(run.at(2000)).toEqual([]);
    expect(run.exit('a')).toEqual(['a succeeded', 'start b#2']);
  });
});

describe('waking', () => {
  it('does not miss a delay behind one that is over but lacks a slot', () => {
    const tasks = [
      task('a', { pools: ['one'], retry: retry(1, 10) }),
      task('b', { retry: retry(1, 100) }),
      task('c', { pools: ['one'] }),
    ];
    const run = new Spoken(plan(tasks, { pools: { main: 1, one: 1 } }));
    run.exit('a', 1);
    run.exit('b', 1);
    const soon = run.state.tasks[0]?.notBefore ?? 0;
    const later = run.state.tasks[1]?.notBefore ?? 0;
    expect(run.at(soon)).toEqual([]);
    expect(run.wakesAt).toBe(later);
    expect(run.at(later)).toEqual(['start b#2']);
  });

  it('is not asked for when only the world can go on', () => {
    expect(new Spoken(plan([task('a')])).wakesAt).toBeUndefined();
  });
});

describe('the end (14)', () => {
  it('of a plan without tasks comes at once', () => {
    expect(new Spoken(plan([])).beginning).toEqual(['run succeeded']);
  });

  it('is the last that is decided', () => {
    const run = new Spoken(plan([task('a')]));
    run.exit('a');
    expect(run.cancel()).toEqual([]);
    expect(run.wakesAt).toBeUndefined();
  });

  it('is no success while a task is left as an earlier stop left it', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] })]));
    run.cancel();
    expect(run.exit('a', 0)).toEqual(['a cancelled', 'run cancelled']);
    expect(run.resume(['a'])).toEqual(['start a#2']);
    expect(run.exit('a')).toEqual(['a succeeded', 'run failed']);
  });
});
