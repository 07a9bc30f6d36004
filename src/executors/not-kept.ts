/** Tells what a task has made and git ignores: it goes with the worktree. */
import { appendFileSync } from 'node:fs';
import { type NotKept, notKeptText } from '../core/changes.js';
import type { AttemptRef } from '../core/ports.js';
import { ignoredIn } from '../workspace/ignored.js';
import type { Workspace } from '../workspace/workspace.js';
import { logEnd } from './log-end.js';
import { masked } from './mask.js';

const MOST_NAMED = 3;
const LINE_END = 10;

export interface Leaving {
  /** What was ignored there before the task began. */
  readonly before: readonly string[];
  readonly log: string;
  readonly secretForms: readonly Buffer[];
}

/** A line in its log, and the same for the journal; undefined: there is nothing. */
export async function tellNotKept(
  workspace: Workspace,
  ref: AttemptRef,
  { before, log, secretForms }: Leaving,
): Promise<NotKept | undefined> {
  const known = new Set(before);
  const made = (await ignoredIn(workspace, ref)).filter((path) => !known.has(path));
  if (made.length === 0) return undefined;
  const names = made.slice(0, MOST_NAMED).map((name) => masked(name, secretForms));
  const notKept = { names, omitted: made.length - names.length };
  const start = (logEnd(log).at(-1) ?? LINE_END) === LINE_END ? '' : '\n';
  appendFileSync(log, `${start}${notKeptText(notKept)}\n`, { mode: 0o600 });
  return notKept;
}
