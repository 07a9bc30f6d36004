/** What it does to the state that another process goes on with a run. */
import type { Event } from './event.js';
import { countsAsAttempt } from './exit.js';
import type { TaskId } from './plan.js';
import { putBack } from './put-back.js';
import { settle } from './queues.js';
import { isFinalEnd } from './rounds.js';
import { failsRun, lastAttempt, type RunState, type TaskState, taskOf } from './state.js';

/** Forgets why the run had stopped; what the event names waits again, and what waited gets its fate anew. */
export function resumed(state: RunState, event: Extract<Event, { type: 'run.resumed' }>): void {
  state.owner = event.owner;
  state.resumes++;
  const from = state.endedAt ?? state.lastAt;
  state.workedBeforeMillis += Math.max(0, from - state.activeSince);
  state.pauses = [...state.pauses, { from, to: Math.max(from, event.at), status: state.status }];
  state.activeSince = event.at;
  state.status = 'running';
  delete state.endedAt;
  delete state.stopping;
  delete state.cancelRequested;
  delete state.failedBy;
  state.retryRequests = [];
  state.ledger.limit(event.budget, event.handed);
  state.rateLimitWaitMillis = event.rateLimitWaitMillis ?? state.rateLimitWaitMillis;
  state.onConflict = event.onConflict ?? state.onConflict;
  // The one who asked to go on does not want to wait for an old delay, and the clock may have gone back.
  state.delayed.clear();
  state.pools.forgetWeather();
  for (const task of state.tasks) {
    if (task.notBefore !== undefined) task.notBefore = event.at;
    if (task.status === 'running') forgetStop(task);
  }
  const ended: TaskId[] = [];
  for (const id of event.tasks) {
    const task = taskOf(state, id);
    if (task.outcome === undefined) task.mayRepeat = true;
    else ended.push(id);
  }
  putBack(state, ended, event.at);
  for (const task of state.tasks) {
    if (task.status === 'waiting') settle(state, task, event.at);
    else if (failsRun(task) && isFinalEnd(state, task)) state.failedBy ??= task.task.id;
  }
}

/** An attempt that was told to end and did so before anybody judged it: whether it ended by itself cannot be known. */
function forgetStop(task: TaskState): void {
  const attempt = lastAttempt(task);
  if (attempt?.stopping === undefined) return;
  delete attempt.stopping;
  if (attempt.exit === undefined) return;
  if (countsAsAttempt(attempt.exit)) task.counted--;
  attempt.exit = { kind: 'lost' };
}
