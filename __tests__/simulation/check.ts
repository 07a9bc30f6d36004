/** Runs the real policy through a world and says what is wrong with what it did. */
import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../src/core/event.js';
import type { Plan, TaskId } from '../../src/core/plan.js';
import type { ResumeChoice } from '../../src/core/resume.js';
import type { RunState, TaskState } from '../../src/core/state.js';
import { type Driven, drive, Failure, type Policy } from './drive.js';
import { brokenRules } from './invariants.js';
import { type Hints, referenceRun } from './reference.js';
import { closuresOf, delaysOf, type Verdict, verdictOf } from './verdict.js';
import { EPOCH, type World } from './world.js';

/** The policy with the two functions around it that a resume needs. */
export interface Core extends Policy {
  readonly fold: (plan: Plan, events: Iterable<Event>) => RunState;
  readonly tasksToResume: (state: RunState, choice: ResumeChoice) => TaskId[];
}

export interface Fault {
  readonly what: string;
  readonly journal: readonly Event[];
}

/** Compares a run from its start to its end with the reference, and checks what must hold in any run. */
export function faultOf(world: World, core: Core): Fault | undefined {
  return attempt(() => {
    const driven = drive(world, core);
    const { journal, state } = driven;
    return (
      invariantFault(world, core, driven) ??
      difference(verdictOf(journal, state), referenceRun(world, hintsOf(journal)), journal)
    );
  });
}

function hintsOf(journal: readonly Event[]): Hints {
  return { delayAfter: delaysOf(journal), closedFor: closuresOf(journal) };
}

/** What differs first, if anything; `only` limits the look to some fields. */
function difference(
  found: Verdict,
  expected: Verdict,
  journal: readonly Event[],
  only = Object.keys(found) as (keyof Verdict)[],
): Fault | undefined {
  const field = only.find((name) => !isDeepStrictEqual(found[name], expected[name]));
  if (field === undefined) return undefined;
  const sides = [expected, found].map((side) => JSON.stringify(side[field]));
  return { what: `${field} differ\n  expected ${sides[0]}\n  found    ${sides[1]}`, journal };
}

function invariantFault({ plan }: World, core: Core, { journal, state }: Driven): Fault | undefined {
  const broken = brokenRules(plan, journal);
  if (broken.length > 0) return { what: broken.join('; '), journal };
  if (isDeepStrictEqual(plain(core.fold(plan, journal)), plain(state))) return undefined;
  return { what: 'the fold of the journal is not the state of the run', journal };
}

function plain(state: RunState): unknown {
  const { status, stopping, failedBy, unfinished, openLoops, retryRequests, running, pools } = state;
  const { ledger, starts, unaffordable, conflicted } = state;
  return {
    run: { status, stopping, failedBy, unfinished, openLoops, retryRequests },
    running: [...running].map(({ index }) => index),
    conflicted: [...conflicted].map(({ index }) => index),
    pools: [...pools.entries()],
    ledger: { ...ledger, told: [...ledger.told] },
    starts,
    unaffordable: [...unaffordable].map(({ index }) => index),
    tasks: state.tasks.map((task) => ({ ...task })),
    loops: state.loops.map(({ loop, round, closed, ran }) => ({ id: loop.id, round, closed, ran })),
  };
}

/** A fault, whether it is returned or thrown. */
function attempt(look: () => Fault | undefined): Fault | undefined {
  try {
    return look();
  } catch (error) {
    const journal = error instanceof Failure ? error.journal : [];
    return { what: error instanceof Error ? (error.stack ?? error.message) : String(error), journal };
  }
}

/** How a journal that broke off is taken up again. */
export type ResumeMode = 'as-it-is' | 'all' | 'failed-only' | 'rerun' | 'more-money';

export interface PrefixReport {
  readonly fault: Fault | undefined;
  readonly prefixes: number;
}

/**
 * Lets the owner die after each event of a run and another process go on. In a calm world the results must be
 * those of a run in which the attempts that were in flight ended as lost; in any world the rules must hold.
 */
export function resumeEverywhere(world: World, core: Core, modes: readonly ResumeMode[]): PrefixReport {
  let prefixes = 0;
  const fault = attempt(() => {
    const { journal } = drive(world, core);
    const expected = new Map<string, Verdict>();
    for (let length = 1; length <= journal.length; length++)
      for (const mode of modes) {
        if (mode === 'more-money' && world.plan.budget === undefined) continue;
        prefixes++;
        const found = attempt(() => resumeFault(world, core, journal.slice(0, length), mode, expected));
        if (found !== undefined)
          return { ...found, what: `resume (${mode}) after ${length} events: ${found.what}` };
      }
    return undefined;
  });
  return { fault, prefixes };
}

