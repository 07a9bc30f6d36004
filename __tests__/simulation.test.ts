/**
 * The policy against random worlds: thousands of plans, exits, cancels, requests and clocks, each from a seed.
 * What the policy does must equal what `simulation/rules.ts` says, which was written from docs/scheduling.md alone.
 * A failure prints its seed and the smallest plan that still shows it.
 */
import { describe, expect, test } from '@jest/globals';
import { decide, wakeAt } from '../src/core/decide.js';
import type { Event } from '../src/core/event.js';
import { evolve, fold } from '../src/core/evolve.js';
import { tasksToResume } from '../src/core/resume.js';
import { initialState } from '../src/core/state.js';
import {
  type Core,
  explain,
  type Fault,
  faultOf,
  type ResumeMode,
  resumeEverywhere,
  resumeFault,
} from './simulation/check.js';
import { drive } from './simulation/drive.js';
import { shrink } from './simulation/shrink.js';
import { type World, worldOf } from './simulation/world.js';

const core: Core = { decide, wakeAt, evolve, initialState, fold, tasksToResume };

const PLANS = 5000;
const CALM_RUNS = 150;
const WILD_RUNS = 150;
const MODES: readonly ResumeMode[] = ['as-it-is', 'all', 'failed-only', 'rerun', 'more-money'];

function mustHold(world: World, look: (world: World) => Fault | undefined): void {
  if (look(world) === undefined) return;
  const smallest = shrink(world, (smaller) => look(smaller) !== undefined);
  throw new Error(explain(smallest, look(smallest) as Fault));
}

describe('the policy in random worlds', () => {
  test(`does in ${PLANS} runs what the rules say, and starts in the same order`, () => {
    for (let seed = 1; seed <= PLANS; seed++) mustHold(worldOf(seed), (world) => faultOf(world, core));
  }, 240_000);

  test(`comes to the same results when its owner dies after any event of ${CALM_RUNS} calm runs`, () => {
    let prefixes = 0;
    for (let seed = 1; seed <= CALM_RUNS; seed++) {
      mustHold(worldOf(seed, { calm: true }), (world) => {
        const report = resumeEverywhere(world, core, ['as-it-is']);
        prefixes += report.prefixes;
        return report.fault;
      });
    }
    expect(prefixes).toBeGreaterThan(10 * CALM_RUNS);
  }, 120_000);

  test(`keeps its promises when its owner dies after any event of ${WILD_RUNS} other runs`, () => {
    let prefixes = 0;
    for (let seed = 1; seed <= WILD_RUNS; seed++) {
      mustHold(worldOf(seed), (world) => {
        const report = resumeEverywhere(world, core, MODES);
        prefixes += report.prefixes;
        return report.fault;
      });
    }
    expect(prefixes).toBeGreaterThan(10 * WILD_RUNS * MODES.length);
  }, 120_000);

  test('takes up runs that failed or were cancelled, keeps what succeeded, and ends', () => {
    let resumed = 0;
    for (let seed = 1; seed <= PLANS / 2; seed++) {
      const world = worldOf(seed);
      const { journal, state } = drive(world, core);
      if (state.status === 'succeeded') continue;
      resumed++;
      for (const mode of MODES)
        mustHold(world, (smaller) =>
          resumeFault(smaller, core, smaller === world ? journal : drive(smaller, core).journal, mode),
        );
    }
    expect(resumed).toBeGreaterThan(PLANS / 8);
  }, 120_000);
});

/** Every word that can stand in a journal; a world that never shows one would prove nothing about it. */
const WORDS = [
  ...['attempt.started', 'attempt.stopping', 'attempt.exited', 'task.retrying', 'task.finished'],
  ...['round.started', 'loop.closed', 'run.stopping', 'run.finished', 'capacity.changed', 'request.received'],
  ...['exit code', 'exit signal', 'exit timeout', 'exit idle', 'exit memory', 'exit output', 'exit contract'],
  ...['exit spawn-error', 'exit conflict', 'exit rate-limit', 'stop failure', 'stop budget', 'stop deadline'],
  ...['stop cancelled', 'round loop', 'round request', 'task succeeded', 'task failed', 'task skipped'],
  ...[
    'task cancelled',
    'because need',
    'because nothing-failed',
    'because none-succeeded',
    'because stopped',
  ],
  ...['run succeeded', 'run failed', 'run cancelled', 'loop within a loop', 'a clock that goes back'],
  ...['round conflict', 'round conflict of a loop', 'conflict once too often'],
  ...['pool rate-limit', 'pool quiet', 'pool exhausted', 'pool asked', 'pool of several shrinks'],
  ...['kept alone', 'kept beside others', 'out of money', 'task overspent', 'sent away untried'],
];

