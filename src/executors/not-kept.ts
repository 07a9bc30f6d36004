/** Tells what a task has made and no merge will take: what git ignores goes with the worktree, and commits lie elsewhere. */
import { appendFileSync } from 'node:fs';
import { type Aside, asideText, type NotKept, notKeptText } from '../core/changes.js';
import type { AttemptRef } from '../core/ports.js';
import { leftCommits, type Span, stashChanges } from '../workspace/aside.js';
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
  addLine(log, notKeptText(notKept));
  return notKept;
}

/** The same for its commits. `stash`: what was in the stash before it began. */
export async function tellAside(
  workspace: Workspace,
  span: Span,
  { stash, log, secretForms }: Omit<Leaving, 'before'> & { readonly stash: readonly string[] },
): Promise<readonly Aside[] | undefined> {
  const found = [...(await leftCommits(workspace, span)), ...stashChanges(workspace, stash)];
  const told = found.map((aside) =>
    aside.kind === 'left' && aside.branch !== undefined
      ? { ...aside, branch: masked(aside.branch, secretForms) }
      : aside,
  );
  for (const aside of told) addLine(log, asideText(aside));
  return told.length === 0 ? undefined : told;
}

function addLine(log: string, text: string): void {
  const start = (logEnd(log).at(-1) ?? LINE_END) === LINE_END ? '' : '\n';
  appendFileSync(log, `${start}${text}\n`, { mode: 0o600 });
}
