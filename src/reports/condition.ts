/** Tasks that ask whether their loop goes again: that they failed means that what was waited for did not come. */
import { loopStatesAround, type RunState, type TaskState } from '../core/state.js';

/** `not met after 2 of 2 rounds: ` before the reason of such a failure, without the rounds while more may come; else nothing. */
export function conditionNote(state: RunState, task: TaskState): string {
  if (task.task.when !== 'always') return '';
  const asked = loopStatesAround(state, task).find(
    ({ loop: { again } }) => again.kind === 'not-succeeded' && again.tasks.includes(task.task.id),
  );
  if (asked === undefined) return '';
  const { closed, loop, round } = asked;
  return closed
    ? `not met after ${round} of ${loop.max} ${loop.max === 1 ? 'round' : 'rounds'}: `
    : 'not met: ';
}