describe('the random worlds', () => {
  test('show everything that can happen, each in a hundred runs at least', () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= PLANS; seed++)
      for (const word of new Set(wordsOf(worldOf(seed)))) seen.set(word, (seen.get(word) ?? 0) + 1);
    expect(WORDS.filter((word) => (seen.get(word) ?? 0) < 100)).toEqual([]);
  }, 120_000);

  test('are the same for the same seed', () => {
    expect(worldOf(7)).toEqual(worldOf(7));
    expect(worldOf(7)).not.toEqual(worldOf(8));
  });
});

/** Attempts for which something is kept of the budget before this event. */
function runningAt(journal: readonly Event[], index: number): number {
  const running = new Set<string>();
  for (const event of journal.slice(0, index)) {
    if (event.type === 'attempt.started' && event.reserve !== undefined) running.add(event.task);
    if (event.type === 'attempt.exited') running.delete(event.task);
  }
  return running.size;
}

function wordsOf(world: World): string[] {
  const words: string[] = [];
  const { journal } = drive(world, core);
  for (const [index, event] of journal.entries()) {
    words.push(event.type);
    if (event.at < (journal[index - 1]?.at ?? 0)) words.push('a clock that goes back');
    if (event.type === 'attempt.exited') words.push(`exit ${event.exit.kind}`);
    if (event.type === 'capacity.changed') words.push(`pool ${event.why}`);
    if (event.type === 'capacity.changed' && event.why === 'rate-limit' && event.limit > 1)
      words.push('pool of several shrinks');
    if (event.type === 'attempt.started' && event.reserve !== undefined) {
      const running = runningAt(journal, index);
      words.push(running > 0 ? 'kept beside others' : 'kept alone');
    }
    if (event.type === 'run.stopping') words.push(`stop ${event.why.kind}`);
    if (event.type === 'run.stopping' && event.why.kind === 'budget' && 'costUsd' in event.why.budget)
      words.push('out of money');
    if (event.type === 'round.started') words.push(`round ${event.because}`);
    if (event.type === 'run.finished') words.push(`run ${event.status}`);
    if (event.type !== 'task.finished') continue;
    words.push(`task ${event.outcome.kind}`);
    if (event.outcome.kind === 'skipped') words.push(`because ${event.outcome.because.kind}`);
    if (event.outcome.kind !== 'failed') continue;
    const { exit } = event.outcome;
    if (exit.kind === 'contract' && exit.failure === 'budget') words.push('task overspent');
    const wasTried = journal.some((one) => one.type === 'attempt.exited' && one.task === event.task);
    if (exit.kind === 'rate-limit' && !wasTried) words.push('sent away untried');
  }
  const { loops } = world.plan;
  words.push(...wordsOfConflicts(world, journal));
  if (loops.some((a) => loops.some((b) => a !== b && b.tasks.every((id) => a.tasks.includes(id)))))
    words.push('loop within a loop');
  return words;
}

function wordsOfConflicts({ plan }: World, journal: readonly Event[]): string[] {
  const words: string[] = [];
  const redone = new Map<string, number>();
  for (const event of journal) {
    if (event.type === 'round.started' && event.conflict !== undefined) {
      redone.set(event.conflict.task, (redone.get(event.conflict.task) ?? 0) + 1);
      if (plan.loops.some(({ tasks }) => tasks.every((id) => event.tasks.includes(id))))
        words.push('round conflict of a loop');
    }
    if (event.type !== 'task.finished') continue;
    const { outcome } = event;
    const met = outcome.kind === 'failed' && outcome.exit.kind === 'conflict' ? outcome.exit.task : '';
    if ((redone.get(met) ?? 0) >= 2) words.push('conflict once too often');
  }
  return words;
}
