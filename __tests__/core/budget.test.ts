/** Budgets by example. The numbers are those of docs/scheduling.md. */
import { describe, expect, it } from '@jest/globals';
import { isOverBudget, ranOutOfMoney } from '../../src/core/budget.js';
import type { Exit } from '../../src/core/exit.js';
import { launch } from '../../src/core/launch.js';
import type { Budget, Task } from '../../src/core/plan.js';
import { taskOf } from '../../src/core/state.js';
import { plan, task } from '../fakes/plan.js';
import { Spoken } from './spoken.js';

/** A task of an agent that tells what it costs. */
const paid = (id: string, rest: Parameters<typeof task>[1] = {}): Task =>
  task(id, { work: { kind: 'prompt', text: id, mode: 'code', agent: 'claude' }, ...rest });

const costs = (known: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(known).map(([id, costUsd]) => [id, { costUsd, attempts: 1 }]));

describe('without earlier runs (23)', () => {
  const three = plan([paid('a'), paid('b'), paid('c'), task('free')], { budget: { costUsd: 5 } });

  it('metered tasks run one at a time until one has told its cost, others as they like', () => {
    const run = new Spoken(three);
    expect(run.beginning).toEqual(['start a#1', 'start free#1']);
    expect(run.exit('a', 0, { costUsd: 2 })).toEqual(['a succeeded', 'start b#1']);
    expect(run.exit('b', 0, { costUsd: 1 })).toEqual(['b succeeded', 'start c#1']);
  });

  it('the most that an attempt has cost is what the next ones are expected to', () => {
    const run = new Spoken(plan([paid('a'), paid('b'), paid('c'), paid('d')], { budget: { costUsd: 5 } }));
    expect(run.exit('a', 0, { costUsd: 1 })).toEqual(['a succeeded', 'start b#1', 'start c#1', 'start d#1']);
  });

  it('one that tells nothing leaves it at one at a time', () => {
    const run = new Spoken(three);
    expect(run.exit('a', 1)).toEqual(['a failed', 'start b#1']);
    expect(run.state.ledger.running).toBe(1);
  });

  it('one that was sent away says nothing of what others will cost', () => {
    const run = new Spoken(plan([paid('a'), paid('b'), paid('c')], { budget: { costUsd: 5 } }));
    run.exit('a', { kind: 'rate-limit', retryAfterMillis: 10 }, { costUsd: 0.01 });
    expect(run.state.running.size).toBe(1);
  });

  it('a failed attempt costs as well', () => {
    const run = new Spoken(plan([paid('a'), paid('b')], { budget: { costUsd: 1 } }));
    expect(run.exit('a', 1, { costUsd: 1.5 })).toEqual([
      'a failed',
      'stop by budget',
      'b skipped (stopped by budget)',
      'run failed',
    ]);
  });
});

describe('with earlier runs (23)', () => {
  it('as many start as fit, and a smaller one behind the first that does not waits for it', () => {
    const tasks = [paid('a'), paid('b'), paid('c')];
    const run = new Spoken(plan(tasks, { budget: { costUsd: 5 } }), {}, costs({ a: 3, b: 2.5, c: 1 }));
    expect(run.beginning).toEqual(['start a#1']);
    expect(run.exit('a', 0, { costUsd: 1 })).toEqual(['a succeeded', 'start b#1', 'start c#1']);
  });

  it('one that can never fit holds up nobody', () => {
    const tasks = [paid('dear'), paid('b'), paid('c')];
    const run = new Spoken(plan(tasks, { budget: { costUsd: 5 } }), {}, costs({ dear: 6, b: 1, c: 1 }));
    expect(run.beginning).toEqual(['start b#1', 'start c#1']);
    run.exit('b', 0, { costUsd: 1 });
    expect(run.exit('c', 0, { costUsd: 1 })).toEqual([
      'c succeeded',
      'stop by budget',
      'dear skipped (stopped by budget)',
      'run failed',
    ]);
  });

  it('sums of cents are what they look like', () => {
    const tasks = [paid('a'), paid('b'), paid('c')];
    const run = new Spoken(plan(tasks, { budget: { costUsd: 0.3 } }), {}, costs({ a: 0.1, b: 0.1, c: 0.1 }));
    expect(run.beginning).toEqual(['start a#1', 'start b#1', 'start c#1']);
  });

  it('a command that has cost something before counts too', () => {
    const tasks = [task('nested'), paid('b')];
    const run = new Spoken(plan(tasks, { budget: { costUsd: 1 } }), {}, costs({ nested: 2, b: 1 }));
    expect(run.beginning).toEqual(['start b#1']);
  });

  it('tokens count beside money, each for itself', () => {
    const known = { a: { tokens: 600, attempts: 1 }, b: { tokens: 600, attempts: 1 } };
    const budget = { costUsd: 100, tokens: 1000 };
    const run = new Spoken(plan([paid('a'), paid('b')], { budget }), {}, known);
    expect(run.beginning).toEqual(['start a#1']);
    expect(run.exit('a', 0, { costUsd: 1, tokens: 300 })).toEqual(['a succeeded', 'start b#1']);
  });
});

