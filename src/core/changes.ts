/** What an isolated attempt, or all that was merged, changed in the files of a repository. */
import { shellWord } from './shell-word.js';
import { unreachable } from './unreachable.js';

/** One file, by its path from the top of the repository. */
export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'deleted' | 'renamed';
  /** Before it was renamed. */
  readonly from?: string;
  /** Lines; absent for binary files. */
  readonly added?: number;
  readonly deleted?: number;
}

export interface Changes {
  /** At most `MOST_FILES`, in the order of git. */
  readonly files: readonly FileChange[];
  /** How many more there are. */
  readonly omitted: number;
  /** Lines, of all files. */
  readonly added: number;
  readonly deleted: number;
}

/** What a task has made and git ignores, so that it is in no commit: some names, folders with `/` at their end. */
export interface NotKept {
  readonly names: readonly string[];
  /** How many more there are. */
  readonly omitted: number;
}

/** For people, with what to type. */
export function notKeptText({ names, omitted }: NotKept): string {
  const more = omitted === 0 ? '' : ` and ${omitted} more`;
  return (
    `not kept, for git ignores it: ${names.join(', ')}${more} ` +
    '(`git add -f` in the task keeps it; --isolate-copy is for what must be there before)'
  );
}

/** A commit of a task that no merge takes, for the task has put it somewhere else than into its worktree. */
export type Aside =
  /** It went on without it. `branch`: its own one that holds it; undefined: none does. */
  | { readonly kind: 'left'; readonly commit: string; readonly branch?: string }
  /** While it ran this came into the stash, which all worktrees and the user's tree share, or was taken out of it. */
  | { readonly kind: 'stashed' | 'unstashed'; readonly commit: string };

/** For people, with what to type. */
export function asideText(aside: Aside): string {
  const id = aside.commit.slice(0, 10);
  switch (aside.kind) {
    case 'left':
      return aside.branch === undefined
        ? `not merged, for it went on without it: its commit ${id}, which no branch holds (\`git branch NAME ${id}\` keeps it)`
        : `not merged, for it went on without it: its commit ${id} on ${aside.branch} (\`git merge ${shellWord(aside.branch)}\` takes it)`;
    case 'stashed':
      return `not merged: ${id} was put into the stash, which all worktrees share, while it ran (\`git stash apply ${id}\` takes it)`;
    case 'unstashed':
      return `${id} was taken out of the stash, which all worktrees share, while it ran (\`git stash store ${id}\` puts it back)`;
    default:
      return unreachable(aside);
  }
}

/** A journal names no more files of one attempt. */
export const MOST_FILES = 200;
