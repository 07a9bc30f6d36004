/** What must be true for an attempt that exited 0 to count as a success. Looked at by the executor after the exit. */
export interface ExpectPolicy {
  /** Paths, relative to the task's folder, that must exist. */
  readonly files?: readonly string[];
  /** Paths of files, relative to the task's folder, that the attempt must have made or changed. */
  readonly changed?: readonly string[];
  /** Regular expressions (case-insensitive, per line) that the output must match. */
  readonly output?: readonly string[];
  /** Regular expressions (case-insensitive, per line) that the output must not match. */
  readonly notOutput?: readonly string[];
  /** A JSON Schema that the result must follow, or the path of a file with one, relative to the task's folder. */
  readonly schema?: string | boolean | Readonly<Record<string, unknown>>;
  /** Names of which a line `WINNER: …` of the result may say one; it becomes the output `winner`. */
  readonly winner?: readonly string[];
  /** A command that must exit with 0, in the folder and with the variables of the attempt. Looked at last. */
  readonly check?: string;
}
