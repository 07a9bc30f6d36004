/**
 * All that one attempt gets, as plain JSON: what an executor needs to know, and nothing that only this
 * process could know. Pure: the same state gives the same launch.
 */
import { allowanceOf } from './budget.js';
import type { ExpectPolicy } from './expect.js';
import type { Budget, Limits, TaskId, Work } from './plan.js';
import { lastAttempt, loopStatesAround, type RunState, type TaskState, taskOf } from './state.js';

/** An earlier task whose result this one may read. */
export interface ContextEntry {
  readonly task: TaskId;
  readonly label: string;
  /** Its newest attempt that has ended. */
  readonly attempt: number;
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly commit?: string;
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
  readonly graceMillis: number;
  /** What it leaves running lives until the run ends. */
  readonly keep: boolean;
  readonly expect?: ExpectPolicy;
  readonly isolate: 'none' | 'worktree';
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
}

/** The launch of the task's newest attempt. */
export function launch(state: RunState, task: TaskState): Launch {
  const { plan } = state;
  const { task: spec } = task;
  const namespace = spec.namespace ?? plan.namespace;
  const allowance = allowanceOf(state, task);
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
    isolate: spec.isolate ?? 'none',
    cwd: plan.cwd,
    env: { ...plan.env, ...spec.env },
    secrets: plan.secrets,
    context: contextOf(state, task),
    ...(allowance === undefined ? {} : { allowance }),
    ...(spec.expect === undefined ? {} : { expect: spec.expect }),
    ...(spec.cwd === undefined ? {} : { taskCwd: spec.cwd }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(plan.noContext === undefined ? {} : { noContext: true }),
    ...(plan.passEnv === undefined ? {} : { passEnv: plan.passEnv }),
  };
}

function contextOf(state: RunState, task: TaskState): ContextEntry[] {
  const earlier = new Set(task.task.needs.map((need) => taskOf(state, need.task)));
  for (const other of earlierStages(state, task)) earlier.add(other);
  for (const other of lastRound(state, task)) earlier.add(other);
  earlier.delete(task);
  return [...earlier].sort((a, b) => a.index - b.index).flatMap(entryOf);
}

function* earlierStages(state: RunState, task: TaskState): Generator<TaskState> {
  if (task.task.stage === undefined) return;
  for (const [stage, indexes] of state.graph.stages) {
    if (stage === task.task.stage) return;
    for (const index of indexes) yield state.tasks[index] as TaskState;
  }
}

/** A loop goes again because of what its tasks did; the first of them would not know it otherwise. */
function* lastRound(state: RunState, task: TaskState): Generator<TaskState> {
  for (const { round, members } of loopStatesAround(state, task)) if (round > 1) yield* members;
}

function entryOf(task: TaskState): ContextEntry[] {
  const attempt = [...task.attempts].reverse().find(({ exit }) => exit !== undefined);
  if (attempt === undefined) return [];
  return [
    {
      task: task.task.id,
      label: task.task.label,
      attempt: attempt.number,
      status: task.status,
      outputs: attempt.outputs ?? {},
      ...(attempt.commit === undefined ? {} : { commit: attempt.commit }),
    },
  ];
}
