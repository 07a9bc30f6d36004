/** Recognises `[npx] RUNNER[@tag] [options] sparc [run] MODE TASK [flags]`, and the same beginning with a bare `sparc`. */
import { isRunner, programName } from './runners.js';

export interface SparcCommand {
  /** As written, without its tag: `flowx`, `./claude-flow`, `sparc`. */
  readonly runner: string;
  /** `npx` is to find it. */
  readonly npx: boolean;
  /** As written: a mode, an alias, or one that only the runner knows. */
  readonly mode: string;
  /** What is to be done: all words before the first flag, for who leaves out the quotes means them all. */
  readonly task: string;
  /** All words after the task: `--non-interactive`, `--namespace`, `x`. */
  readonly flags: readonly string[];
}

const MODE = /^[a-z0-9][a-z0-9-]*$/i;

/** Reads the words of one command, quotes removed. `more` are names of runners besides those that are known. */
export function sparcCommand(
  words: readonly string[],
  more: readonly string[] = [],
): SparcCommand | undefined {
  let at = npxLength(words);
  const npx = at > 0;
  while (npx && /^(-y|--yes|--no|--no-install|--)$/.test(words[at] ?? '')) at++;
  const runner = withoutTag(words[at] ?? '');
  const subcommand = afterOptions(words, at + 1);
  const named = words[subcommand] === 'sparc';
  if (!isRunner(named ? programName(runner) : runner, more)) return undefined;
  if (!named && programName(runner) !== 'sparc') return undefined;
  at = named ? subcommand + 1 : at + 1;
  if (words[at] === 'run') at++;
  const [mode, ...rest] = words.slice(at);
  const flag = rest.findIndex((word) => word.startsWith('-'));
  const end = flag < 0 ? rest.length : flag;
  if (mode === undefined || !MODE.test(mode) || end === 0) return undefined;
  return { runner, npx, mode, task: rest.slice(0, end).join(' '), flags: rest.slice(end) };
}

/** How many words call npx, or npm as the same: `npm exec`, `npm x`. */
function npxLength(words: readonly string[]): number {
  const program = programName(words[0] ?? '');
  if (program === 'npx') return 1;
  return program === 'npm' && /^(?:exec|x)$/.test(words[1] ?? '') ? 2 : 0;
}

/** Where the word `sparc` stands after options of the runner itself, each of which may have a value; else where these begin. */
function afterOptions(words: readonly string[], from: number): number {
  const sparc = words.indexOf('sparc', from);
  if (sparc < 0) return from;
  const between = words.slice(from, sparc);
  const isOption = (word: string | undefined): boolean => word?.startsWith('-') === true;
  return between.every((word, index) => isOption(word) || isOption(between[index - 1])) ? sparc : from;
}

/** The runner whose SPARC command one of these commands is, whatever is said there of how it is run: `timeout 60 flowx sparc …`. */
export function runnerAmong(
  commands: readonly (readonly string[])[],
  more: readonly string[] = [],
): string | undefined {
  for (const words of commands) {
    const isGivenMore = words.some((word) => /^(?:.*\/)?xargs$/.test(word));
    const found = sparcCommand([...programWords(words), ...(isGivenMore ? ['{}'] : [])], more);
    if (found !== undefined) return found.runner;
  }
  return undefined;
}

/** The runner that npx is to find, whatever it is to do then. */
export function runnerByNpx(words: readonly string[], more: readonly string[] = []): string | undefined {
  return namesByNpx(words).find((name) => isRunner(name, more));
}

/** What npx is to find, without tags: a program and perhaps packages. What it does not find, it downloads. */
export function namesByNpx(words: readonly string[]): readonly string[] {
  return npxWords(words).map((word) => withoutTag(word.replace(/^(?:-p|--package)=/, '')));
}

/** True where npx is told not to ask before it downloads. */
export function saysYesToNpx(words: readonly string[]): boolean {
  return npxWords(words).some((word) => word === '-y' || word === '--yes');
}

/** A command from its program on, also where npx is to find that; without the tag of a version. */
export function calledWords(words: readonly string[]): readonly string[] {
  const own = programWords(words);
  const from = npxLength(own);
  const at = from === 0 ? 0 : own.findIndex((word, index) => index >= from && !word.startsWith('-'));
  const [program, ...rest] = at < 0 ? [] : own.slice(at);
  return program === undefined ? [] : [withoutTag(program), ...rest];
}

/** Of an npx its options and the program; of anything else nothing. */
function npxWords(words: readonly string[]): readonly string[] {
  const own = programWords(words);
  const rest = own.slice(npxLength(own));
  if (rest.length === own.length) return [];
  const program = rest.findIndex((word) => !word.startsWith('-'));
  return rest.slice(0, program < 0 ? rest.length : program + 1);
}

/** Of a shell; a command follows them, as it does the names of functions and of variables. */
const KEYWORDS = new Set(['', '!', '{', 'if', 'elif', 'while', 'until', 'do', 'then', 'else']);
/** Not a variable that gets what a command prints, which begins in this very word. */
const NAMED = /^[A-Za-z_]\w*(?:=(?!\$\([^)]*$|`[^`]*$)|\(\)$)/;

/** Programs that only say how another is run: which of their options take a word more, and how many words follow those. */
const WRAPPERS: Readonly<Record<string, { readonly valued?: RegExp; readonly operands?: number }>> = {
  ...{ command: {}, exec: { valued: /^-a$/ }, nohup: {}, setsid: {}, time: { valued: /^-[fo]$/ } },
  env: { valued: /^-[uC]$/ },
  nice: { valued: /^-n$/ },
  ionice: { valued: /^-[cn]$/ },
  stdbuf: { valued: /^-[ioe]$/ },
  sudo: { valued: /^-[ughpCDRTU]$/ },
  xargs: { valued: /^-[adEILnPs]$/ },
  flock: { valued: /^-[wE]$/, operands: 1 },
  timeout: { valued: /^-[sk]$/, operands: 1 },
};

/** A command from its program on. */
function programWords(words: readonly string[]): readonly string[] {
  let at = 0;
  for (; at < words.length; at++) {
    const word = (words[at] as string).replace(/^\(+/, '');
    if (KEYWORDS.has(word) || NAMED.test(word)) continue;
    const name = programName(word);
    if (!Object.hasOwn(WRAPPERS, name)) break;
    const { valued, operands = 0 } = WRAPPERS[name] ?? {};
    while (words[at + 1]?.startsWith('-')) at += valued?.test(words[at + 1] as string) ? 2 : 1;
    at += operands;
  }
  const [program, ...rest] = words.slice(at);
  return program === undefined ? [] : [program.replace(/^\(+/, ''), ...rest];
}

function withoutTag(name: string): string {
  return name.replace(/(?<=.)@[^@/]*$/, '');
}
