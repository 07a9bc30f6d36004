/**
 * A guess at the time that a run still takes: the longer of two things that it cannot be faster than, the longest
 * chain of tasks and the work divided by the slots. Expected durations come from earlier runs; where none is known,
 * the mean of the known ones and of what has ended in this run stands in.
 */
import type { EpochMillis } from '../core/event.js';
import { isSuccess } from '../core/exit.js';
import { lastAttempt, type RunState, type TaskState } from '../core/state.js';

/** Milliseconds, or undefined when nothing is known of any task's duration, or the run is over or stopping. */
export function remainingMillis(state: RunState, now: EpochMillis): number | undefined {
  if (state.status !== 'running' || state.stopping !== undefined || state.unfinished === 0) return undefined;
  const { mean, isEstimated } = knownDurations(state);
  if (mean === undefined) return undefined;
  // Without estimates, tails count tasks; with them, milliseconds.
  const tailUnit = isEstimated ? 1 : mean;
  const load = new Map<string, number>();
  let longest = 0;
  for (const task of state.tasks) {
    if (!isToCome(task)) continue;
    const expected = state.estimates[task.task.id] ?? mean;
    const left = leftOf(task, expected, now);
    longest = Math.max(longest, left + Math.max(0, task.tail * tailUnit - expected));
    for (const pool of task.task.pools) load.set(pool, (load.get(pool) ?? 0) + left);
  }
  for (const [pool, millis] of load)
    longest = Math.max(longest, millis / (state.pools.get(pool)?.limit ?? 1));
  return longest;
}

/** It will take time: it runs, or waits and is likely to start. */
function isToCome(task: TaskState): boolean {
  if (task.status === 'running') return true;
  if (task.status !== 'waiting' || typeof task.fate === 'object') return false;
  return task.task.when !== 'failure' || task.fate === 'ready';
}

/** What is left of an attempt that runs; one that is overdue counts with a tenth of the time that it has run. */
function leftOf(task: TaskState, expected: number, now: EpochMillis): number {
  if (task.status === 'waiting') return expected + Math.max(0, (task.notBefore ?? now) - now);
  const ran = Math.max(0, now - (lastAttempt(task)?.startedAt ?? now));
  return Math.max(expected - ran, ran / 10);
}

/** An estimate for a task that the plan no longer has is none: `tails` sees it so too. */
function knownDurations({ tasks, estimates }: RunState): { mean: number | undefined; isEstimated: boolean } {
  let [sum, count, isEstimated] = [0, 0, false];
  for (const task of tasks) {
    const estimate = estimates[task.task.id];
    if (estimate !== undefined) isEstimated = true;
    const known = estimate ?? measured(task);
    if (known === undefined) continue;
    sum += known;
    count++;
  }
  return { mean: count === 0 ? undefined : sum / count, isEstimated };
}

function measured(task: TaskState): number | undefined {
  const attempt = lastAttempt(task);
  if (attempt?.endedAt === undefined || attempt.exit === undefined || !isSuccess(attempt.exit))
    return undefined;
  return Math.max(0, attempt.endedAt - attempt.startedAt);
}
