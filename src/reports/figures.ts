/** The figures of a run that is over, for runs to come. */
import { lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { workKey } from '../core/work-key.js';
import { type Baseline, type BaselineTask, MOST_BASELINE_TASKS, type Origin } from './baseline.js';
import { runMillis } from './status.js';
import { costOf, peakOf } from './task-rows.js';

/** Undefined for a run that would be no measure: one that is not over, was cancelled or has too many tasks. */
export function baselineOf(state: RunState, origin: Origin = {}): Baseline | undefined {
  const { status, endedAt, tasks } = state;
  if (endedAt === undefined || status === 'cancelled' || tasks.length > MOST_BASELINE_TASKS) return undefined;
  const durationMillis = runMillis(state, endedAt);
  return { version: 1, run: state.id, endedAt, durationMillis, ...origin, tasks: tasks.map(figuresOf) };
}

function figuresOf(task: TaskState): BaselineTask {
  const durationMillis = lengthOf(task);
  const peakMemoryBytes = peakOf(task);
  const costUsd = costOf(task);
  return {
    id: task.task.id,
    work: workKey(task.task.work),
    status: task.status,
    ...(durationMillis === undefined ? {} : { durationMillis }),
    ...(peakMemoryBytes === 0 ? {} : { peakMemoryBytes }),
    ...(costUsd === undefined ? {} : { costUsd }),
  };
}

/** How long its newest attempt took: what it took if it went well, without tries that did not. */
export function lengthOf(task: TaskState): number | undefined {
  const { startedAt, endedAt } = lastAttempt(task) ?? {};
  return startedAt === undefined || endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt);
}
