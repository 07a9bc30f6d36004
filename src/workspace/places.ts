/** Where the isolated attempts of one run work, and what we keep beside. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { attemptBranch, branchesOf, resultBranch } from '../core/branch.js';
import type { AttemptRef } from '../core/ports.js';

const WORKTREES = 'worktrees';

/** The folder with a folder for each run that has worktrees. */
export function allWorktrees(stateDir: string): string {
  return join(stateDir, WORKTREES);
}

/** The folder with all worktrees of a run. */
export function worktreesOf(stateDir: string, run: string): string {
  return join(allWorktrees(stateDir), run);
}

/** Whether a state folder has a run, whole or not. */
export function hasRun(stateDir: string, run: string): boolean {
  return existsSync(join(stateDir, 'runs', run));
}

/** The paths and branch names of one run; nothing is looked at. */
export class Places {
  /** Holds a folder for each attempt, and what we keep beside it. */
  readonly folder: string;
  /** What the names of its branches begin with. */
  readonly branches: string;
  /** With all that was merged at the end. */
  readonly resultBranch: string;
  /** Keeps the commit in which the run began, where it is not the user's own. */
  readonly baseBranch: string;

  constructor(
    stateDir: string,
    readonly run: string,
  ) {
    this.folder = worktreesOf(stateDir, run);
    this.branches = branchesOf(run);
    this.resultBranch = resultBranch(run);
    this.baseBranch = `${this.branches}base`;
  }

  worktree(attempt: AttemptRef): string {
    return join(this.folder, attemptName(attempt));
  }

  /** Our own index of the worktree, out of the task's reach. It is there from when the worktree is ready until its end is told. */
  index(attempt: AttemptRef): string {
    return indexIn(this.folder, attempt);
  }

  /** What is to be written on its commit, for whoever goes on after our death. It is there as long as the worktree must not stay. */
  order(attempt: AttemptRef): string {
    return `${this.worktree(attempt)}${ORDER_ENDING}`;
  }

  branch(attempt: AttemptRef): string {
    return attemptBranch(this.run, attempt);
  }
}

/** The same in such a folder of any run. */
export function indexIn(folder: string, attempt: AttemptRef): string {
  return join(folder, `${attemptName(attempt)}.index`);
}

export const ORDER_ENDING = '.json';

/** As commits and files spell an attempt. */
export function attemptName({ task, attempt }: AttemptRef): string {
  return `${task}.${attempt}`;
}

/** The attempt that was spelled so. */
export function attemptIn(name: string): AttemptRef {
  const end = name.lastIndexOf('.');
  return { task: name.slice(0, end), attempt: Number(name.slice(end + 1)) };
}
