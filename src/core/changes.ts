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

/** A journal names no more files of one attempt. */
export const MOST_FILES = 200;