describe('a budget that is used up (24)', () => {
  it('stops nothing as long as something else can go on', () => {
    const tasks = [paid('a'), paid('b'), task('free', { needs: ['a'] }), task('later', { needs: ['free'] })];
    const run = new Spoken(plan(tasks, { budget: { costUsd: 1 } }));
    expect(run.exit('a', 0, { costUsd: 1 })).toEqual(['a succeeded', 'start free#1']);
    expect(run.exit('free')).toEqual(['free succeeded', 'start later#1']);
    expect(run.exit('later')).toEqual([
      'later succeeded',
      'stop by budget',
      'b skipped (stopped by budget)',
      'run failed',
    ]);
  });

  it('waits for a pool to open whose tasks fit', () => {
    const pools = { main: 4, x: 1 };
    const tasks = [paid('a', { pools: ['x'] }), paid('dear')];
    const run = new Spoken(plan(tasks, { budget: { costUsd: 2 }, pools }), {}, costs({ a: 1, dear: 9 }));
    run.exit('a', { kind: 'rate-limit', retryAfterMillis: 50 });
    expect(run.at(50)).toEqual(['start a#2']);
    expect(run.exit('a', 0, { costUsd: 1 })).toContain('stop by budget');
  });

  it('ends who waits for a retry with its last exit', () => {
    const retry = { max: 3, delayMillis: 0, maxDelayMillis: 0 };
    const run = new Spoken(plan([paid('a', { retry })], { budget: { costUsd: 1 } }));
    expect(run.exit('a', 7, { costUsd: 2 })).toEqual([
      'retry a at 0',
      'stop by budget',
      'a failed',
      'run failed',
    ]);
  });

  it('goes on with more after a resume, and counts on', () => {
    const run = new Spoken(plan([paid('a'), paid('b')], { budget: { costUsd: 1 } }));
    run.exit('a', 0, { costUsd: 1 });
    expect(run.resume(['b'])).toEqual(['stop by budget', 'b skipped (stopped by budget)', 'run failed']);
    expect(run.resume(['b'], { costUsd: 3 })).toEqual(['start b#1']);
    run.exit('b', 0, { costUsd: 1 });
    expect(run.state.ledger.spent.costUsd).toBe(2);
  });
});

