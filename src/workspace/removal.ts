/** What runs have left in a repository beside their own folders, and how it goes. */
import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ALL_BRANCHES, isRunId, runOfBranch } from '../core/branch.js';
import { attemptsIn, branchesBelow } from './branches.js';
import type { Git } from './git.js';
import { hasLost } from './lost.js';
import { allWorktrees, worktreesOf } from './places.js';
import { removeWorktree } from './worktree.js';

/** A branch of ours. `isMerged`: the user has all of it on a branch of his own, or checked out. */
export interface LeftBranch {
  readonly name: string;
  readonly isMerged: boolean;
}

/** What one run has left. */
export interface LeftWork {
  readonly run: string;
  /** The folder for its worktrees, which may be gone; undefined: nothing is known of it. */
  readonly folder: string | undefined;
  readonly worktrees: number;
  /** Worktrees that are gone, of which git still keeps something. */
  readonly forgotten: number;
  /** Whether one of them holds what no commit does: a resume would make it. */
  readonly isUnsaved: boolean;
  readonly branches: readonly LeftBranch[];
}

/** Of all runs that there are traces of and that are asked for, by the id of the run. Changes nothing. */
export async function leftWork(
  git: Git,
  commonDir: string,
  stateDir: string,
  isAsked: (run: string) => boolean = () => true,
): Promise<Map<string, LeftWork>> {
  const left = new Map<string, LeftWork>();
  const all = allWorktrees(stateDir);
  const entries = entriesIn(commonDir);
  const here = foldersIn(all);
  // They work for another state folder.
  const elsewhere = new Set(entries.flatMap(({ run, isThere }) => (isThere ? [run] : [])));
  for (const run of here) elsewhere.delete(run);
  const add = (run: string, change: (before: LeftWork) => Partial<LeftWork>): void => {
    if (elsewhere.has(run) || !isAsked(run)) return;
    const before = left.get(run) ?? { run, ...NOTHING };
    left.set(run, { ...before, ...change(before) });
  };
  for (const run of here) {
    const folder = join(all, run);
    const worktrees = foldersIn(folder).length;
    add(run, () => ({ folder, worktrees, isUnsaved: hasLost(folder) }));
  }
  for (const { run, folder, isThere } of entries)
    if (!isThere)
      add(run, (before) => ({ folder: before.folder ?? folder, forgotten: before.forgotten + 1 }));
  for (const name of (await branchesBelow(git, ALL_BRANCHES)).keys()) {
    const run = runOfBranch(name);
    if (run === undefined || elsewhere.has(run) || !isAsked(run)) continue;
    const branch = { name, isMerged: await isMerged(git, run, name) };
    add(run, ({ branches }) => ({ branches: [...branches, branch] }));
  }
  return left;
}

const NOTHING = { folder: undefined, worktrees: 0, forgotten: 0, isUnsaved: false, branches: [] } as const;

/** What git keeps of a worktree of ours. */
interface Entry {
  readonly run: string;
  /** With all worktrees of the run. */
  readonly folder: string;
  readonly isThere: boolean;
}

/** By their paths, `worktrees/RUN/TASK.ATTEMPT`; not one that somebody is just making, which git has locked. */
function entriesIn(commonDir: string): Entry[] {
  const all = join(commonDir, 'worktrees');
  return foldersIn(all).flatMap((name) => {
    const worktree = dirname(worktreeOf(all, name));
    const folder = dirname(worktree);
    const run = basename(folder);
    if (!isRunId(run) || folder !== worktreesOf(dirname(dirname(folder)), run)) return [];
    if (isThere(join(all, name, 'locked'))) return [];
    return [{ run, folder, isThere: isThere(worktree) }];
  });
}

/** What the user has: branches that are not ours, here or as remote ones were seen, and what is checked out. */
const USERS = [`--exclude=${ALL_BRANCHES}*`, '--branches', '--remotes', 'HEAD'];

/** Whether no work of it would be lost: the user has each of its commits, as it is or made again. */
async function isMerged(git: Git, run: string, branch: string): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const listed = await git.ask(['rev-list', '--parents', ref, '--not', ...USERS, '--']);
  if (listed.code !== 0) return false;
  const alone = listed.stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  const [, before] = alone.at(-1)?.split(' ') ?? [];
  if (alone.length === 0) return true;
  if (before === undefined) return false;
  const own = await attemptsIn(git, run, [`${before}..${ref}`]);
  if (own.size < alone.length) return false;
  const taken = await attemptsIn(git, run, [...USERS, `^${before}`]);
  return [...own].every((attempt) => taken.has(attempt));
}

/** Takes the worktrees of a run away, with what git keeps of them. Whatever lies in them is lost. */
export async function removeWorktrees(commonDir: string, folder: string): Promise<void> {
  for (const name of foldersIn(folder)) await removeWorktree(commonDir, join(folder, name));
  await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
  forgetGone(commonDir, folder);
  try {
    rmdirSync(join(folder, '..'));
  } catch {
    // Other runs have some there.
  }
}

/** Deletes branches, but one that somebody has checked out. Gives those that are still there. */
export async function removeBranches(git: Git, branches: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  for (const branch of branches)
    if ((await git.ask(['branch', '--delete', '--force', '--quiet', '--', branch])).code !== 0)
      kept.push(branch);
  return kept;
}

/** What the repository keeps of worktrees below a folder that is gone; nothing of other people's. */
function forgetGone(commonDir: string, folder: string): void {
  const all = join(commonDir, 'worktrees');
  for (const name of foldersIn(all)) {
    const path = worktreeOf(all, name);
    if (path.startsWith(folder + sep) && !isThere(path))
      rmSync(join(all, name), { recursive: true, force: true });
  }
}

/** The `.git` of the worktree that git keeps under this name. */
function worktreeOf(all: string, name: string): string {
  return resolve(all, name, textOf(join(all, name, 'gitdir')).trimEnd());
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Names of the folders in a folder; none where it is gone. */
function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
