/** Recognises `[npx] RUNNER[@tag] sparc [run] MODE 'TASK' [flags]`, and the same beginning with a bare `sparc`. */
import { RUNNERS } from './vocabulary.js';

export interface SparcCommand {
  /** As written, without its tag: `flowx`, `./claude-flow`, `sparc`. */
  readonly runner: string;
  /** `npx` is to find it. */
  readonly npx: boolean;
  readonly mode: string;
}

const MODE = /^[a-z][a-z0-9-]*$/i;

/** Reads the words of a text, quotes removed. */
export function sparcCommand(words: readonly string[]): SparcCommand | undefined {
  let at = 0;
  const npx = words[at] === 'npx';
  if (npx) at++;
  while (npx && /^(-y|--yes|--no|--no-install|--)$/.test(words[at] ?? '')) at++;
  const runner = (words[at] ?? '').replace(/(?<=.)@[^@/]*$/, '');
  if (!isRunner(runner)) return undefined;
  const bare = runner === 'sparc' && words[at + 1] !== 'sparc';
  at += bare ? 1 : 2;
  if (!bare && words[at - 1] !== 'sparc') return undefined;
  if (words[at] === 'run') at++;
  const mode = words[at];
  const task = words[at + 1];
  if (mode === undefined || !MODE.test(mode) || task === undefined || task.startsWith('-')) return undefined;
  return { runner, npx, mode };
}

/** True for the name of a runner, also as `./name`. */
export function isRunner(word: string): boolean {
  return RUNNERS.has(word.startsWith('./') ? word.slice(2) : word);
}