describe('an attempt whose end nobody saw (22)', () => {
  const lost = { kind: 'lost' } as const;
  const spentOf = (run: Spoken) => [run.state.ledger.spent.costUsd, run.state.ledger.assumed.costUsd];

  it('counts what it told, but no less than it was expected to cost', () => {
    for (const [told, spent, assumed] of [
      [undefined, 2, 2],
      [0.5, 2, 1.5],
      [3, 3, 0],
    ] as const) {
      const run = new Spoken(plan([paid('a')], { budget: { costUsd: 9 } }), {}, costs({ a: 2 }));
      expect(run.exit('a', lost, told === undefined ? {} : { costUsd: told })).toEqual([
        'retry a at 0',
        'start a#2',
      ]);
      expect(spentOf(run)).toEqual([spent, assumed]);
    }
  });

  it('is expected to cost as much as any of this run', () => {
    const run = new Spoken(plan([paid('a'), paid('b')], { budget: { costUsd: 9 } }));
    run.exit('a', 0, { costUsd: 2 });
    run.exit('b', lost, { costUsd: 0.5 });
    expect(spentOf(run)).toEqual([4, 1.5]);
  });

  it('counts what it told if nobody knew more, and all that was kept for it if it told nothing', () => {
    const some = new Spoken(plan([paid('a')], { budget: { costUsd: 9 } }));
    some.exit('a', lost, { costUsd: 0.5 });
    expect(spentOf(some)).toEqual([0.5, 0]);
    const none = new Spoken(plan([paid('a')], { budget: { costUsd: 9 } }));
    expect(none.exit('a', lost, { tokens: 0 })).toEqual([
      'retry a at 0',
      'stop by budget',
      'a failed',
      'run failed',
    ]);
    expect(spentOf(none)).toEqual([9, 9]);
    expect(none.state.stopping).toMatchObject({ spent: { costUsd: 9 }, assumed: { costUsd: 9 } });
    expect(none.resume(['a'], { costUsd: 20 })).toEqual(['start a#2']);
  });

  it('counts what it told where there is no budget for it', () => {
    const run = new Spoken(plan([paid('a'), task('free')]), {}, costs({ a: 2 }));
    run.exit('a', lost, { costUsd: 0.5 });
    run.exit('free', lost);
    expect(spentOf(run)).toEqual([0.5, 0]);
  });

  it('counts the same where its agent did not come to tell what it used, and is tried again as ever', () => {
    const timeout = { kind: 'timeout', limitMillis: 10 } as const;
    const retry = { max: 1, delayMillis: 0, maxDelayMillis: 0 };
    const run = new Spoken(
      plan([paid('a', { retry }), paid('b')], { budget: { costUsd: 9 } }),
      {},
      costs({ a: 2 }),
    );
    expect(run.exit('a', timeout, { costUsd: 0, untold: true })).toEqual(['retry a at 0', 'start a#2']);
    expect(spentOf(run)).toEqual([2, 2]);
    run.exit('a', timeout, { costUsd: 0 });
    expect(spentOf(run)).toEqual([2, 2]);
    expect(run.reread().ledger.assumed.costUsd).toBe(2);
  });

  it('says nothing of what the others will cost', () => {
    const run = new Spoken(plan([paid('a'), paid('b')], { budget: { costUsd: 9 } }), {}, costs({ a: 2 }));
    run.exit('a', lost);
    run.exit('a', 0, { costUsd: 0.5 });
    expect(run.state.ledger.expects('b', 'costUsd')).toBe(0.5);
  });

  it('stays lost when it may run only once, whatever it cost', () => {
    const once = paid('a', { once: true, budget: { costUsd: 1 } });
    const run = new Spoken(plan([once], { budget: { costUsd: 9 } }), {}, costs({ a: 2 }));
    run.exit('a', lost);
    expect(run.state.tasks[0]?.outcome).toEqual({ kind: 'failed', exit: lost });
  });
});

