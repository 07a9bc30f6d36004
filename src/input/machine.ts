/** All that the pure half may know about this machine: one snapshot, taken by the caller before anything is compiled. */
export interface Machine {
  /** Absolute path of the folder in which the user typed the command. */
  readonly cwd: string;
  readonly cores: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** True for a program on PATH (exact case) and, for a word with a slash, for a path that exists: as seen from `cwd`, or by the tasks. */
  resolves(word: string): boolean;
  /** SPARC runners that this project names besides those that are known. */
  readonly moreRunners?: readonly string[];
}
