/** Which tasks a resume puts back to waiting. What succeeded is kept. */
import type { TaskId } from './plan.js';
import { withEndedDependents } from './rounds.js';
import { type RunState, type TaskState, taskOf } from './state.js';

export interface ResumeChoice {
  /** Only failed tasks, what needs them, and what was in flight; not those that a cancel or stop kept from starting. */
  readonly failedOnly: boolean;
  /** Run these again whatever they were, and what came after them. */
  readonly rerun: readonly TaskId[];
}

/** Ids in plan order, for `run.resumed`. Tasks that still wait or run need no putting back. */
export function tasksToResume(state: RunState, choice: ResumeChoice): TaskId[] {
  const back = new Set<TaskState>();
  for (const task of state.tasks) {
    if (task.outcome === undefined || task.status === 'succeeded' || isHeldBack(task)) continue;
    if (!choice.failedOnly || task.status === 'failed') back.add(task);
  }
  for (const task of withEndedDependents(state, [...back])) {
    const { when } = task.task;
    // Success stays; but a clean-up or a failure handler belongs to what it follows.
    if (task.status !== 'succeeded' || when === 'always' || when === 'failure') back.add(task);
  }
  const again = choice.rerun.map((id) => taskOf(state, id)).filter((task) => task.outcome !== undefined);
  for (const task of withEndedDependents(state, again)) back.add(task);
  return [...back].sort((a, b) => a.index - b.index).map((task) => task.task.id);
}

/** A `once` task whose end nobody saw may have acted; only `--rerun` repeats it. */
function isHeldBack({ task, outcome }: TaskState): boolean {
  return task.once === true && outcome?.kind === 'failed' && outcome.exit.kind === 'lost';
}
