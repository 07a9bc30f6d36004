/** What is skipped, by its reason. */
import type { Event } from '../core/event.js';
import type { Because } from '../core/exit.js';
import type { TaskId } from '../core/plan.js';
import type { Notice } from '../core/shown.js';
import type { RunState } from '../core/state.js';
import { rootReason, rootsOf } from './reason.js';
import { nameOf } from './title.js';

/** The end of a task that never ran. */
export type Skip = Extract<Event, { type: 'task.finished' }> & {
  readonly outcome: { readonly kind: 'skipped'; readonly because: Because };
};

/** Whether an event is such an end. */
export function isSkip(event: Event): event is Skip {
  return event.type === 'task.finished' && event.outcome.kind === 'skipped';
}

/** Tasks that are skipped for one reason in one go. */
export interface SkipGroup {
  readonly reason: string;
  readonly level: Notice['level'];
  readonly ids: string[];
  last: Skip;
}

/**
 * One failure can skip thousands: those that are skipped for one reason in one go share a notice. A new round may have
 * put them back already, so what the state says of them counts less than these events.
 */
export function bySameReason(skips: readonly Skip[], state: RunState): Iterable<SkipGroup> {
  const groups = new Map<string, SkipGroup>();
  const roots = rootsOf(state);
  const causes = new Map<TaskId, Because>();
  for (const skip of skips) {
    const { because } = skip.outcome;
    const cause = (because.kind === 'need' ? causes.get(because.task) : undefined) ?? because;
    causes.set(skip.task, cause);
    const reason = rootReason(state, cause, roots);
    const level = skip.outcome.because.kind === 'none-succeeded' ? 'trouble' : 'progress';
    const group = groups.get(reason) ?? { reason, level, ids: [], last: skip };
    group.ids.push(nameOf(skip.task));
    group.last = skip;
    groups.set(reason, group);
  }
  return groups.values();
}
