/** What the branches are called on which a run leaves the work of its isolated tasks. */
import type { AttemptRef } from './ports.js';

/** What the branches of all runs begin with. */
export const ALL_BRANCHES = 'batchtool/';

/** What all of a run's branches begin with: two runs in one repository never meet. */
export function branchesOf(run: string): string {
  return `${ALL_BRANCHES}${run}/`;
}

/** The id of the run that a branch is of; undefined: somebody else has given it this name. */
export function runOfBranch(branch: string): string | undefined {
  const [, run = ''] = /^batchtool\/([^/]+)\/./.exec(branch) ?? [];
  return isRunId(run) ? run : undefined;
}

/** Whether a name is one that only runs have. */
export function isRunId(name: string): boolean {
  return /^\d{8}-\d{6}-[0-9a-z]{4}$/.test(name);
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
