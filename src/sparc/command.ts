/** Recognises `[npx] RUNNER[@tag] sparc [run] MODE TASK [flags]`, and the same beginning with a bare `sparc`. */
import { isRunner } from './runners.js';

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
  let at = 0;
  const npx = words[at] === 'npx';
  if (npx) at++;
  while (npx && /^(-y|--yes|--no|--no-install|--)$/.test(words[at] ?? '')) at++;
  const runner = withoutTag(words[at] ?? '');
  if (!isRunner(runner, more)) return undefined;
  const bare = runner === 'sparc' && words[at + 1] !== 'sparc';
  at += bare ? 1 : 2;
  if (!bare && words[at - 1] !== 'sparc') return undefined;
  if (words[at] === 'run') at++;
  const [mode, ...rest] = words.slice(at);
  const flag = rest.findIndex((word) => word.startsWith('-'));
  const end = flag < 0 ? rest.length : flag;
  if (mode === undefined || !MODE.test(mode) || end === 0) return undefined;
  return { runner, npx, mode, task: rest.slice(0, end).join(' '), flags: rest.slice(end) };
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

/** Of an npx its options and the program; of anything else nothing. */
function npxWords(words: readonly string[]): readonly string[] {
  const [first, ...rest] = programWords(words);
  if (first !== 'npx') return [];
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
    const name = word.replace(/^.*\//, '');
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
