/** What a waiting task waits for. */

import { isBudgeted } from '../core/budget.js';
import type { EpochMillis } from '../core/event.js';
import { MAIN_POOL, type PoolId } from '../core/plan.js';
import { isOver } from '../core/rounds.js';
import { lastAttempt, type RunState, type TaskState, taskOf } from '../core/state.js';
import { exitReason, someOf } from './reason.js';
import { showClock, showWait } from './time.js';
import { nameOf } from './title.js';

/** `waiting for build, lint`, `waiting for a slot`, `waiting: rate limit until 12:03`, `again in 12 s (exited with code 1)`, `about to start`. */
export function waitingReason(state: RunState, task: TaskState, now: EpochMillis): string {
  if (typeof task.fate === 'object') return 'will not start';
  if (task.fate === 'pending') return needsReason(state, task);
  const closed = closedUntil(state, task.task.pools, now);
  if (closed !== undefined) return `waiting: rate limit until ${showClock(closed, now)}`;
  if (state.unaffordable.has(task)) return 'does not fit into what is left of the budget';
  if (task.notBefore !== undefined && task.notBefore > now) {
    const exit = lastAttempt(task)?.exit;
    const why = exit === undefined ? '' : ` (${exitReason(exit, task.task.work)})`;
    return `again in ${showWait(task.notBefore - now)}${why}`;
  }
  return slotReason(state, task);
}

function needsReason(state: RunState, task: TaskState): string {
  const open = new Set<string>();
  let looping = false;
  for (const need of task.task.needs) {
    if (isOver(state, need, task)) continue;
    open.add(need.task);
    if (taskOf(state, need.task).outcome !== undefined) looping = true;
  }
  return `waiting for ${someOf([...open].map(nameOf), 3)}${looping ? ' (may go another round)' : ''}`;
}

/** When pools that a rate limit has closed open again; undefined: they are open. */
function closedUntil(state: RunState, pools: readonly PoolId[], now: EpochMillis): EpochMillis | undefined {
  const at = state.pools.openAt(pools);
  return at > now ? at : undefined;
}

function slotReason(state: RunState, task: TaskState): string {
  for (const id of task.task.pools) {
    const pool = state.pools.get(id);
    if (pool === undefined || pool.used < pool.limit) continue;
    return id === MAIN_POOL
      ? 'waiting for a slot'
      : `waiting for a slot of ${id} (${pool.used} of ${pool.limit} taken)`;
  }
  return isBudgeted(state, task) && state.ledger.running > 0
    ? 'waiting for what running tasks leave of the budget'
    : 'about to start';
}
