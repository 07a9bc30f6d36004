/**
 * What is to become of a waiting task once all that it needs is over: start, or an end without a start.
 * The words of `when`, in one place.
 */

import type { Because, Exit, Outcome } from './exit.js';
import type { Need, Task } from './plan.js';
import type { RunState, TaskState } from './state.js';
import { lastAttempt, taskOf } from './state.js';
import { unreachable } from './unreachable.js';

/** The fate of a waiting task: `pending` while a need is not over, `ready`, or the outcome that it gets unstarted. */
export function fateOf(state: RunState, task: TaskState): 'pending' | 'ready' | Outcome {
  const stopped = fateAfterStop(state, task);
  if (stopped !== undefined) return stopped;
  if (task.pending > 0) return 'pending';
  // A retry has looked at its needs before.
  const because = task.notBefore === undefined ? obstacle(state, task) : undefined;
  if (because !== undefined) return { kind: 'skipped', because };
  if (!state.pools.areExhausted(task.task.pools)) return 'ready';
  return { kind: 'failed', exit: exitBefore(task) ?? { kind: 'rate-limit' } };
}

/** Of a task that waits for a retry, the exit that it is retried for. */
function exitBefore(task: TaskState): Exit | undefined {
  return task.notBefore === undefined ? undefined : lastAttempt(task)?.exit;
}

/** Nothing starts after a stop, but `always` after one that a failure caused. */
function fateAfterStop(state: RunState, task: TaskState): Outcome | undefined {
  const why = state.stopping;
  if (why === undefined) return undefined;
  if (why.kind === 'cancelled') return { kind: 'cancelled' };
  if (why.kind === 'failure' && task.task.when === 'always') return undefined;
  const exit = exitBefore(task);
  if (exit !== undefined) return { kind: 'failed', exit };
  return { kind: 'skipped', because: { kind: 'stopped', by: why.kind } };
}

function obstacle(state: RunState, { task }: TaskState): Because | undefined {
  switch (task.when) {
    case 'always':
      return task.work.kind === 'integrate' ? brokenMerge(state, task) : undefined;
    case 'success': {
      const missing = task.needs.find((need) => !isMet(state, need));
      return missing === undefined ? undefined : { kind: 'need', task: missing.task };
    }
    case 'failure':
      return task.needs.some((need) => taskOf(state, need.task).carriesFailure)
        ? undefined
        : { kind: 'nothing-failed' };
    case 'any-success': {
      const broken = brokenMerge(state, task);
      if (broken !== undefined) return broken;
      if (
        task.needs.length === 0 ||
        task.needs.some((need) => taskOf(state, need.task).status === 'succeeded')
      )
        return undefined;
      return { kind: 'none-succeeded' };
    }
    default:
      return unreachable(task.when);
  }
}

/** A merge that failed leaves nothing that is new enough to go on from, not even for another merge. */
function brokenMerge(state: RunState, { needs }: Task): Because | undefined {
  const broken = needs.find(
    (need) =>
      need.kind === 'data' && taskOf(state, need.task).task.work.kind === 'integrate' && !isMet(state, need),
  );
  return broken === undefined ? undefined : { kind: 'need', task: broken.task };
}

function isMet(state: RunState, need: Need): boolean {
  if (need.kind === 'order' && state.plan.onError === 'continue') return true;
  const needed = taskOf(state, need.task);
  return needed.status === 'succeeded' || (needed.status === 'failed' && needed.task.mayFail === true);
}
