/** Failed tasks as annotations of a step. */
import type { RunState, TaskState } from '../core/state.js';
import { failedTasks } from './failures.js';
import { exitHint } from './hint.js';
import { exitReason, stopReason } from './reason.js';
import { titleOf } from './title.js';

export interface FailureAnnotation {
  readonly title: string;
  readonly message: string;
}

/** One for each task that failed and may not, in plan order; the last of `most` counts those that have no room. */
export function failureAnnotations(state: RunState, most: number): FailureAnnotation[] {
  const failed = failedTasks(state);
  if (failed.length === 0 && state.stopping !== undefined)
    return [{ title: 'The run was stopped', message: stopReason(state.stopping) }];
  if (failed.length <= most) return failed.map(annotationOf);
  const others = failed.slice(most - 1);
  return [
    ...failed.slice(0, most - 1).map(annotationOf),
    {
      title: `${others.length} more tasks failed`,
      message: others.map(({ task }) => titleOf(task)).join('\n'),
    },
  ];
}

function annotationOf({ task, outcome, counted }: TaskState): FailureAnnotation {
  const exit = outcome?.kind === 'failed' ? outcome.exit : undefined;
  const tries = counted > 1 ? ` (after ${counted} attempts)` : '';
  const reason = exit === undefined ? 'failed' : exitReason(exit, task.work);
  const hint = exit === undefined ? undefined : exitHint(exit, task.work);
  return {
    title: `${titleOf(task)} failed`,
    message: `${reason}${tries}${hint === undefined ? '' : `\nhint: ${hint}`}`,
  };
}
