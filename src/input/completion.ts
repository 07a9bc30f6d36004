/** What a shell may offer behind each verb, read off the table of options. */

import { MODES } from '../sparc/modes.js';
import type { Option, VerbName } from './option.js';
import { flagOf, optionsOf, patternsOf } from './options.js';

/** What stands behind an option, or where a verb takes a word of its own. */
export type Offer =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files' | 'folders' }
  /** Names and ids of runs, or ids of tasks of the newest run: the program itself is asked. */
  | { readonly kind: 'runs' | 'tasks' }
  /** Anything, which nobody can guess. */
  | { readonly kind: 'text' };

export interface OfferedFlag {
  readonly flags: readonly string[];
  readonly help: string;
  /** Absent: a switch. */
  readonly value?: Offer;
}

export interface OfferedVerb {
  readonly name: string;
  readonly flags: readonly OfferedFlag[];
  readonly word: Offer;
}

/** The shells that there are scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const TEXT: Offer = { kind: 'text' };
const WORDS: { readonly [V in VerbName]?: Offer } = {
  diff: { kind: 'tasks' },
  validate: { kind: 'files' },
  completion: { kind: 'words', words: SHELLS },
  sparc: { kind: 'words', words: ['modes', 'info', 'run', ...MODES.map(({ slug }) => slug)] },
};
/** Options whose value is found on the disk or in a run. */
const VALUES: Readonly<Record<string, Offer>> = {
  f: { kind: 'files' },
  cwd: { kind: 'folders' },
  'state-dir': { kind: 'folders' },
  'progress-tracking': { kind: 'files' },
  'problem-matchers': { kind: 'files' },
  orchestration: { kind: 'runs' },
  baseline: { kind: 'runs' },
  rerun: { kind: 'tasks' },
};

export function offeredVerb(verb: VerbName): OfferedVerb {
  const options = optionsOf(verb).filter(({ later }) => later !== true);
  const modes = patternsOf(verb).filter((pattern) => pattern.flags.length > 0);
  const looksAtRuns = options.some(({ name }) => name === 'orchestration') || verb === 'clean';
  return {
    name: verb,
    flags: [
      ...modes.map(({ flags, help, value }) => ({
        flags: flags.map(flagOf),
        help,
        ...(value === undefined ? {} : { value: TEXT }),
      })),
      ...options.map((option) => offeredFlag(verb, option)),
    ],
    word: WORDS[verb] ?? (looksAtRuns ? { kind: 'runs' } : TEXT),
  };
}

function offeredFlag(verb: VerbName, option: Option): OfferedFlag {
  const { name, aliases = [], help, kind, choices, later } = option;
  const flags = [name, ...aliases].map(flagOf);
  if (kind === 'switch') return { flags, help };
  if (name === 'task' && verb === 'logs') return { flags, help, value: { kind: 'tasks' } };
  const words = Array.isArray(later) ? choices?.filter((choice) => !later.includes(choice)) : choices;
  return { flags, help, value: words === undefined ? (VALUES[name] ?? TEXT) : { kind: 'words', words } };
}