export function resumeFault(
  world: World,
  core: Core,
  prefix: readonly Event[],
  mode: ResumeMode,
  expected = new Map<string, Verdict>(),
): Fault | undefined {
  const before = core.fold(world.plan, prefix);
  const tasks = chosen(world, core, before, prefix.length, mode);
  const budget = mode === 'more-money' ? { budget: { costUsd: 10, tokens: 12_000 } } : {};
  const driven = drive(world, core, { journal: prefix, tasks, ...budget });
  const { journal } = driven;
  const after = journal.slice(prefix.length);
  const what =
    choiceFault(before, tasks, mode) ?? keptFault(before, tasks, after) ?? onceFault(before, tasks, after);
  if (what !== undefined) return { what, journal };
  const fault = invariantFault(world, core, driven);
  if (fault !== undefined || mode !== 'as-it-is' || !world.calm) return fault;
  const lost = inFlight(prefix);
  const key = [...lost].join();
  const verdict = expected.get(key) ?? referenceRun(world, { ...hintsOf(journal), lost });
  expected.set(key, verdict);
  return difference(verdictOf(journal, driven.state), verdict, journal, ['status', 'stop', 'tasks', 'loops']);
}

function chosen(world: World, core: Core, state: RunState, salt: number, mode: ResumeMode): TaskId[] {
  if (mode === 'as-it-is') return [];
  const { tasks } = world.plan;
  const rerun = mode === 'rerun' ? tasks.filter((_, index) => index === salt % tasks.length) : [];
  return core.tasksToResume(state, { failedOnly: mode === 'failed-only', rerun: rerun.map(({ id }) => id) });
}

/** Attempts that were started and not seen to exit, as `task#attempt`. */
function inFlight(prefix: readonly Event[]): Set<string> {
  const running = new Set<string>();
  for (const event of prefix) {
    if (event.type === 'attempt.started') running.add(`${event.task}#${event.attempt}`);
    if (event.type === 'attempt.exited') running.delete(`${event.task}#${event.attempt}`);
  }
  return running;
}

/** What succeeded is kept and what did not is tried anew, but for `once` tasks whose end nobody saw. */
function choiceFault(before: RunState, tasks: readonly TaskId[], mode: ResumeMode): string | undefined {
  if (mode !== 'all' && mode !== 'failed-only') return undefined;
  for (const { task, status, outcome } of before.tasks) {
    const held = task.once === true && outcome?.kind === 'failed' && outcome.exit.kind === 'lost';
    const isMerge = task.work.kind === 'integrate';
    const follows = task.when === 'always' || task.when === 'failure' || isMerge;
    const back = tasks.includes(task.id);
    if (back && status === 'succeeded' && !follows) return `${task.id} succeeded and is to run again`;
    if (back && (status === 'waiting' || status === 'running' || held))
      return `${task.id} needs no putting back`;
    const wanted =
      status === 'failed' || (mode === 'all' && (status === 'skipped' || status === 'cancelled'));
    if (wanted && !held && !back) return `${task.id} is ${status} and is not to run again`;
    const isStale = isMerge && status === 'succeeded' && task.needs.some((need) => tasks.includes(need.task));
    if (isStale && !back) return `${task.id} merges what is to run again and is not merged again`;
  }
  return undefined;
}

function keptFault(before: RunState, tasks: readonly TaskId[], after: readonly Event[]): string | undefined {
  const back = new Set(tasks);
  const kept = (task: TaskState) => task.status === 'succeeded' && !back.has(task.task.id);
  for (const event of after) {
    if (event.type === 'round.started') for (const id of event.tasks) back.add(id);
    if (event.type !== 'attempt.started' && event.type !== 'task.finished') continue;
    if (before.tasks.some((task) => task.task.id === event.task && kept(task)))
      return `${event.task} had succeeded, and nothing put it back, and yet: ${event.type}`;
  }
  return undefined;
}

/** An attempt that may not be repeated and was in flight ends its round as failed and lost, unless it is to run again. */
function onceFault(before: RunState, tasks: readonly TaskId[], after: readonly Event[]): string | undefined {
  for (const { task, round } of before.running) {
    if (task.once !== true || tasks.includes(task.id)) continue;
    const end = after.find(
      (event) => event.type === 'task.finished' && event.task === task.id && event.round === round,
    );
    const outcome = end?.type === 'task.finished' ? end.outcome : undefined;
    if (outcome?.kind !== 'failed' || outcome.exit.kind !== 'lost')
      return `${task.id} may run only once, was in flight, and ended as ${JSON.stringify(outcome)}`;
  }
  return undefined;
}

/** A fault as a page that can be read: the seed, the plan, what happened. */
export function explain(world: World, { what, journal }: Fault): string {
  const { plan } = world;
  const lines = [
    `seed ${world.seed}${world.calm ? ' (calm)' : ''}: ${what}`,
    `onError ${plan.onError}, ${world.together ? 'events together' : 'events one by one'}, pools ${JSON.stringify(plan.pools)}, deadline ${plan.deadlineMillis}`,
    ...plan.tasks.map(({ id, when, needs, mayFail, once, pools, priority, retry }) => {
      const words = [when, mayFail === true ? 'mayFail' : '', once === true ? 'once' : ''].filter(Boolean);
      const after = needs.map(({ task, kind }) => `${task}(${kind})`).join(' ');
      return `  ${id}: ${words.join(' ')} needs [${after}] pools [${pools}] priority ${priority} retry ${JSON.stringify(retry)}`;
    }),
    ...plan.loops.map((loop) => `  ${JSON.stringify(loop)}`),
    ...world.happenings.map((one) => `  ${JSON.stringify(one)}`),
    ...journal.slice(-80).map(({ at, type, ...rest }) => `${at - EPOCH} ${type} ${JSON.stringify(rest)}`),
  ];
  return lines.join('\n');
}
