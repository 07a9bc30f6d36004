/** What tasks are called. Texts without names of their own are numbered, and a bare number says nothing and reads as a count. */
import type { Task, TaskId } from '../core/plan.js';

const MOST_LABEL = 40;

/** An id within a sentence: `build`, but `task 2`. */
export function nameOf(id: TaskId): string {
  return isNumber(id) ? `task ${id}` : id;
}

/** A task where it is the subject: `build`, but `2 (npm test)`. */
export function titleOf({ id, label }: Task): string {
  return isNumber(id) && label !== id ? `${id} (${shortLabel(label)})` : nameOf(id);
}

/** A label that leaves room for what is said of it. */
export function shortLabel(label: string): string {
  return label.length <= MOST_LABEL ? label : `${label.slice(0, MOST_LABEL - 1).trimEnd()}…`;
}

export function isNumber(id: TaskId): boolean {
  return /^\d+$/.test(id);
}
