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
  return shortened(label, MOST_LABEL);
}

/** The beginning of a text that is longer than so many characters; no character is split. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text
    .slice(0, most - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}

export function isNumber(id: TaskId): boolean {
  return /^\d+$/.test(id);
}
