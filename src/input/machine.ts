/** All that the pure half may know about this machine: one snapshot, taken by the caller before anything is compiled. */
import type { Problem, Result } from '../core/problem.js';
import type { OwnMode } from '../sparc/modes.js';

export interface Machine {
  /** Absolute path of the folder in which the user typed the command. */
  readonly cwd: string;
  readonly cores: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** True for a program on PATH (exact case) and, for a word with a slash, for a path that exists: as seen from `cwd`, or by the tasks. */
  resolves(word: string): boolean;
  /** True when this folder (an absolute path) lies in the files of a git repository, as far as files tell. Absent: none does. */
  hasRepository?(folder: string): boolean;
  /** True when such a folder lies in a bare one, which has no files. */
  isInBare?(folder: string): boolean;
  /** SPARC runners that this project names besides those that are known. */
  readonly moreRunners?: readonly string[];
  /** The project's `.roomodes`, if it has one: what messages call it, and what stands in it. */
  readonly roomodes?: { readonly file: string; readonly content: Result<string> };
  /** The same, read. */
  readonly ownModes?: OwnModes;
}

/** SPARC modes that a project has itself, and what is wrong with the file that they stand in. */
export interface OwnModes {
  readonly modes: readonly OwnMode[];
  readonly problems: readonly Problem[];
}