describe('runs within tasks (23)', () => {
  const nested = (id: string, rest: Parameters<typeof task>[1] = {}): Task =>
    task(id, { work: { kind: 'command', text: `batchtool run ${id}`, calls: 'batchtool' }, ...rest });
  const allowed = (run: Spoken, id: string) => launch(run.state, taskOf(run.state, id)).allowance?.costUsd;

  it('share what is left where nobody knows what they will use', () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => nested(id));
    const run = new Spoken(plan(four, { budget: { costUsd: 1.2 } }));
    expect(run.beginning).toEqual(['start a#1', 'start b#1', 'start c#1', 'start d#1']);
    for (const id of ['a', 'b', 'c', 'd']) expect(allowed(run, id)).toBeCloseTo(0.3, 9);
  });

  it('share it among as many as there are slots', () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => nested(id));
    const run = new Spoken(plan(four, { budget: { costUsd: 1.2 }, pools: { main: 2 } }));
    expect([allowed(run, 'a'), allowed(run, 'b')]).toEqual([0.6, 0.6]);
  });

  it('wait while there is nothing to hand out, and begin with what is left then', () => {
    const run = new Spoken(plan([paid('a'), nested('b')], { budget: { costUsd: 20 } }));
    expect(run.beginning).toEqual(['start a#1']);
    expect(run.exit('a', 0, { costUsd: 1 })).toEqual(['a succeeded', 'start b#1']);
    expect(allowed(run, 'b')).toBe(19);
  });

  it('hold back an agent of which nobody knows anything', () => {
    const run = new Spoken(plan([nested('a'), paid('b')], { budget: { costUsd: 20 } }));
    expect(run.beginning).toEqual(['start a#1']);
  });

  it('are not tried again when what they were handed is used up, which is the end of the budget here too', () => {
    const ranOut: Exit = { kind: 'contract', reason: 'it stopped', failure: 'budget', handed: true };
    const retry = { max: 3, delayMillis: 0, maxDelayMillis: 0 };
    for (const onError of ['skip', 'stop'] as const) {
      const run = new Spoken(plan([nested('a', { retry })], { budget: { costUsd: 20 }, onError }));
      run.exit('a', ranOut, { costUsd: 1 });
      expect([run.state.status, ranOutOfMoney(run.state)]).toEqual(['failed', true]);
    }
  });
});

it('a run that used more than its budget is over it, whatever became of its tasks', () => {
  const run = new Spoken(plan([paid('a')], { budget: { costUsd: 1 } }));
  run.exit('a', 0, { costUsd: 1 });
  expect(isOverBudget(run.state)).toBe(false);
  const over = new Spoken(plan([paid('a')], { budget: { costUsd: 1 } }));
  over.exit('a', 0, { costUsd: 1.5 });
  expect([over.state.status, isOverBudget(over.state)]).toEqual(['succeeded', true]);
});

it('a run without a budget has not run out of it, whatever a run within a task says', () => {
  const ranOut: Exit = { kind: 'contract', reason: 'it stopped', failure: 'budget', handed: true };
  const run = new Spoken(plan([paid('a', { budget: { costUsd: 2 } })]));
  run.exit('a', ranOut, { costUsd: 1 });
  expect([run.state.status, ranOutOfMoney(run.state)]).toEqual(['failed', false]);
});

describe('a run within a task', () => {
  const owner = { pid: 2, startTime: '2', host: 'here' };
  const begun = (budget?: Budget) => {
    const run = new Spoken(plan([paid('a'), paid('b')], budget === undefined ? {} : { budget }));
    run.exit('a', 0, { costUsd: 1 });
    return run;
  };

  it('may spend what it is handed now, beside what it has spent, whatever it was handed before', () => {
    const run = begun();
    run.see({ type: 'run.resumed', owner, tasks: [], handed: { costUsd: 2 } });
    expect(run.state.ledger.budget).toEqual({ costUsd: 3 });
    run.see({ type: 'run.resumed', owner, tasks: [], handed: { costUsd: 5 } });
    expect(run.state.ledger.budget).toEqual({ costUsd: 6 });
    run.see({ type: 'run.resumed', owner, tasks: [] });
    expect(run.state.ledger.budget).toEqual({});
  });

  it('has no more than its own budget, or the one that a resume says', () => {
    const run = begun({ costUsd: 4 });
    run.see({ type: 'run.resumed', owner, tasks: [], handed: { costUsd: 0 } });
    expect(run.state.ledger.budget).toEqual({ costUsd: 1 });
    run.see({ type: 'run.resumed', owner, tasks: [], handed: { costUsd: 50 } });
    expect(run.state.ledger.budget).toEqual({ costUsd: 4 });
    run.see({ type: 'run.resumed', owner, tasks: [], budget: { costUsd: 20 }, handed: { costUsd: 50 } });
    expect(run.state.ledger.budget).toEqual({ costUsd: 20 });
  });
});

