/** Variants of an A/B test or prototypes side by side: how each ended, what it took, and which one was taken. */

import type { Changes } from '../core/changes.js';
import { sumOf } from '../core/ledger.js';
import type { Budget, Pick } from '../core/plan.js';
import { lastAttempt, type RunState, type TaskState, type TaskStatus, taskOf } from '../core/state.js';
import { winnerOf } from '../core/winner.js';
import { usedBy } from './cost.js';
import { branchOf, changesOf, together } from './work-left.js';
import { workMillis } from './work-time.js';

export interface VariantRow {
  readonly name: string;
  readonly tasks: readonly TaskState[];
  readonly status: TaskStatus;
  /** Of all attempts of its tasks, without the pauses between them. */
  readonly workMillis: number;
  readonly used: Budget;
  readonly changes?: Changes;
  /** Of its last task that changed something: it builds on those before it. */
  readonly branch?: string;
  readonly isWinner: boolean;
}

export interface Contest {
  readonly rows: readonly VariantRow[];
  readonly winner?: { readonly name: string; readonly why: string };
}

/** One for each place of the plan where one of several is taken. */
export function contestsOf(state: RunState): Contest[] {
  return state.tasks.flatMap((task) => {
    const { work } = task.task;
    return work.kind === 'integrate' && work.pick !== undefined ? [contestOf(state, task, work.pick)] : [];
  });
}

function contestOf(state: RunState, integrate: TaskState, pick: Pick): Contest {
  const winner = takenBy(state, integrate, pick);
  const rows = pick.among.map(({ name, tasks: ids }): VariantRow => {
    const tasks = ids.map((id) => taskOf(state, id));
    const changes = together(tasks.flatMap((task) => changesOf(state, task) ?? []));
    const branch = tasks.map((task) => branchOf(state, task)).findLast((found) => found !== undefined);
    return {
      name,
      tasks,
      status: statusOf(tasks),
      workMillis: tasks.reduce((sum, task) => sum + workMillis(task, state.lastAt), 0),
      used: tasks.map(usedBy).reduce(sumOf, {}),
      ...(changes === undefined ? {} : { changes }),
      ...(branch === undefined ? {} : { branch }),
      isWinner: winner?.name === name,
    };
  });
  return { rows, ...(winner === undefined ? {} : { winner }) };
}

/** As long as nothing was merged nobody has won. */
function takenBy(state: RunState, integrate: TaskState, pick: Pick): Contest['winner'] {
  if (lastAttempt(integrate)?.exit === undefined) return undefined;
  const picked = winnerOf(state, pick);
  return picked.kind === 'winner' ? picked : undefined;
}

/** The worst of its tasks. */
const WORST_FIRST: readonly TaskStatus[] = [
  'failed',
  'cancelled',
  'skipped',
  'running',
  'waiting',
  'succeeded',
];

function statusOf(tasks: readonly TaskState[]): TaskStatus {
  return WORST_FIRST.find((status) => tasks.some((task) => task.status === status)) ?? 'succeeded';
}
