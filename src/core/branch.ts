/** What the branches are called on which a run leaves the work of its isolated tasks. */
import type { AttemptRef } from './ports.js';

/** What all of a run's branches begin with: two runs in one repository never meet. */
export function branchesOf(run: string): string {
  return `batchtool/${run}/`;
}

/** Where all that was merged lies. */
export function resultBranch(run: string): string {
  return `${branchesOf(run)}result`;
}

/**
 * Where the work of one attempt lies. Git allows no two dots in a name; ids that differ only in such signs are the same
 * variable, and a plan has no two of these.
 */
export function attemptBranch(run: string, { task, attempt }: AttemptRef): string {
  return `${branchesOf(run)}task/${task.replace(/\.(?=\.)/g, '-')}.${attempt}`;
}
