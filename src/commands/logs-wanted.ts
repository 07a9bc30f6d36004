/** Which logs of a run are asked for, and whether it has them. */
import { nearest } from '../core/nearest.js';
import { type Problem, problem } from '../core/problem.js';
import type { AttemptState, TaskState } from '../core/state.js';
import type { RunFolder } from '../journal/folder.js';
import { loadRun } from './look.js';

/** What `logs` was asked for. */
export interface Wanted {
  readonly tasks: readonly string[];
  readonly attempt: number | undefined;
  readonly sinceAt: number | undefined;
  readonly tail: number | undefined;
  readonly filter: RegExp | undefined;
}

/** Tasks and an attempt that the run does not have. An attempt that is followed may still come. */
export function unknownWanted(folder: RunFolder, { tasks, attempt }: Wanted, follow: boolean): Problem[] {
  if (tasks.length === 0 && attempt === undefined) return [];
  const { plan, state, live } = loadRun(folder);
  const known = plan.tasks.map((task) => task.id);
  const unknown = unknownTasks(folder, tasks, known);
  if (unknown.length > 0 || attempt === undefined || (follow && live)) return unknown;
  const asked = state.tasks.filter(({ task }) => tasks.length === 0 || tasks.includes(task.id));
  if (asked.some(({ attempts }) => attempts.some(({ number }) => number === attempt))) return [];
  const most = Math.max(0, ...asked.map(({ attempts }) => attempts.length));
  const whose = tasks.length === 0 ? `run ${folder.id}` : `task ${tasks.join(', ')}`;
  const there = most === 0 ? 'none was started' : most === 1 ? 'there is 1' : `there are ${most}`;
  return [problem(`${whose} has no attempt ${attempt}`, there)];
}

function unknownTasks(folder: RunFolder, ids: readonly string[], known: readonly string[]): Problem[] {
  return ids
    .filter((id) => !known.includes(id))
    .map((id) => {
      const near = nearest(id, known);
      const some = known.slice(0, 12).join(', ');
      return problem(
        `run ${folder.id} has no task ${JSON.stringify(id)}`,
        near ? `did you mean "${near}"?` : `its tasks: ${some}`,
      );
    });
}

/** The attempts of a task whose logs are shown, oldest first. */
export function attemptsWanted(
  task: TaskState,
  { tasks, attempt, sinceAt }: Wanted,
): readonly AttemptState[] {
  if (tasks.length > 0 && !tasks.includes(task.task.id)) return [];
  return task.attempts.filter(
    ({ number, endedAt }) =>
      (attempt === undefined || number === attempt) &&
      (sinceAt === undefined || (endedAt ?? Infinity) >= sinceAt),
  );
}
