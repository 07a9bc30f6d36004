/**
 * Random plans and the random world that they meet: how long each attempt takes and how it ends, who cancels,
 * which pools shrink, when the clock jumps. All of it follows from one seed, so a failure can be seen again.
 *
 * Time is told twice. *World time* starts at 0 and only goes forward: scripts and happenings are set in it.
 * *Wall time* is what the policy is told: `EPOCH` + world time + all clock jumps so far. It may go back.
 */
import type { AttemptResult, CostEstimate } from '../../src/core/event.js';
import { type Exit, isSuccess } from '../../src/core/exit.js';
import type { Budget, Plan, TaskId, Work } from '../../src/core/plan.js';
import { Dice } from './dice.js';
import { planOf, withWorktrees } from './plans.js';

export const EPOCH = 1_000_000;

/** What one attempt does when nobody counts the lost ones. */
export interface Script {
  readonly durationMillis: number;
  readonly exit: Exit;
  /** What it tells that it used, however it ends. */
  readonly result: AttemptResult;
  /** How long it goes on after it was told to end, and how it ends then. */
  readonly reactionMillis: number;
  readonly stoppedExit: Exit;
}

/** Something that happens to the run at a time, apart from exits. */
export type Happening = { readonly at: number } & (
  | { readonly kind: 'cancel' }
  | { readonly kind: 'capacity'; readonly pool: string; readonly limit: number }
  | { readonly kind: 'retry'; readonly task: TaskId }
  /** Somebody who counts money stops the run; comes on its own, never together with others. */
  | { readonly kind: 'budget'; readonly kill: boolean }
  /** The wall clock is set forward or back. */
  | { readonly kind: 'clock'; readonly byMillis: number }
);

export interface World {
  readonly seed: number;
  /** Nothing but the tasks themselves decides what becomes of them: nobody cancels, and no time limit runs. */
  readonly calm: boolean;
  readonly plan: Plan;
  readonly estimates: Readonly<Record<TaskId, number>>;
  /** What earlier runs say that tasks cost. */
  readonly costs: Readonly<Record<TaskId, CostEstimate>>;
  readonly happenings: readonly Happening[];
  /** All that happens in one moment is seen before anything is decided; else one after the other. */
  readonly together: boolean;
  /** How often, of a hundred attempts, one does not end with 0. */
  readonly troublePercent: number;
  /** How often, of a hundred of these, a provider sends it away. */
  readonly weatherPercent: number;
  /** How often, of a hundred attempts, one takes seconds and minutes. */
  readonly slowPercent: number;
}

/** Where among things of the same moment this one comes. It does not depend on who was started first. */
export function tieBreak(world: World, name: string): number {
  return new Dice(world.seed, `tie ${name}`).fraction();
}

/** The script of a task's attempt; `ordinal` counts its attempts that were not lost, from 1, over all rounds. */
export function scriptOf(world: World, task: TaskId, ordinal: number): Script {
  const dice = new Dice(world.seed, `script ${task} ${ordinal}`);
  const durationMillis = dice.chance(world.slowPercent / 100)
    ? dice.int(1000, 90_000)
    : dice.pick([0, 0, 10, 10, 10, 10, 20, 20, 30, dice.int(1, 60)]);
  const work = world.plan.tasks.find(({ id }) => id === task)?.work;
  const exit =
    conflictIn(work, dice) ??
    (dice.chance(world.troublePercent / 100)
      ? troubledExit(dice, world.weatherPercent)
      : { kind: 'code' as const, code: 0 });
  return {
    durationMillis,
    exit,
    result: isSuccess(exit) || !dice.chance(0.2) ? resultOf(dice) : { ...resultOf(dice), untold: true },
    reactionMillis: dice.pick([0, 0, 5, 10, dice.int(1, 40)]),
    stoppedExit: dice.pick<Exit>([
      { kind: 'code', code: 0 },
      { kind: 'code', code: 130 },
      { kind: 'signal', signal: 'SIGINT' },
      { kind: 'signal', signal: 'SIGKILL' },
    ]),
  };
}

/** Most agents tell what they used, and commands do not. */
function resultOf(dice: Dice): Budget {
  return {
    ...(dice.chance(0.7) ? { costUsd: dice.int(0, 20) / 10 } : {}),
    ...(dice.chance(0.7) ? { tokens: dice.int(0, 3) * 1000 } : {}),
  };
}

/** Merges meet conflicts more often than not, so that the last round that there may be is seen too. */
function conflictIn(work: Work | undefined, dice: Dice): Exit | undefined {
  if (work?.kind !== 'integrate' || work.members.length === 0) return undefined;
  if (dice.chance(work.into === undefined ? 0.2 : 0.4)) return undefined;
  const task = dice.chance(0.6) ? (work.members.at(-1) as TaskId) : dice.pick(work.members);
  const against = work.members.slice(0, work.members.indexOf(task));
  return { kind: 'conflict', files: ['a.txt'], task, against, onto: `c${dice.int(1, 1e6)}` };
}

