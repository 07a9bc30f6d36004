/** What must be true for an attempt that exited 0 to count as a success. Checked by the executor after the exit. */
export interface ExpectPolicy {
  /** Paths, relative to the task's folder, that must exist. */
  readonly files?: readonly string[];
  /** Regular expressions (case-insensitive, per line) that the output must match. */
  readonly output?: readonly string[];
  /** Regular expressions (case-insensitive, per line) that the output must not match. */
  readonly notOutput?: readonly string[];
}
