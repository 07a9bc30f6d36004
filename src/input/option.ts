/** What an option of the command line is. The options themselves are data, in the option table. */
export type VerbName =
  | 'run'
  | 'orchestrate'
  | 'pipeline'
  | 'export'
  | 'status'
  | 'logs'
  | 'stats'
  | 'report'
  | 'diff'
  | 'list'
  | 'resume'
  | 'cancel'
  | 'clean'
  | 'monitor'
  | 'config'
  | 'validate'
  | 'sparc'
  | 'doctor'
  | 'memory'
  | 'init'
  | 'completion';

/** Verbs that say what to run: they take all options that say how; all but `sparc` take modes, patterns, steps, texts, files too. */
export const PLANNING: readonly VerbName[] = [
  'run',
  'orchestrate',
  'pipeline',
  'export',
  'validate',
  'sparc',
];

export function isPlanning(verb: VerbName): boolean {
  return PLANNING.includes(verb);
}

/** How the value of an option is written, and so what comes out of it. */
export type OptionKind =
  /** True when it stands there. */
  | 'switch'
  | 'text'
  /** A whole number from `min` (1) on. */
  | 'count'
  /** `critical`, `high`, `normal`, `low` or a whole number. */
  | 'priority'
  | 'size'
  | 'duration'
  /** Dollars: `5USD`, `$5`. */
  | 'cost'
  /** Tokens: `2M`, `500k`. */
  | 'tokens'
  | 'choice'
  /** Repeatable; each value is one text. */
  | 'texts'
  /** Repeatable; each value is one name, or several with commas. */
  | 'names'
  /** Repeatable `K=V`. */
  | 'pairs';

export interface Option {
  /** Without dashes. One letter: it exists only as `-x`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: OptionKind;
  /** What help shows in place of the value. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly min?: number;
  /** Zero is a value too (`--grace 0`). */
  readonly orZero?: boolean;
  /** It tells how old something gets, so that no timer has to hold it. */
  readonly isAge?: true;
  /** The environment variable that says the same. */
  readonly variable?: string;
  /** The key of a plan file that says the same. */
  readonly fileKey?: string;
  /** One sentence. */
  readonly help: string;
  readonly verbs: readonly VerbName[];
  /** Known, and refused in words: true for the option as a whole, or the choices that are. */
  readonly later?: true | readonly string[];
}
