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
  /** A command that must exit with 0, in the folder and with the variables of the attempt. Looked at last. */
  readonly check?: string;
  /** Names of variants. A line `WINNER: NAME` of the result becomes the output `winner`, unless the attempt wrote that itself. */
  readonly winner?: readonly string[];
  /** Of an agent that reviews, whose exit code says nothing about what it thinks: its last line `VERDICT: …` must accept. */
  readonly verdict?: true;
}

/** Why a review did not succeed, as its exit says it. */
export const REVIEW_ASKS = 'the review asks for changes';
export const REVIEW_IS_SILENT = 'the review gave no verdict (a line VERDICT: accept or VERDICT: reject)';
