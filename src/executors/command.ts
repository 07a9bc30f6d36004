/** How work becomes a program and its arguments. Pure. */
import { basename } from 'node:path';
import { mostArgumentBytes, tooLongFor } from '../core/argument.js';
import type { Command, Prompt } from '../core/plan.js';
import { promptArguments } from '../sparc/runners.js';

/** The shell of a command that names none. */
export const DEFAULT_SHELL: readonly string[] = ['sh', '-c'];

export type Invocation =
  | {
      readonly kind: 'ready';
      readonly file: string;
      readonly args: readonly string[];
      readonly script?: string;
    }
  | { readonly kind: 'impossible'; readonly message: string };

/** A command goes to its shell, a prompt to its runner, and through no shell. */
export function invocation(
  work: Command | Prompt,
  scriptPath: string,
  platform: NodeJS.Platform,
): Invocation {
  return work.kind === 'command'
    ? shellCall(work, scriptPath, mostArgumentBytes(platform))
    : runnerCall(work, platform);
}

function runnerCall({ text, mode, runner }: Prompt, platform: NodeJS.Platform): Invocation {
  if (runner === undefined) return impossible('the plan names no SPARC runner for the prompt');
  if ([text, mode, runner].some((part) => part.includes('\0')))
    return impossible('the prompt holds a NUL character, which no process can be given');
  // A filled-in value of another task may have made it so; else it was found before the run.
  const tooLong = tooLongFor(runner, text, platform);
  if (tooLong !== undefined) return impossible(`${tooLong}; put it into a file and name that in the prompt`);
  return { kind: 'ready', file: runner, args: promptArguments(runner, { mode, text }) };
}

/** A text that is too long for an argument is handed to the shell as the file `scriptPath`: `script` is its content. */
function shellCall({ text, shell = DEFAULT_SHELL }: Command, scriptPath: string, most: number): Invocation {
  const [file, ...options] = shell;
  if (file === undefined || file === '') return impossible('the shell has no name');
  if ([text, ...shell].some((part) => part.includes('\0')))
    return impossible('the command holds a NUL character, which no process can be given');
  if (Buffer.byteLength(text) <= most) {
    const end = /^[-+]/.test(text) && takesOptions(file, options) ? ['--'] : [];
    return { kind: 'ready', file, args: [...options, ...end, text] };
  }
  const withFile = optionsForFile(file, options);
  if (withFile === undefined) {
    return impossible(
      `the command is ${inKilobytes(text)} long, which is too long for an argument of ${shell.join(' ')}; put it into a file`,
    );
  }
  return { kind: 'ready', file, args: [...withFile, scriptPath], script: text };
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'busybox']);
/** How other interpreters are told that the next argument is the program. */
const EVALUATE: Readonly<Record<string, readonly string[]>> = {
  python: ['-c'],
  python3: ['-c'],
  node: ['-e', '--eval'],
  perl: ['-e'],
  ruby: ['-e'],
};

/** A shell reads options after its `-c` too, so that a text that begins like one would be taken for it. */
function takesOptions(file: string, options: readonly string[]): boolean {
  return SHELLS.has(nameOf(file)) && /^-[A-Za-z]*c$/.test(options.at(-1) ?? '');
}

function nameOf(file: string): string {
  return basename(file).replace(/\.exe$/i, '');
}

/** The options with which the same interpreter runs a file; undefined when that is not known. */
function optionsForFile(file: string, options: readonly string[]): readonly string[] | undefined {
  const last = options.at(-1) ?? '';
  const others = options.slice(0, -1);
  if (takesOptions(file, options)) return last === '-c' ? others : [...others, last.slice(0, -1)];
  return EVALUATE[nameOf(file)]?.includes(last) === true ? others : undefined;
}

function inKilobytes(text: string): string {
  return `${Math.round(Buffer.byteLength(text) / 1000)} kB`;
}

function impossible(message: string): Invocation {
  return { kind: 'impossible', message };
}