function troubledExit(dice: Dice, weatherPercent: number): Exit {
  if (dice.chance(weatherPercent / 100))
    return dice.chance(0.5)
      ? { kind: 'rate-limit' }
      : { kind: 'rate-limit', retryAfterMillis: dice.pick([0, 10, 35, 2000, 20_000]) };
  const n = dice.int(0, 99);
  if (n < 4) return { kind: 'contract', reason: 'no key', failure: 'auth' };
  if (n < 8) return { kind: 'contract', reason: 'no net', failure: 'network' };
  if (n < 50) return { kind: 'code', code: dice.pick([1, 1, 2, 127]) };
  if (n < 58) return { kind: 'signal', signal: 'SIGKILL' };
  if (n < 66) return { kind: 'timeout', limitMillis: 10 };
  if (n < 72) return { kind: 'conflict', files: ['a.txt'], task: '?', against: [], onto: '?' };
  if (n < 82) return { kind: 'rate-limit', retryAfterMillis: dice.pick([0, 10, 10, 35]) };
  if (n < 88) return { kind: 'rate-limit' };
  return dice.pick<Exit>([
    { kind: 'idle', limitMillis: 10 },
    { kind: 'memory', limitBytes: 1, peakBytes: 2 },
    { kind: 'output', limitBytes: 1 },
    { kind: 'spawn-error', message: 'no such file' },
    { kind: 'contract', reason: 'no such file' },
  ]);
}

/** The world of a seed. In a *calm* one nothing but the tasks themselves decides what becomes of them. */
export function worldOf(seed: number, options: { readonly calm?: boolean } = {}): World {
  const dice = new Dice(seed, 'world');
  const calm = options.calm === true;
  const stormy = dice.chance(0.2);
  const plan = planIn(seed, planOf(dice, { calm, stormy }), calm);
  const estimates: Record<TaskId, number> = {};
  const known = dice.pick([0, 0.5, 1]);
  for (const task of plan.tasks) if (dice.chance(known)) estimates[task.id] = dice.pick([0, 10, 10, 25, 40]);
  const costs: Record<TaskId, CostEstimate> = {};
  const priced = dice.pick([0, 0, 0.3, 0.8]);
  for (const task of plan.tasks) if (dice.chance(priced)) costs[task.id] = { attempts: 1, ...resultOf(dice) };
  return {
    seed,
    calm,
    plan,
    estimates,
    costs,
    happenings: happeningsOf(dice, plan, calm),
    together: dice.chance(0.5),
    troublePercent: dice.pick([5, 20, 40, 60]),
    weatherPercent: stormy ? 80 : dice.pick([0, 0, 0, 60]),
    slowPercent: stormy ? 60 : dice.pick([0, 0, 0, 20]),
  };
}

/** Every so often tasks work apart. In a calm world a conflict ends it, for which merges meet first is a matter of time. */
function planIn(seed: number, plan: Plan, calm: boolean): Plan {
  const dice = new Dice(seed, 'worktrees');
  if (!dice.chance(0.35)) return plan;
  return withWorktrees(dice, plan, calm || dice.chance(0.35) ? 'fail' : 'retry');
}

function happeningsOf(dice: Dice, plan: Plan, calm: boolean): Happening[] {
  const list: Happening[] = [];
  const span = dice.pick([20, 60, 200, 1000]);
  const when = () => (dice.chance(0.5) ? dice.int(0, span / 10) * 10 : dice.int(0, span));
  const pools = Object.keys(plan.pools);
  const changes = dice.pick([0, 0, 1, 3, 6]);
  for (let i = 0; i < changes; i++)
    list.push({ at: when(), kind: 'capacity', pool: dice.pick(pools), limit: dice.int(1, 4) });
  if (calm) return list;
  const retries = dice.pick([0, 0, 0, 1, 2, 4]);
  for (let i = 0; i < retries; i++) list.push({ at: when(), kind: 'retry', task: dice.pick(plan.tasks).id });
  const jumps = dice.pick([0, 0, 0, 1, 2]);
  for (let i = 0; i < jumps; i++)
    list.push({ at: when(), kind: 'clock', byMillis: dice.pick([-500, -30, -10, 10, 40, 5000]) });
  if (dice.chance(0.2)) list.push({ at: when(), kind: 'cancel' });
  if (dice.chance(0.1)) list.push({ at: when(), kind: 'budget', kill: dice.chance(0.5) });
  return list;
}
