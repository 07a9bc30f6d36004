/** Leaves the results of a run's agents as notes of their namespace, for later runs. */
import { isAgentWork } from '../core/agent-work.js';
import type { Event } from '../core/event.js';
import type { Plan, Task, TaskId } from '../core/plan.js';
import type { Observer } from '../core/ports.js';
import { Fatal, type Problem } from '../core/problem.js';
import { lastAttempt, type RunState, taskOf } from '../core/state.js';
import { resultOf } from '../executors/log-end.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { writeNote } from '../journal/notes.js';

/** What has a name takes the place of what had it before; a number says nothing, and each run has the same. */
function keyOf(task: TaskId, run: string): string {
  return /^\d+$/.test(task) ? `${run}.${task}` : task;
}

/** Looks on while the run goes on; nobody when no agent of it has a namespace. `lost`: a note could not be written. */
export function keepResults(
  stateDir: StateDir,
  folder: RunFolder,
  plan: Plan,
  lost: (why: Problem) => void,
): Observer[] {
  const namespaceOf = (task: Task): string | undefined => task.namespace ?? plan.namespace;
  if (!plan.tasks.some((task) => namespaceOf(task) !== undefined && isAgentWork(task.work))) return [];
  const keep = (event: Event, now: RunState): void => {
    if (event.type !== 'task.finished' || event.outcome.kind !== 'succeeded') return;
    const finished = taskOf(now, event.task);
    const namespace = namespaceOf(finished.task);
    const attempt = lastAttempt(finished)?.number;
    if (namespace === undefined || attempt === undefined || !isAgentWork(finished.task.work)) return;
    const { task, at } = event;
    try {
      const text = resultOf(folder.files({ task, attempt }));
      writeNote(stateDir, namespace, { key: keyOf(task, folder.id), text, at, run: folder.id, task });
    } catch (error) {
      // The task has done its work all the same.
      if (error instanceof Fatal) lost(error.problem);
      else throw error;
    }
  };
  return [
    {
      observe: (events, now) => {
        for (const event of events) keep(event, now);
      },
    },
  ];
}
