/** What an isolated attempt, or all that was merged, changed in the files of a repository. */

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

/** A journal names no more files of one attempt. */
export const MOST_FILES = 200;
