/** What each event does to the state: the fold from which everything else reads. */
import { describe, expect, it } from '@jest/globals';
import { decide } from '../../src/core/decide.js';
import type { Event } from '../../src/core/event.js';
import { evolve, fold } from '../../src/core/evolve.js';
import type { RunState } from '../../src/core/state.js';
import { plan, task } from '../fakes/plan.js';
import { inWords, Spoken } from './spoken.js';

/** The part of a state that a person would ask about. */
function summary({ status, stopping, tasks, loops, unfinished, openLoops }: RunState) {
  return {
    run: { status, stopping, unfinished, openLoops },
    tasks: tasks.map((state) => ({ ...state })),
    loops: loops.map(({ round, closed }) => ({ round, closed })),
  };
}

const RESUMED: Event = {
  at: 0,
  type: 'run.resumed',
  owner: { pid: 2, startTime: '1', host: 'here' },
  tasks: [],
};
const RETRIED = { retry: { max: 1, delayMillis: 1000, maxDelayMillis: 60_000 } };

/** All that is decided now. */
function settle(state: RunState): string[] {
  const words: string[] = [];
  for (let next = decide(state, 0); next !== undefined; next = decide(state, 0)) {
    words.push(inWords(next));
    evolve(state, { at: 0, ...next });
  }
  return words;
}

describe('the fold', () => {
  it('of the journal is the state of the live run, after every step', () => {
    const loops = [{ id: 'loop', tasks: ['a'], again: { kind: 'failed' as const, tasks: ['a'] }, max: 2 }];
    const run = new Spoken(plan([task('a', RETRIED), task('b', { needs: ['a'] }), task('c')], { loops }));
    const steps = [
      () => run.exit('a', 1),
      () => run.exit('c'),
      () => run.at(5000),
      () => run.exit('a', 1),
      () => run.exit('a'),
      () => run.cancel(),
      () => run.exit('b'),
    ];
    for (const step of steps) {
      step();
      expect(summary(run.reread())).toEqual(summary(run.state));
    }
    expect(run.state.status).toBe('cancelled');
  });

  it('decides nothing: a journal that ends before a decision leaves the decision open', () => {
    const run = new Spoken(plan([task('a')]));
    run.exit('a');
    run.journal.splice(-2);
    const state = run.reread();
    expect(state.tasks[0]?.status).toBe('running');
    expect(decide(state, 0)).toEqual({
      type: 'task.finished',
      task: 'a',
      round: 1,
      outcome: { kind: 'succeeded' },
    });
  });
});

describe('an attempt', () => {
  it('keeps what was seen of it', () => {
    const run = new Spoken(plan([task('a')]));
    run.see({ type: 'attempt.spawned', task: 'a', attempt: 1, pid: 7, startTime: '9' });
    run.at(40);
    run.see({
      type: 'attempt.exited',
      task: 'a',
      attempt: 1,
      exit: { kind: 'code', code: 0 },
      peakMemoryBytes: 123,
      outputs: { answer: '42' },
      commit: 'abc',
    });
    expect(run.state.tasks[0]?.attempts).toEqual([
      {
        number: 1,
        nth: 1,
        round: 1,
        startedAt: 0,
        pid: 7,
        startTime: '9',
        endedAt: 40,
        exit: { kind: 'code', code: 0 },
        peakMemoryBytes: 123,
        outputs: { answer: '42' },
        commit: 'abc',
      },
    ]);
  });

  it('has a number that runs on over all rounds', () => {
    const loops = [{ id: 'loop', tasks: ['a'], again: { kind: 'failed' as const, tasks: ['a'] }, max: 2 }];
    const run = new Spoken(plan([task('a')], { loops }));
    run.exit('a', 1);
    run.exit('a');
    const attempts = run.state.tasks[0]?.attempts.map(({ number, round }) => ({ number, round }));
    expect(attempts).toEqual([
      { number: 1, round: 1 },
      { number: 2, round: 2 },
    ]);
  });

  it('that nobody started is a bug', () => {
    const run = new Spoken(plan([task('a')]));
    expect(() => run.see({ type: 'attempt.exited', task: 'a', attempt: 2, exit: { kind: 'lost' } })).toThrow(
      'no attempt 2 of task "a"',
    );
  });
});

describe('a resume', () => {
  it('lifts a stop: what the stop had kept from starting may start', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] })]));
    run.cancel();
    expect(run.state.tasks[1]?.status).toBe('cancelled');
    run.exit('a');
    expect(run.resume(['a', 'b'])).toEqual(['start a#2']);
    expect(run.exit('a')).toEqual(['a succeeded', 'start b#1']);
  });

  it('forgets whom it wanted to tell of the stop', () => {
    const run = new Spoken(plan([task('a'), task('clean', { when: 'always' })], { onError: 'fail-fast' }));
    run.cancel();
    const told = run.journal.findIndex(({ type }) => type === 'attempt.stopping');
    const lost = ['a', 'clean'].map((id) => ({ at: 0, ...run.exited(id, { kind: 'lost' }) }));
    const state = fold(run.plan, [...run.journal.slice(0, told), RESUMED, ...lost]);
    settle(state);
    evolve(state, { at: 0, type: 'attempt.exited', task: 'a', attempt: 2, exit: { kind: 'code', code: 1 } });
    expect(settle(state)).toEqual(['a failed', 'stop by failure']);
  });

  it('takes an attempt that was told to end, and whose end was not judged, for lost', () => {
    const run = new Spoken(plan([task('a')]));
    run.cancel();
    run.exit('a', 0);
    const exited = run.journal.findIndex(({ type }) => type === 'attempt.exited');
    const state = fold(run.plan, [...run.journal.slice(0, exited + 1), RESUMED]);
    expect(state.tasks[0]?.attempts[0]?.exit).toEqual({ kind: 'lost' });
    expect(decide(state, 0)).toMatchObject({ type: 'task.retrying', task: 'a' });
  });

  it('does not wait for old delays', () => {
    const run = new Spoken(plan([task('a', RETRIED)]));
    run.exit('a', 1);
    expect(run.state.tasks[0]?.notBefore).toBeGreaterThan(0);
    expect(run.resume()).toEqual(['start a#2']);
  });

  it('counts the deadline anew', () => {
    const run = new Spoken(plan([task('a')], { deadlineMillis: 100 }));
    run.at(90);
    run.resume();
    expect(run.wakesAt).toBe(190);
  });

  it('counts no attempt that was lost', () => {
    const run = new Spoken(plan([task('a')]));
    run.resume();
    expect(run.state.tasks[0]?.counted).toBe(0);
    expect(run.exit('a')).toEqual(['a succeeded', 'run succeeded']);
  });
});

describe('a request that cannot be met', () => {
  it('for an unknown task or pool changes nothing', () => {
    const run = new Spoken(plan([task('a')]));
    expect(run.request({ kind: 'retry', task: 'nobody' })).toEqual([]);
    expect(run.request({ kind: 'capacity', pool: 'nowhere', limit: 3 })).toEqual([]);
    expect(run.exit('a')).toEqual(['a succeeded', 'run succeeded']);
  });

  it('for less than one slot leaves one', () => {
    const run = new Spoken(plan([task('a')]));
    run.request({ kind: 'capacity', pool: 'main', limit: 0 });
    expect(run.state.pools.get('main')).toMatchObject({ limit: 1, used: 1 });
  });
});
