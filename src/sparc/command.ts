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

/** The runner that npx is to find, whatever it is to do then. */
export function runnerByNpx(words: readonly string[], more: readonly string[] = []): string | undefined {
  return namesByNpx(words).find((name) => isRunner(name, more));
}

/** What npx is to find, without tags: a program and perhaps packages. What it does not find, it downloads. */
export function namesByNpx(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  if (words[start] !== 'npx') return [];
  const rest = words.slice(start + 1);
  const program = rest.findIndex((word) => !word.startsWith('-'));
  return rest
    .slice(0, program < 0 ? rest.length : program + 1)
    .map((word) => withoutTag(word.replace(/^(?:-p|--package)=/, '')));
}

function withoutTag(name: string): string {
  return name.replace(/(?<=.)@[^@/]*$/, '');
}
