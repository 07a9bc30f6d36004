/** Commits that an attempt has made and put elsewhere than into its worktree, as git itself notes where it has been. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_BRANCHES } from '../core/branch.js';
import type { Aside } from '../core/changes.js';
import type { AttemptRef } from '../core/ports.js';
import { isAncestor } from './ancestry.js';
import { branchesBelow } from './branches.js';
import type { Git } from './git.js';
import { isNothingNew } from './merge.js';
import type { Workspace } from './workspace.js';
import { adminOf, headOf } from './worktree.js';

/** What is in the stash now, the oldest first. All worktrees share it. */
export function stashOf({ repository }: Workspace): string[] {
  return movesIn(join(repository.commonDir, 'logs', 'refs', 'stash')).map(({ to }) => to);
}

/** What has come into the stash since, or gone. */
export function stashChanges(workspace: Workspace, before: readonly string[]): Aside[] {
  const now = stashOf(workspace);
  const beyond = (some: readonly string[], others: readonly string[]): string[] =>
    some.filter((commit) => !others.includes(commit));
  return [
    ...beyond(now, before).map((commit): Aside => ({ kind: 'stashed', commit })),
    ...beyond(before, now).map((commit): Aside => ({ kind: 'unstashed', commit })),
  ];
}

/** What an attempt began in, and what it has left: the commit that was made of it, or where it began. */
export interface Span extends AttemptRef {
  readonly base: string;
  readonly tip: string;
}

/** Commits that it has made and gone away from, the newest first, but what its worktree or an other of them holds. */
export async function leftCommits({ git, places, repository }: Workspace, span: Span): Promise<Aside[]> {
  const admin = adminOf(repository.commonDir, places.worktree(span));
  if (admin === undefined) return [];
  const moves = movesIn(join(admin, 'logs', 'HEAD'));
  const made = new Set(moves.filter(({ why }) => !GOES_AWAY.test(why)).map(({ to }) => to));
  const away = moves.filter(({ from, why }) => GOES_AWAY.test(why) && made.has(from) && from !== span.base);
  const head = headOf(repository.commonDir, places.worktree(span)) ?? span.base;
  const found: Aside[] = [];
  for (const { from: commit, why } of away.reverse()) {
    const holders = [head, ...found.map((other) => other.commit)];
    if ((await isIn(git, commit, holders)) || (await isInWork(git, commit, span))) continue;
    const branch = await branchWith(git, commit);
    // Without a branch, `git reset` undoes what is to be undone.
    if (branch !== undefined) found.push({ kind: 'left', commit, branch });
    else if (!why.startsWith('reset')) found.push({ kind: 'left', commit });
  }
  return found;
}

/** How git notes that something else was checked out. All other moves make commits. */
const GOES_AWAY = /^(checkout|reset):/;

interface Move {
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** `from to name <mail> time zone TAB why`, the oldest first. */
function movesIn(file: string): Move[] {
  return linesOf(file).map((line) => {
    const [from = '', to = ''] = line.split(' ', 2);
    return { from, to, why: line.slice(line.indexOf('\t') + 1) };
  });
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // It is there since something was noted.
    return [];
  }
}

async function isIn(git: Git, commit: string, others: readonly string[]): Promise<boolean> {
  for (const other of others) if (await isAncestor(git, commit, other)) return true;
  return false;
}

/** Whether it has brought the same into its worktree. */
async function isInWork(git: Git, commit: string, { base, tip }: Span): Promise<boolean> {
  const { code, stdout } = await git.ask(['merge-base', '--', base, commit]);
  const common = code === 0 ? stdout.toString().trim() : base;
  // What cannot be compared is told.
  return isNothingNew(git, tip, { base: common, commit }).catch(() => false);
}

/** A branch that is none of ours. */
async function branchWith(git: Git, commit: string): Promise<string | undefined> {
  const branches = await branchesBelow(git, '', `--contains=${commit}`).catch(() => new Map());
  return [...branches.keys()].find((name) => !name.startsWith(ALL_BRANCHES));
}
