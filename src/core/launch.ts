/**
 * All that one attempt gets, as plain JSON: what an executor needs to know, and nothing that only this
 * process could know. Pure: the same state gives the same launch.
 */
import { isForAgent } from './agent-work.js';
import { allowanceOf } from './budget.js';
import type { Changes } from './changes.js';
import { type Exit, isBrokenOff, isCrash, isSuccess } from './exit.js';
import type { ExpectPolicy } from './expect.js';
import { type MergeOrder, ordersOf, type WorktreeOrder } from './orders.js';
import type { Budget, Limits, Plan, Prompt, TaskId, Work } from './plan.js';
import { type Price, priceOf } from './prices.js';
import { lastAttempt, loopStatesAround, type RunState, type TaskState, taskOf } from './state.js';

/** An earlier task whose result this one may read. */
export interface ContextEntry {
  readonly task: TaskId;
  readonly label: string;
  /** Its newest attempt that has ended. */
  readonly attempt: number;
  /** How that attempt ended; `status` may speak of a new round already. */
  readonly exit: Exit;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly durationMillis?: number;
  readonly costUsd?: number;
  /** Of an isolated attempt that changed something, or of what was merged. */
  readonly commit?: string;
  readonly changes?: Changes;
}

/** What the built-in runner makes a prompt of besides text, mode and context. */
export interface Briefing {
  /** The project's own words for the mode; absent: the built-in ones. */
  readonly role?: string;
  /** Tasks of `context`, the nearest first. */
  readonly nearest: readonly TaskId[];
  /** Room for the context. */
  readonly contextTokens?: number;
}

export interface Launch {
  readonly run: string;
  readonly task: TaskId;
  readonly label: string;
  readonly attempt: number;
  readonly round: number;
  readonly work: Work;
  readonly limits: Limits;
  /** What it may use at most, for agents that can be told so, and for a run within it. */
  readonly allowance?: Budget;
  /** A run within it may spend what nobody can know. */
  readonly allowUnmetered?: true;
  /** Of the tokens of its model, if that is known. */
  readonly price?: Price;
  readonly graceMillis: number;
  /** What it leaves running lives until the run ends. */
  readonly keep: boolean;
  readonly expect?: ExpectPolicy;
  /** Of an isolated task in a run that knows where it began. */
  readonly worktree?: WorktreeOrder;
  /** Of a task that integrates. */
  readonly merge?: MergeOrder;
  /** The run's folder for tasks, and the task's own relative to it. */
  readonly cwd: string;
  readonly taskCwd?: string;
  readonly namespace?: string;
  /** Variables of plan and task, the task's winning. No secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly passEnv?: readonly string[];
  readonly secrets: readonly string[];
  /** Tasks that it needs, that an earlier stage ran, or that the last round of a loop around it did, in plan order. */
  readonly context: readonly ContextEntry[];
  /** BATCHTOOL_CONTEXT stays empty; only their outputs are handed over. */
  readonly noContext?: true;
  /** Of a prompt that no runner takes. */
  readonly briefing?: Briefing;
  /** The conversation of the attempt before, which its agent may go on with. */
  readonly session?: string;
}

