/** Whose work is in what a run has merged at its end. */
import { newestSuccess } from '../core/lineage.js';
import type { TaskId } from '../core/plan.js';
import { lastAttempt, type RunState, type TaskState, taskOf } from '../core/state.js';
import { landingOf, lastIntegrate } from './landing.js';

/** The merges that it is made of are among them. Undefined as long as nothing is merged, and where nothing was to be. */
export function tasksInResult(state: RunState): ReadonlySet<TaskState> | undefined {
  const last = lastIntegrate(state);
  const landing = landingOf(state);
  if (last === undefined || landing === undefined || landing.kind === 'apart') return undefined;
  const leftOut = leftOutOf(last);
  const found = new Set<TaskState>();
  const open: TaskState[] = [last];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    if (found.has(task)) continue;
    const isIn = task === last || newestSuccess(task) !== undefined;
    if (isIn) found.add(task);
    const { base, work } = task.task;
    // A stage that failed is passed over, down to the one that it began with.
    const before = base === undefined ? [] : [base];
    const members = isIn && work.kind === 'integrate' ? work.members : [];
    for (const id of [...before, ...members]) {
      const next = taskOf(state, id);
      const mayBeIn = id === base || newestSuccess(next) !== undefined;
      if (mayBeIn && !leftOut.has(id)) open.push(next);
    }
  }
  return found;
}

function leftOutOf(merge: TaskState): ReadonlySet<TaskId> {
  const exit = lastAttempt(merge)?.exit;
  if (exit?.kind !== 'conflict') return new Set();
  return new Set([exit.task, ...(exit.more ?? []).map(({ task }) => task)]);
}
