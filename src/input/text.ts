/**
 * The text rule: what a text of the user is, a command for a shell or a prompt for an agent. Where it could be
 * either, it is refused with both ways to say it, for a wrong guess runs something or costs money.
 */
import { type Problem, problem } from '../core/problem.js';
import { quotedText } from '../core/shell-word.js';
import { namesByNpx, sparcCommand } from '../sparc/command.js';
import { modeNamed } from '../sparc/modes.js';
import { isRunner, runnerNames } from '../sparc/runners.js';
import type { Machine } from './machine.js';
import { couldExist } from './paths.js';
import { allCommands } from './shell-commands.js';
import { firstCommand, readShell, type ShellText, type ShellWord } from './shell-words.js';
import { runnerIn } from './sparc-work.js';
import { isOneLetterAway } from './typo.js';
import { BRACKETS, BUILTINS, EVERYDAY, IDLE, KEYWORDS, PROSE, TESTS, TOOLS } from './vocabulary.js';

/** Values of `run`, `--task` and `--tasks` stand for commands; those of steps, groups and variants for work to be done. */
export type Position = 'command' | 'step';

export type Classified =
  /** `runner`: that of a SPARC command in it, or one that npx is to find for something else. */
  | { readonly kind: 'command'; readonly text: string; readonly runner?: string }
  | { readonly kind: 'prompt'; readonly text: string; readonly mode?: string }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** What the rule must know of the machine. */
type Words = Pick<Machine, 'resolves' | 'moreRunners' | 'ownModes'>;

/** Applies the rules in order; the first that says something decides. */
export function classify(text: string, position: Position, machine: Words): Classified {
  const fault = unusable(text) ?? placeholder(text);
  if (fault !== undefined) return { kind: 'refused', problem: fault };
  const said = prefixed(text, machine);
  if (said !== undefined) return said;

  const shell = readShell(text, { prose: false });
  const first = shell.words[0];
  const words = firstCommand(shell.words);
  const sparc = sparcCommand(words, machine.moreRunners);
  if (sparc !== undefined) return { kind: 'command', text, runner: sparc.runner };
  const missed = missedByNpx(text, machine);
  if (missed !== undefined)
    return refuse(
      text,
      `asks npx for ${JSON.stringify(missed.name)}, which it would download`,
      missed.runner,
    );

  const prose = readShell(text, { prose: true }).words;
  if (first !== undefined && resolves(first, shell.words, machine)) {
    if (readsAsProse(prose)) return refuse(text, 'reads as prose but begins with a command');
    if (isIdle(shell))
      return refuse(text, `asks a shell for nothing but "${first.text}", which does nothing by itself`);
    return commandIn(text, machine);
  }
  const meant = first === undefined ? undefined : intendedTool(first.text, words[1], machine);
  if (meant !== undefined)
    return refuse(text, `begins with ${JSON.stringify(first?.text)}, which is no command`, meant);
  const found = unresolved(text, position, shell, prose);
  return found.kind === 'command' ? commandIn(text, machine) : found;
}

function commandIn(text: string, { moreRunners }: Words): Classified {
  const runner = runnerIn(text, moreRunners);
  return { kind: 'command', text, ...(runner === undefined ? {} : { runner }) };
}

function unresolved(
  text: string,
  position: Position,
  shell: ShellText,
  prose: readonly ShellWord[],
): Classified {
  if (shell.signs)
    return position === 'step'
      ? { kind: 'prompt', text }
      : refuse(text, 'holds signs of a shell but begins with no command');
  if (prose.some(isOptionWord))
    return position === 'command'
      ? { kind: 'command', text }
      : refuse(text, 'has an option but begins with no command');
  return { kind: position === 'command' ? 'command' : 'prompt', text };
}

/** What keeps a text from being anything at all. */
export function unusable(text: string): Problem | undefined {
  if (text.trim() === '') return problem('a text is empty', 'write what is to be run');
  if (text.includes('\0')) return problem(`${shown(text)} holds a NUL character`, 'leave it out');
  return undefined;
}

/** Guides write it where texts are left out. */
function placeholder(text: string): Problem | undefined {
  if (!/^\s*(?:\.\.\.|…)\s*$/.test(text)) return undefined;
  return problem(
    `${shown(text)} stands for a text that was left out`,
    'write what is to be run in its place',
  );
}

/** It says itself what it is. */
export function isPrefixed(text: string, machine: Words): boolean {
  return prefixed(text, machine) !== undefined;
}

