/** Where the isolated attempts of one run work, and what the branches with their changes are called. */
import { join } from 'node:path';
import type { AttemptRef } from '../core/ports.js';

/** All branches of batchtool are below it. */
export const BRANCHES = 'batchtool';
const WORKTREES = 'worktrees';

/** The paths and branch names of one run; nothing is looked at. */
export class Places {
  /** Holds a folder for each attempt, and what we keep beside it. */
  readonly folder: string;
  /** With all that was merged at the end. */
  readonly resultBranch: string;
  /** Keeps the commit in which the run began, where it is not the user's own. */
  readonly baseBranch: string;
  /** What the names of its branches begin with. */
  readonly branches: string;

  constructor(
    stateDir: string,
    readonly run: string,
  ) {
    this.folder = join(stateDir, WORKTREES, run);
    this.branches = `${BRANCHES}/${run}`;
    this.resultBranch = `${this.branches}/result`;
    this.baseBranch = `${this.branches}/base`;
  }

  worktree(attempt: AttemptRef): string {
    return join(this.folder, nameOf(attempt));
  }

  /** Our own index of the worktree, out of the task's reach. It is there from when the worktree is ready until it is committed. */
  index(attempt: AttemptRef): string {
    return `${this.worktree(attempt)}.index`;
  }

  /** What is to be done with the worktree, for whoever goes on after our death. Gone once that is done. */
  order(attempt: AttemptRef): string {
    return `${this.worktree(attempt)}${ORDER_ENDING}`;
  }

  branch(attempt: AttemptRef): string {
    // No part of a branch's name may hold two dots in a row; no id holds a %.
    return `${this.branches}/task/${nameOf(attempt).replace(/\.(?=\.)/g, '%2e')}`;
  }
}

export const ORDER_ENDING = '.json';

/** As commits and files spell an attempt. */
export function nameOf({ task, attempt }: AttemptRef): string {
  return `${task}.${attempt}`;
}
