import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../src/core/event.js';
import type { Plan } from '../src/core/plan.js';
import { Fatal } from '../src/core/problem.js';
import { initialState } from '../src/core/state.js';
import { run } from '../src/run.js';
import { FakeClock } from './fakes/clock.js';
import { FakeExecutor, settled } from './fakes/executor.js';
import { FakeInbox, FakeJournal } from './fakes/journal.js';
import { plan, task } from './fakes/plan.js';

const STARTED: Observation = {
  type: 'run.started',
  run: 'r1',
  planDigest: 'd',
  owner: { pid: 1, startTime: '1', host: 'h' },
  estimates: {},
};

function start(of: Plan) {
  const ports = {
    journal: new FakeJournal(),
    executor: new FakeExecutor(),
    inbox: new FakeInbox(),
    clock: new FakeClock(),
  };
  const observed: string[] = [];
  const observer = {
    observe: (events: readonly { type: string }[]) => void observed.push(...events.map((e) => e.type)),
  };
  const state = initialState(of);
  const ended = run(state, { ...ports, inboxes: [ports.inbox], observers: [observer] }, [STARTED]);
  return { ...ports, ended, state, observed };
}

describe('run', () => {
  it('starts what is ready and ends when all tasks have ended', async () => {
    const { executor, journal, ended } = start(plan([task('a'), task('b', { needs: ['a'] })]));
    await settled();
    expect(executor.started).toEqual(['a#1']);
    await executor.exit('a');
    expect(executor.started).toEqual(['a#1', 'b#1']);
    await executor.exit('b');
    expect((await ended).status).toBe('succeeded');
    expect(journal.types.at(-1)).toBe('run.finished');
    expect(executor.closed).toBe(true);
  });

  it('writes a decision before it carries it out', async () => {
    const { executor, journal } = start(plan([task('a')]));
    const written: number[] = [];
    const begin = executor.start.bind(executor);
    executor.start = (launch, report) => {
      written.push(journal.types.filter((type) => type === 'attempt.started').length);
      begin(launch, report);
    };
    await settled();
    expect(written).toEqual([1]);
  });

  it('writes all that one moment brings in one batch', async () => {
    const { journal } = start(plan([task('a'), task('b'), task('c')]));
    await settled();
    expect(journal.batches.map((batch) => batch.map((event) => event.type))).toEqual([
      ['run.started', 'attempt.started', 'attempt.started', 'attempt.started'],
    ]);
  });

  it('wakes for a retry when its delay is over, and not before', async () => {
    const retry = { max: 1, delayMillis: 1000, maxDelayMillis: 1000 };
    const { executor, clock, ended } = start(plan([task('a', { retry })]));
    await settled();
    await executor.exit('a', { kind: 'code', code: 1 });
    await clock.advance(999);
    expect(executor.started).toEqual(['a#1']);
    await clock.advance(300);
    expect(executor.started).toEqual(['a#1', 'a#2']);
    await executor.exit('a');
    expect((await ended).status).toBe('succeeded');
  });

  it('tries again what came due while it was busy with the decision', async () => {
    const clock = new FakeClock();
    const executor = new FakeExecutor();
    // Writing and showing take longer than the wait.
    const slow = { observe: () => void clock.pass(1300) };
    const ports = { journal: new FakeJournal(), executor, inboxes: [], clock, observers: [slow] };
    const retry = { max: 1, delayMillis: 1000, maxDelayMillis: 1000 };
    void run(initialState(plan([task('a', { retry })])), ports, [STARTED]);
    await settled();
    await executor.exit('a', { kind: 'code', code: 1 });
    await clock.advance(0);
    expect(executor.started).toEqual(['a#1', 'a#2']);
  });

  it('stops politely at a cancel, and kills at the second', async () => {
    const { executor, inbox, ended } = start(plan([task('a'), task('b', { needs: ['a'] })]));
    await settled();
    inbox.post({ kind: 'cancel', by: 'SIGINT' });
    await settled();
    expect(executor.stops).toEqual([{ task: 'a', attempt: 1, now: false }]);
    inbox.post({ kind: 'cancel', by: 'SIGINT', now: true });
    await settled();
    expect(executor.stops.at(-1)).toEqual({ task: 'a', attempt: 1, now: true });
    await executor.exit('a', { kind: 'signal', signal: 'SIGKILL' });
    expect((await ended).status).toBe('cancelled');
  });

  it('kills everything and rejects when the journal cannot be written', async () => {
    const { executor, journal, ended } = start(plan([task('a'), task('b')]));
    await settled();
    journal.failWith = new Fatal(4, { message: 'disk full' });
    const rejected = expect(ended).rejects.toThrow('disk full');
    await executor.exit('a');
    await rejected;
    expect(executor.stops).toEqual([{ task: 'b', attempt: 1, now: true }]);
    expect(executor.closed).toBe(true);
  });

  it('starts nothing when the very first write fails', async () => {
    const executor = new FakeExecutor();
    const journal = new FakeJournal();
    journal.failWith = new Fatal(4, { message: 'no space' });
    const ports = { journal, executor, inboxes: [], clock: new FakeClock(), observers: [] };
    await expect(run(initialState(plan([task('a')])), ports, [STARTED])).rejects.toThrow('no space');
    expect(executor.started).toEqual([]);
  });

  it('shows observers every event after it was written', async () => {
    const { executor, ended, observed, journal } = start(plan([task('a')]));
    await settled();
    await executor.exit('a');
    await ended;
    expect(observed).toEqual(journal.types);
  });

  it('leaves no timer behind', async () => {
    const { executor, clock, ended } = start(plan([task('a')], { deadlineMillis: 60_000 }));
    await settled();
    expect(clock.pending).toBe(1);
    await executor.exit('a');
    await ended;
    expect(clock.pending).toBe(0);
  });
});