/** The launch of the task's newest attempt. */
export function launch(state: RunState, task: TaskState): Launch {
  const { plan } = state;
  const { task: spec } = task;
  const namespace = spec.namespace ?? plan.namespace;
  const earlier = earlierTasks(state, task);
  const context = [...earlier.keys()].sort((a, b) => a.index - b.index).flatMap(entryOf);
  const allowance = allowanceOf(state, task);
  const { model } = spec.work.kind === 'prompt' ? spec.work : {};
  const price = model === undefined ? undefined : priceOf(model, plan.prices);
  const session = sessionOf(task);
  return {
    run: state.id,
    task: spec.id,
    label: spec.label,
    attempt: lastAttempt(task)?.number ?? 1,
    round: task.round,
    work: spec.work,
    limits: spec.limits,
    graceMillis: plan.graceMillis,
    keep: spec.keep === true,
    cwd: plan.cwd,
    env: { ...plan.env, ...spec.env },
    secrets: plan.secrets,
    context,
    ...(allowance === undefined ? {} : { allowance }),
    ...(plan.allowUnmetered === undefined ? {} : { allowUnmetered: true }),
    ...(price === undefined ? {} : { price }),
    ...(session === undefined ? {} : { session }),
    ...(spec.expect === undefined ? {} : { expect: spec.expect }),
    ...ordersOf(state, task),
    ...(spec.cwd === undefined ? {} : { taskCwd: spec.cwd }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(plan.noContext === undefined ? {} : { noContext: true }),
    ...(plan.passEnv === undefined ? {} : { passEnv: plan.passEnv }),
    ...(isForAgent(spec.work)
      ? { briefing: briefingOf(plan, spec.work, context, distancesOf(earlier)) }
      : {}),
  };
}

/**
 * That of an attempt which was broken off: agent, model and folder are the same now. Not where the folder is made anew, nor where
 * an attempt has to change files that the one before may have changed; nor after a second crash, for which it may be the reason.
 */
function sessionOf({ task, attempts, round }: TaskState): string | undefined {
  const ofRound = attempts.filter((attempt) => attempt.round === round);
  const [before, earlier] = [ofRound.at(-2), ofRound.at(-3)];
  if (before?.exit === undefined || !isBrokenOff(before.exit)) return undefined;
  if (isCrash(before.exit) && earlier?.exit !== undefined && isCrash(earlier.exit)) return undefined;
  if (task.isolate === 'worktree' || task.expect?.changed !== undefined) return undefined;
  return before.result?.session;
}

/** The tasks that it may look back at, and how far away each is: 0 for what it needs and what sent it round again. */
function earlierTasks(state: RunState, task: TaskState): Map<TaskState, number> {
  const earlier = new Map(earlierStages(state, task));
  for (const need of task.task.needs) earlier.set(taskOf(state, need.task), 0);
  for (const other of lastRound(state, task)) earlier.set(other, 0);
  earlier.delete(task);
  return earlier;
}

function distancesOf(earlier: ReadonlyMap<TaskState, number>): Map<TaskId, number> {
  return new Map([...earlier].map(([{ task }, distance]) => [task.id, distance]));
}

/** Each with how many stages before it lies. */
function* earlierStages(state: RunState, task: TaskState): Generator<[TaskState, number]> {
  const { stage } = task.task;
  if (stage === undefined) return;
  const stages = [...state.graph.stages.keys()];
  const own = stages.indexOf(stage);
  for (const [at, name] of stages.slice(0, own).entries())
    for (const index of state.graph.stages.get(name) ?? []) yield [state.tasks[index] as TaskState, own - at];
}

/** Of what is equally near, what failed comes first, for it is why the others go on; then plan order. */
function briefingOf(
  { modes = {}, contextTokens }: Plan,
  { mode }: Prompt,
  context: readonly ContextEntry[],
  distances: ReadonlyMap<TaskId, number>,
): Briefing {
  const role = Object.hasOwn(modes, mode) ? modes[mode]?.role : undefined;
  const rank = ({ task, exit }: ContextEntry): number =>
    2 * (distances.get(task) ?? 0) + Number(isSuccess(exit));
  return {
    nearest: [...context].sort((one, other) => rank(one) - rank(other)).map(({ task }) => task),
    ...(role === undefined ? {} : { role }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

/** A loop goes again, or is put back, because of what its tasks did; the first of them would not know it otherwise. */
function* lastRound(state: RunState, task: TaskState): Generator<TaskState> {
  for (const { round, members } of loopStatesAround(state, task))
    if (round > 1 || task.round > 1) yield* members;
}

function entryOf(task: TaskState): ContextEntry[] {
  const attempt = task.attempts.findLast(({ exit }) => exit !== undefined);
  if (attempt?.exit === undefined) return [];
  return [
    {
      task: task.task.id,
      label: task.task.label,
      attempt: attempt.number,
      exit: attempt.exit,
      status: task.status,
      outputs: attempt.outputs ?? {},
      ...(attempt.endedAt === undefined ? {} : { durationMillis: attempt.endedAt - attempt.startedAt }),
      ...(attempt.result?.costUsd === undefined ? {} : { costUsd: attempt.result.costUsd }),
      ...(attempt.commit === undefined ? {} : { commit: attempt.commit }),
      ...(attempt.changes === undefined ? {} : { changes: attempt.changes }),
    },
  ];
}
