/** Whose work is in what a run has merged at its end. */
import { sharesIn } from '../core/lineage.js';
import type { TaskId } from '../core/plan.js';
import { type AttemptState, lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { landingOf, lastIntegrate } from './landing.js';

/** An attempt, and whose it is. */
interface Maker {
  readonly task: TaskState;
  readonly attempt: AttemptState;
}

/** The merges that it is made of are among them. Undefined as long as nothing is merged, and where nothing was to be. */
export function tasksInResult(state: RunState): ReadonlySet<TaskState> | undefined {
  const last = lastIntegrate(state);
  const attempt = last && lastAttempt(last);
  const landing = landingOf(state);
  if (attempt === undefined || landing === undefined || landing.kind === 'apart') return undefined;
  const found = new Set<TaskState>([last as TaskState]);
  const commits = new Set(partsOf(state, { task: last as TaskState, attempt }));
  const makers = makersIn(state);
  for (const commit of commits)
    for (const maker of makers.get(commit) ?? []) {
      found.add(maker.task);
      for (const part of partsOf(state, maker)) commits.add(part);
    }
  return found;
}

/** The commits that an attempt went on from, or brought together. */
function partsOf(state: RunState, { task, attempt: { base } }: Maker): string[] {
  const { work } = task.task;
  const begun = base === undefined ? [] : [base];
  if (work.kind !== 'integrate') return begun;
  const leftOut = leftOutOf(task);
  const shares = sharesIn(state, task, work.members).filter((share) => !leftOut.has(share.task));
  return [...begun, ...shares.map(({ commit }) => commit)];
}

/** Who made which commit. A merge of one alone has the same as that one. */
function makersIn({ tasks }: RunState): ReadonlyMap<string, readonly Maker[]> {
  const makers = new Map<string, Maker[]>();
  for (const task of tasks)
    for (const attempt of task.attempts) {
      if (attempt.commit === undefined) continue;
      const known = makers.get(attempt.commit);
      if (known === undefined) makers.set(attempt.commit, [{ task, attempt }]);
      else known.push({ task, attempt });
    }
  return makers;
}

function leftOutOf(merge: TaskState): ReadonlySet<TaskId> {
  const exit = lastAttempt(merge)?.exit;
  if (exit?.kind !== 'conflict') return new Set();
  return new Set([exit.task, ...(exit.more ?? []).map(({ task }) => task)]);
}