describe('the budget of a task (25)', () => {
  const retry = { max: 5, delayMillis: 0, maxDelayMillis: 0 };

  it('ends its retries when it is used up', () => {
    const run = new Spoken(plan([paid('a', { retry, budget: { costUsd: 1 } })]));
    expect(run.exit('a', 1, { costUsd: 0.6 })).toEqual(['retry a at 0', 'start a#2']);
    expect(run.exit('a', 1, { costUsd: 0.6 })).toEqual(['a failed', 'run failed']);
    expect(run.state.tasks[0]?.outcome).toEqual({
      kind: 'failed',
      exit: {
        kind: 'contract',
        failure: 'budget',
        reason: 'its budget is used up: $1.20 of $1.00 spent',
      },
    });
  });

  it('does not take back a success', () => {
    const run = new Spoken(plan([paid('a', { budget: { costUsd: 1 } })]));
    expect(run.exit('a', 0, { costUsd: 2 })).toEqual(['a succeeded', 'run succeeded']);
  });

  it('begins anew with a round', () => {
    const tasks = [paid('a', { retry, budget: { costUsd: 1 } })];
    const loop = { id: 'l', tasks: ['a'], again: { kind: 'failed' as const, tasks: ['a'] }, max: 2 };
    const run = new Spoken(plan(tasks, { loops: [loop] }));
    expect(run.exit('a', 1, { costUsd: 2 })).toEqual(['a failed', 'again (loop): a', 'start a#2']);
    expect(run.exit('a', 1, { costUsd: 0.5 })).toEqual(['retry a at 0', 'start a#3']);
  });
});

describe('what an attempt may use', () => {
  const allowance = (run: Spoken, id: string) => launch(run.state, taskOf(run.state, id)).allowance;

  it('is what is kept for it and its share of the rest, and no more than is left of its own', () => {
    const tasks = [paid('a'), paid('b', { budget: { costUsd: 2, tokens: 900 } })];
    const run = new Spoken(plan(tasks, { budget: { costUsd: 5 } }), {}, costs({ a: 1, b: 1 }));
    expect(allowance(run, 'a')).toEqual({ costUsd: 2.5 });
    expect(allowance(run, 'b')).toEqual({ costUsd: 2, tokens: 900 });
  });

  it('is no more than is left for all that run together, also when others begin later', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const known = costs(Object.fromEntries(ids.map((id) => [id, 0.15])));
    const budget = { costUsd: 1 };
    const run = new Spoken(
      plan(
        ids.map((id) => paid(id)),
        { budget, pools: { main: 4 } },
      ),
      {},
      known,
    );
    const together = (...running: string[]) =>
      running.reduce((sum, id) => sum + (allowance(run, id)?.costUsd ?? Number.NaN), 0);
    expect(together('a', 'b', 'c', 'd')).toBeCloseTo(1);
    run.exit('a', 0, { costUsd: 0.05 });
    expect(together('b', 'c', 'd', 'e')).toBeCloseTo(0.95);
    expect(allowance(run, 'e')?.costUsd).toBeGreaterThanOrEqual(0.15);
  });

  it('is all that is left for one beside which no other fits', () => {
    const run = new Spoken(
      plan([paid('a'), paid('b')], { budget: { costUsd: 1 } }),
      {},
      costs({ a: 0.6, b: 0.6 }),
    );
    expect(run.beginning).toEqual(['start a#1']);
    expect(allowance(run, 'a')).toEqual({ costUsd: 1 });
  });

  it('is all that is left for one that runs alone', () => {
    const run = new Spoken(plan([paid('a')], { budget: { costUsd: 5 } }), {}, costs({ a: 1 }));
    expect(allowance(run, 'a')).toEqual({ costUsd: 5 });
  });

  it('is not limited without a budget', () => {
    expect(allowance(new Spoken(plan([paid('a')])), 'a')).toBeUndefined();
  });
});
