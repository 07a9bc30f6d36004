/** Which tasks of a run are worth a line when there is no room for all. */
import type { RunState, TaskState, TaskStatus } from '../core/state.js';

/** What happens now and what went wrong, then what comes next; what is over and done last. */
const ORDER: readonly TaskStatus[] = ['running', 'failed', 'waiting', 'cancelled', 'skipped', 'succeeded'];

/** At most so many tasks, the most telling ones, in plan order. */
export function tellingTasks({ tasks }: RunState, most: number): readonly TaskState[] {
  if (tasks.length <= most) return tasks;
  const chosen: TaskState[] = [];
  for (const status of ORDER) {
    if (chosen.length >= most) break;
    for (const task of tasks) {
      if (chosen.length >= most) break;
      if (task.status === status) chosen.push(task);
    }
  }
  return chosen.sort((a, b) => a.index - b.index);
}
