/** How long a task was at work. */
import type { EpochMillis } from '../core/event.js';
import type { TaskState } from '../core/state.js';

/** All its attempts together, without the pauses between them and those whose end nobody saw. */
export function workMillis({ attempts }: Pick<TaskState, 'attempts'>, now: EpochMillis): number {
  return attempts.reduce((sum, { startedAt, endedAt, exit }) => {
    return exit?.kind === 'lost' ? sum : sum + Math.max(0, (endedAt ?? now) - startedAt);
  }, 0);
}