/** `sh:`, `prompt:` and `MODE:` say what the rest is. */
function prefixed(text: string, { ownModes }: Words): Classified | undefined {
  const match = /^\s*([a-z0-9-]+):/i.exec(text);
  const prefix = match?.[1] ?? '';
  const mode = modeNamed(prefix, ownModes?.modes);
  if (match === null || (prefix !== 'sh' && prefix !== 'prompt' && mode === undefined)) return undefined;
  const rest = text.slice(match[0].length).trimStart();
  if (rest === '')
    return { kind: 'refused', problem: problem(`nothing follows "${prefix}:"`, 'write what is to be run') };
  if (prefix === 'sh') return { kind: 'command', text: rest };
  return { kind: 'prompt', text: rest, ...(mode === undefined ? {} : { mode }) };
}

function resolves(first: ShellWord, words: readonly ShellWord[], machine: Words): boolean {
  const { text, raw, plain } = first;
  if (plain && BRACKETS.has(text)) return true;
  if (/^[A-Za-z_]\w*=/.test(raw)) return true;
  const closing = plain ? KEYWORDS.get(text) : undefined;
  if (closing !== undefined) return words.some((word) => word.plain && word.text === closing);
  if (isRunner(text, machine.moreRunners) || BUILTINS.has(text) || TOOLS.has(text)) return true;
  return couldExist(text) && machine.resolves(text);
}

function readsAsProse(words: readonly ShellWord[]): boolean {
  const first = words[0]?.text;
  if (words.length < 3 || first === 'echo' || first === 'printf' || words.some(isOptionWord)) return false;
  return words.slice(1).some((word) => {
    const bare = word.text.toLowerCase().replace(/[.,:!?)]+$/, '');
    return word.plain && PROSE.has(bare) && !(bare === 'for' && word.leads);
  });
}

/** All that it asks of a shell is a builtin that does nothing for anybody, as in `test login`, `set up CI`. */
function isIdle({ words, signs }: ShellText): boolean {
  const [first, ...rest] = words;
  if (first === undefined || signs || rest.some((word) => word.leads)) return false;
  if (TESTS.has(first.text)) return !rest.some((word) => word.expands || isOperator(word));
  return IDLE.has(first.text);
}

/** Of `test`: `-f`, `=`, `!`. */
function isOperator({ raw }: ShellWord): boolean {
  return /^(?:-[a-z]{1,2}|!?=|==|=~|!|\\[<>])$/i.test(raw);
}

function isOptionWord({ raw }: ShellWord): boolean {
  return /^--?[\p{L}\p{N}]/u.test(raw);
}

/** The runner or tool that a first word misses by one letter. */
function intendedTool(word: string, next: string | undefined, { moreRunners }: Words): string | undefined {
  if (next !== 'sparc' && EVERYDAY.has(word.toLowerCase())) return undefined;
  return [...runnerNames(moreRunners), ...TOOLS].find((tool) => isOneLetterAway(word, tool));
}

/** What npx would look for, and the runner that it misses by one letter: the name is free for anyone to register. */
function missedByNpx(
  text: string,
  { moreRunners }: Words,
): { readonly name: string; readonly runner: string } | undefined {
  if (!/np[mx]/.test(text)) return undefined;
  for (const words of allCommands(text))
    for (const name of namesByNpx(words)) {
      if (isRunner(name, moreRunners) || (EVERYDAY.has(name) && !words.includes('sparc'))) continue;
      const runner = runnerNames(moreRunners).find((known) => isOneLetterAway(name, known));
      if (runner !== undefined) return { name, runner };
    }
  return undefined;
}

function refuse(text: string, why: string, meant?: string): Classified {
  const start = cut(text.trimStart(), 40);
  const both = `${quotedText(`sh: ${start}`)} runs it as a command, ${quotedText(`prompt: ${start}`)} would hand it to an agent`;
  return {
    kind: 'refused',
    problem: problem(
      `${shown(text)} ${why}`,
      meant === undefined ? both : `did you mean ${meant}? else ${both}`,
    ),
  };
}

function shown(text: string): string {
  return JSON.stringify(cut(text, 80));
}

function cut(text: string, length: number): string {
  const line = text.slice(0, 4 * length).replace(/\s+/g, ' ');
  return line.length > length ? `${[...line].slice(0, length).join('')}…` : line;
}
