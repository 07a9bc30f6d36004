/** A conflict with `onConflict: retry`: the later of two tasks begins anew, on top of what was merged before it. */
import type { Conflict } from './exit.js';
import { gateOf } from './graph.js';
import type { TaskId } from './plan.js';
import { withEndedDependents } from './rounds.js';
import {
  type AttemptState,
  lastAttempt,
  loopStatesAround,
  type Redo,
  type RunState,
  type TaskState,
  taskOf,
} from './state.js';

/** Who met conflicts in so many rounds will meet another. */
const MOST_REDOS = 2;

/** Whether the end of a merge may be the beginning of a round. */
export function asksForRedo({ onConflict }: RunState, { exit, stopping }: AttemptState): boolean {
  return exit?.kind === 'conflict' && stopping === undefined && onConflict === 'retry';
}

/** What begins anew after a conflict: its task, with all of a loop that the merge waits for, and what came after; undefined: nothing may. */
export function redone(state: RunState, merge: TaskState, { task: id }: Conflict): TaskState[] | undefined {
  const { work } = merge.task;
  if (state.stopping !== undefined || work.kind !== 'integrate' || !work.members.includes(id))
    return undefined;
  const loser = taskOf(state, id);
  const gate = gateOf(state.graph, loser.index, merge.index);
  if (gate === undefined && loser.task.work.kind === 'integrate') return undefined;
  const loop = gate === undefined ? undefined : state.loopOf.get(gate);
  const first = loop?.members ?? [loser];
  // What waits begins anew as it is: a resume may have put it back.
  const tasks = withEndedDependents(state, first).filter(({ status }) => status !== 'waiting');
  const isSpent = beginnersOf(state, loser, tasks).some(
    ({ conflict }) => (conflict?.times ?? 0) >= MOST_REDOS,
  );
  return isSpent || !tasks.includes(merge) ? undefined : tasks;
}

/** All that was merged before the task, by the merge that met this conflict. */
export function mergedBefore(state: RunState, { task: loser, onto }: Conflict): readonly TaskId[] {
  for (const merge of state.conflicted) {
    const { work } = merge.task;
    const exit = lastAttempt(merge)?.exit;
    if (work.kind !== 'integrate' || exit?.kind !== 'conflict') continue;
    if (exit.task === loser && exit.onto === onto) return work.members.slice(0, work.members.indexOf(loser));
  }
  return [];
}

/** Notes where the tasks that a conflict sent back begin now. */
export function sendBack(
  state: RunState,
  ids: readonly TaskId[],
  conflict: Omit<Redo, 'round' | 'times' | 'nth'>,
): void {
  const tasks = ids.map((id) => taskOf(state, id));
  for (const task of beginnersOf(state, taskOf(state, conflict.task), tasks))
    task.conflict = {
      ...conflict,
      nth: state.starts,
      round: task.round,
      times: (task.conflict?.times ?? 0) + 1,
    };
}

/** The task itself, or those of its loop that begin outside of it, where the loop begins anew as a whole. */
function beginnersOf(state: RunState, loser: TaskState, tasks: readonly TaskState[]): readonly TaskState[] {
  const whole = loopStatesAround(state, loser).findLast(({ members }) =>
    members.every((member) => tasks.includes(member)),
  );
  if (whole === undefined) return [loser];
  const inside = new Set(whole.members.map(({ task }) => task.id));
  return whole.members.filter(({ task: { base } }) => base === undefined || !inside.has(base));
}
