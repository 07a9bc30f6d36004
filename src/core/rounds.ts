/**
 * Repetition. Tasks are never copied: a new round puts them back to waiting. Who stands outside a loop sees
 * its tasks end only when the loop closes, so nothing is built on a round that is not the last.
 */
import { gateOf } from './graph.js';
import type { Loop, Need } from './plan.js';
import type { LoopState, RunState, TaskState } from './state.js';
import { loopStatesAround, taskOf } from './state.js';

/** A need is over for its dependent: the task has ended and the loop between them, if any, is closed. */
export function isOver(state: RunState, need: Need, dependent: TaskState): boolean {
  const needed = taskOf(state, need.task);
  if (needed.outcome === undefined) return false;
  const gate = gateOf(state.graph, needed.index, dependent.index);
  return gate === undefined || (state.loopOf.get(gate) as LoopState).closed;
}

/** How many needs of a task are not over. A task named twice is one need. */
export function pendingNeeds(state: RunState, dependent: TaskState): number {
  const { needs } = dependent.task;
  if (needs.length === 0) return 0;
  const open = new Set<string>();
  for (const need of needs) if (!isOver(state, need, dependent)) open.add(need.task);
  return open.size;
}

/** Dependents that look at this task through `gate` (undefined: at once when it ends). */
export function dependentsBehind(state: RunState, task: TaskState, gate: Loop | undefined): TaskState[] {
  const behind: TaskState[] = [];
  for (const index of state.graph.dependents[task.index] ?? []) {
    if (gateOf(state.graph, task.index, index) === gate) behind.push(state.tasks[index] as TaskState);
  }
  return behind;
}

/**
 * These tasks and everything after them that is no longer waiting: what a new round puts back. In plan order.
 * Who waits outside a loop comes after all of its tasks, for the loop opens again with any of them.
 */
export function withEndedDependents(state: RunState, tasks: readonly TaskState[]): TaskState[] {
  const found = new Set(tasks);
  const opened = new Set<LoopState>();
  const add = (dependent: TaskState): void => {
    if (dependent.status !== 'waiting') found.add(dependent);
  };
  for (const task of found) {
    for (const index of state.graph.dependents[task.index] ?? []) add(state.tasks[index] as TaskState);
    for (const loop of loopStatesAround(state, task)) {
      if (opened.has(loop)) continue;
      opened.add(loop);
      for (const member of loop.members) dependentsBehind(state, member, loop.loop).forEach(add);
    }
  }
  return [...found].sort((a, b) => a.index - b.index);
}

/** The loop's condition asks for another round, and one is left. */
export function goesAgain({ loop, members, round, ran }: LoopState): boolean {
  if (!ran || round >= loop.max) return false;
  const asked = members.filter((member) => loop.again.tasks.includes(member.task.id));
  return asked.some((member) =>
    loop.again.kind === 'failed' ? member.status === 'failed' : member.status !== 'succeeded',
  );
}

/** All loops around the task are closed, so that its end is final and counts for the run. */
export function isFinalEnd(state: RunState, task: TaskState): boolean {
  return loopStatesAround(state, task).every((loop) => loop.closed);
}
