/** Rate limits by example. The numbers are those of docs/scheduling.md. */
import { describe, expect, it } from '@jest/globals';
import type { Exit } from '../../src/core/exit.js';
import type { Plan, Task } from '../../src/core/plan.js';
import { QUIET_MILLIS } from '../../src/core/rate-limits.js';
import { plan, task } from '../fakes/plan.js';
import { Spoken } from './spoken.js';

const away = (retryAfterMillis?: number): Exit => ({
  kind: 'rate-limit',
  ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
});

/** Tasks t1, t2… of one agent with so many slots. */
function agentTasks(many: number, slots: number, rest: Partial<Plan> = {}): Plan {
  const tasks = Array.from({ length: many }, (_, n): Task => task(`t${n + 1}`, { pools: ['main', 'agent'] }));
  return plan(tasks, { pools: { main: 100, agent: slots }, ...rest });
}

describe('a rate limit (19)', () => {
  it('halves its pool from what was in use, and nothing of it starts before the time that the provider named', () => {
    const run = new Spoken(agentTasks(7, 6));
    expect(run.exit('t1', away(10_000))).toEqual(['agent has 3 at 10000 (rate-limit)', 'retry t1 at 10000']);
    for (const id of ['t2', 't3', 't4', 't5', 't6']) expect(run.exit(id)).toEqual([`${id} succeeded`]);
    expect(run.wakesAt).toBe(10_000);
    expect(run.at(9999)).toEqual([]);
    expect(run.at(10_000)).toEqual(['start t1#2', 'start t7#1']);
  });

  it('never leaves a pool without a slot', () => {
    const run = new Spoken(agentTasks(1, 1));
    expect(run.exit('t1', away(10))).toEqual(['agent has 1 at 10 (rate-limit)', 'retry t1 at 10']);
  });

  it('without a word of the provider closes for 5 s, then twice as long each time, and a quarter more at most', () => {
    const run = new Spoken(agentTasks(1, 1));
    let opensAt = 0;
    for (const least of [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
      const from = opensAt;
      run.exit('t1', away());
      opensAt = run.wakesAt ?? 0;
      expect(opensAt - from).toBeGreaterThanOrEqual(least);
      expect(opensAt - from).toBeLessThanOrEqual(least * 1.25);
      run.at(opensAt);
    }
  });

  it('of an attempt from before the pool shrank halves nothing, but may keep it closed for longer', () => {
    const run = new Spoken(agentTasks(8, 8));
    expect(run.exit('t1', away(1000))[0]).toBe('agent has 4 at 1000 (rate-limit)');
    expect(run.exit('t2', away(500))).toEqual(['retry t2 at 1000']);
    expect(run.exit('t3', away(3000))).toEqual(['agent has 4 at 3000 (rate-limit)', 'retry t3 at 3000']);
  });

  it('of many at one moment is one', () => {
    const run = new Spoken(agentTasks(3, 3));
    expect(
      run.see(run.exited('t1', away(100)), run.exited('t2', away(300)), run.exited('t3', away())),
    ).toEqual(['agent has 1 at 300 (rate-limit)', 'retry t1 at 300', 'retry t2 at 300', 'retry t3 at 300']);
  });

  it('concerns nobody but its own pool', () => {
    const tasks = [task('a', { pools: ['main', 'x'] }), task('b', { pools: ['main', 'y'] }), task('c')];
    const run = new Spoken(plan(tasks, { pools: { main: 1, x: 2, y: 2 } }));
    expect(run.exit('a', away(1000))).toEqual([
      'x has 1 at 1000 (rate-limit)',
      'retry a at 1000',
      'start b#1',
    ]);
  });

  it('never counts, however often: all of a storm succeed', () => {
    const run = new Spoken(agentTasks(10, 10));
    for (let n = 1; n <= 10; n++) run.exit(`t${n}`, away(1000));
    let now = 0;
    for (let turn = 0; run.state.status === 'running' && turn < 100; turn++) {
      for (const { task: each } of [...run.state.running]) run.exit(each.id);
      now = run.wakesAt ?? now;
      run.at(now);
    }
    expect(run.state.status).toBe('succeeded');
    expect(run.state.tasks.map(({ counted }) => counted)).toEqual(Array(10).fill(1));
  });
});

describe('a pool that shrank (20)', () => {
  it('gets a slot back each quiet minute after a success, until it has all', () => {
    const run = new Spoken(agentTasks(20, 4));
    run.exit('t1', away(1000));
    for (const id of ['t2', 't3', 't4']) run.exit(id);
    expect(run.at(1000)).toEqual(['start t1#2', 'start t5#1']);
    expect(run.wakesAt).toBe(1000 + QUIET_MILLIS);
    expect(run.at(1000 + QUIET_MILLIS)).toEqual(['agent has 3 (quiet)', 'start t6#1']);
    expect(run.at(1000 + 2 * QUIET_MILLIS)).toEqual(['agent has 4 (quiet)', 'start t7#1']);
    expect(run.wakesAt).toBeUndefined();
  });

  it('stays small until something has succeeded', () => {
    const run = new Spoken(agentTasks(4, 2));
    run.exit('t1', away(1000));
    run.exit('t2', 1);
    run.at(1000);
    expect(run.at(10 * QUIET_MILLIS)).toEqual([]);
    expect(run.exit('t1')).toEqual(['t1 succeeded', 'agent has 2 (quiet)', 'start t3#1', 'start t4#1']);
  });

  it('has the size that somebody asks for, also while it is closed', () => {
    const run = new Spoken(agentTasks(6, 4));
    run.exit('t1', away(1000));
    run.request({ kind: 'capacity', pool: 'agent', limit: 6 });
    expect(run.state.pools.get('agent')).toMatchObject({ limit: 6, size: 6, used: 3 });
    expect(run.at(1000)).toEqual(['start t1#2', 'start t5#1', 'start t6#1']);
  });
});

describe('patience (21)', () => {
  const impatient = (millis: number) => agentTasks(3, 1, { rateLimitWaitMillis: millis });

  it('ends when there was nothing else for so long: all that is ready fails, tried or not', () => {
    const run = new Spoken(impatient(1000));
    run.exit('t1', away(600));
    run.at(600);
    expect(run.exit('t1', away(600))).toEqual([
      'agent has 1 (exhausted)',
      't1 failed',
      't2 failed',
      't3 failed',
      'run failed',
    ]);
  });

  it('makes its last attempt when it is over', () => {
    const run = new Spoken(impatient(7000));
    run.exit('t1', away());
    const first = run.wakesAt ?? 0;
    run.at(first);
    expect(run.exit('t1', away())[0]).toBe('agent has 1 at 7000 (rate-limit)');
    expect(run.at(7000)).toEqual(['start t1#3']);
    expect(run.exit('t1', away())[0]).toBe('agent has 1 (exhausted)');
  });

  it('ends at once when the provider asks for more, and with none at the first', () => {
    expect(new Spoken(impatient(1000)).exit('t1', away(2000))[0]).toBe('agent has 1 (exhausted)');
    expect(new Spoken(impatient(0)).exit('t1', away())[0]).toBe('agent has 1 (exhausted)');
  });

  it('begins anew with a success, and with a resume', () => {
    const run = new Spoken(impatient(1000));
    run.exit('t1', away(600));
    run.at(600);
    run.exit('t1');
    run.at(1200);
    expect(run.exit('t2', away(600))[0]).toBe('agent has 1 at 1800 (rate-limit)');
    expect(run.resume()).toEqual(['start t2#2']);
  });

  it('is that of a task where no pool stands for its provider', () => {
    const run = new Spoken(plan([task('a')], { rateLimitWaitMillis: 1000 }));
    expect(run.exit('a', away(600))).toEqual(['retry a at 600']);
  });
});
