/** Which try of a task an attempt is, as people count: within its round, and only those that are the task's own doing. */
import { countsAsAttempt } from '../core/exit.js';
import type { AttemptState, TaskState } from '../core/state.js';

/** The newest attempt of a round, if the task was tried in it. */
export function attemptOfRound(task: TaskState, round: number): AttemptState | undefined {
  return task.attempts.findLast((attempt) => attempt.round === round);
}

/** `attempt 2 of 3` within its round; undefined when there is only ever one. */
export function triesOf(task: TaskState, attempt: AttemptState | undefined): string | undefined {
  const place = placeInRound(task, attempt);
  const most = 1 + task.task.retry.max;
  if (place === 0 || (most === 1 && place === 1)) return undefined;
  return place > most ? `attempt ${place}` : `attempt ${place} of ${most}`;
}

/** 1 for the first attempt of a round that counts; those that do not count share the number of the next. */
export function placeInRound(task: TaskState, attempt: AttemptState | undefined): number {
  if (attempt === undefined) return 0;
  const before = task.attempts.filter(
    ({ number, round, exit }) =>
      round === attempt.round && number < attempt.number && exit !== undefined && countsAsAttempt(exit),
  );
  return before.length + 1;
}
