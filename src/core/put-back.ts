/** Tasks that have ended wait again: what a new round, a request to retry and a resume share. */
import type { TaskId } from './plan.js';
import { settle } from './queues.js';
import { dependentsBehind, pendingNeeds } from './rounds.js';
import { type LoopState, loopStatesAround, type RunState, type TaskState, taskOf } from './state.js';

/** Tasks wait again in a round of their own; loops within them start over, loops around them open. */
export function putBack(state: RunState, ids: readonly TaskId[], at: number, loopId?: string): void {
  const tasks = ids.map((id) => taskOf(state, id));
  const touched = new Set(tasks);
  for (const task of tasks) {
    if (task.outcome !== undefined) {
      state.unfinished++;
      for (const loop of loopStatesAround(state, task)) loop.unfinished++;
    }
    reset(task);
    state.conflicted.delete(task);
    for (const index of state.graph.dependents[task.index] ?? [])
      touched.add(state.tasks[index] as TaskState);
  }
  const back = new Set(tasks);
  for (const loop of state.loops) {
    reopen(state, loop, touched);
    if (!loop.members.every((member) => back.has(member))) continue;
    loop.ran = false;
    if (loop.loop.id !== loopId) loop.round = 1;
  }
  for (const task of inPlanOrder(touched)) {
    task.pending = pendingNeeds(state, task);
    if (task.status !== 'waiting') continue;
    if (task.notBefore === undefined) delete task.settledAt;
    settle(state, task, at);
  }
}

function reset(task: TaskState): void {
  task.status = 'waiting';
  task.fate = 'pending';
  task.round++;
  task.counted = 0;
  task.rateLimited = 0;
  task.spent = { costUsd: 0, tokens: 0 };
  task.carriesFailure = false;
  for (const field of ['outcome', 'endedAt', 'settledAt', 'notBefore', 'rateLimitedSince'] as const)
    delete task[field];
}

function reopen(state: RunState, loop: LoopState, touched: Set<TaskState>): void {
  if (loop.unfinished === 0) return;
  if (loop.closed) {
    loop.closed = false;
    state.openLoops++;
    // Who waits outside looked at this loop's tasks as over; it must look again.
    for (const member of loop.members)
      for (const dependent of dependentsBehind(state, member, loop.loop)) touched.add(dependent);
  }
}

/** Tasks in the order of the plan, whatever order they were found in. */
export function inPlanOrder(tasks: Iterable<TaskState>): TaskState[] {
  return [...tasks].sort((a, b) => a.index - b.index);
}
