/** Where waiting tasks stand until `decide` looks for them: ready ones, those with a delay, those that can never start. */
import { isMetered } from './budget.js';
import { fateOf } from './fate.js';
import { Heap, startsBefore } from './order.js';
import type { RunState, TaskState } from './state.js';

/** Gives a waiting task its fate and puts it where `decide` will look for it. */
export function settle(state: RunState, task: TaskState, at: number): void {
  if (task.status !== 'waiting') return;
  state.unaffordable.delete(task);
  task.fate = fateOf(state, task);
  if (task.fate === 'pending') return;
  if (task.fate !== 'ready') {
    state.doomed.push(task);
    return;
  }
  task.settledAt ??= at;
  if (task.notBefore !== undefined && task.notBefore > at) state.delayed.push(task);
  else makeReady(state, task);
}

function makeReady(state: RunState, task: TaskState): void {
  if (task.queued) return;
  task.queued = true;
  const metered = isMetered(state, task);
  const key = `${task.task.pools.join('\0')}${metered ? '\0\0' : ''}`;
  let group = state.ready.get(key);
  if (group === undefined) {
    group = { pools: task.task.pools, metered, heap: new Heap<TaskState>(startsBefore) };
    state.ready.set(key, group);
  }
  group.heap.push(task);
}

/** Moves tasks whose delay is over to the ready ones; drops stale entries. */
export function promoteDelayed(state: RunState, at: number): void {
  for (let task = state.delayed.peek(); task !== undefined; task = state.delayed.peek()) {
    const stale = task.status !== 'waiting' || task.fate !== 'ready' || task.notBefore === undefined;
    if (!stale && (task.notBefore as number) > at) return;
    state.delayed.pop();
    if (!stale) makeReady(state, task);
  }
}

/**
 * `decide` looks only at the heads of the ready queues: those that are no longer ready, or that nothing left of the budget
 * will ever pay for, must not hide others.
 */
export function tidyHeads(state: RunState): void {
  for (const { heap, metered } of state.ready.values()) {
    for (let task = heap.peek(); task !== undefined; task = heap.peek()) {
      const isReady = task.status === 'waiting' && task.fate === 'ready';
      const isTooDear = isReady && metered && !state.ledger.couldFit(task.task.id);
      if (isReady && !isTooDear) break;
      heap.pop();
      task.queued = false;
      if (isTooDear) state.unaffordable.add(task);
    }
  }
}
