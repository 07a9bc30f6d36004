/** What runs have left in a repository beside their own folders, and how it goes. */
import { readFileSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ALL_BRANCHES, isRunId, runOfBranch } from '../core/branch.js';
import { attemptsIn, branchesBelow } from './branches.js';
import { foldersIn, isThere } from './entries.js';
import type { Git } from './git.js';
import { hasLost } from './lost.js';
import { allWorktrees, hasRun, worktreesOf } from './places.js';
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

/** Where to look: what all worktrees share, our state folder, and others that may hold runs of this repository. */
export interface WorkPlaces {
  readonly commonDir: string;
  readonly stateDir: string;
  readonly otherStateDirs: readonly string[];
}

/**
 * Of all runs that there are traces of and that are asked for, by the id of the run; none that only another state folder has, or
 * one on a disk that is not there now. Changes nothing.
 */
export async function leftWork(
  git: Git,
  { commonDir, stateDir, otherStateDirs }: WorkPlaces,
  isAsked: (run: string) => boolean = () => true,
): Promise<Map<string, LeftWork>> {
  const left = new Map<string, LeftWork>();
  const all = allWorktrees(stateDir);
  const entries = entriesIn(commonDir);
  const here = foldersIn(all);
  const elsewhere = new Set(entries.flatMap(({ run, place }) => (place === 'gone' ? [] : [run])));
  const others = new Set([...otherStateDirs, ...entries.map((entry) => entry.stateDir)]);
  const isOurs = (run: string): boolean => {
    if (here.includes(run) || hasRun(stateDir, run)) return true;
    return !elsewhere.has(run) && ![...others].some((other) => hasRun(other, run));
  };
  const isMeant = (run: string): boolean => isAsked(run) && isOurs(run);
  const add = (run: string, change: (before: LeftWork) => Partial<LeftWork>): void => {
    const before = left.get(run) ?? { run, ...NOTHING };
    left.set(run, { ...before, ...change(before) });
  };
  for (const run of here.filter(isMeant)) {
    const folder = join(all, run);
    const worktrees = foldersIn(folder).length;
    add(run, () => ({ folder, worktrees, isUnsaved: hasLost(folder) }));
  }
  for (const { run, folder, place } of entries)
    if (place === 'gone' && isMeant(run))
      add(run, (before) => ({ folder: before.folder ?? folder, forgotten: before.forgotten + 1 }));
  for (const name of (await branchesBelow(git, ALL_BRANCHES)).keys()) {
    const run = runOfBranch(name);
    if (run === undefined || !isMeant(run)) continue;
    const branch = { name, isMerged: await isMerged(git, run, name) };
    add(run, ({ branches }) => ({ branches: [...branches, branch] }));
  }
  return left;
}

const NOTHING = { folder: undefined, worktrees: 0, forgotten: 0, isUnsaved: false, branches: [] } as const;

/** Tops of all trees of the repository, the user's own too, as git has them noted: they may be gone. */
export async function treesOf(git: Git): Promise<string[]> {
  const listed = await git.list(['worktree', 'list', '--porcelain', '-z']);
  return listed.flatMap((line) => /^worktree (.*)$/s.exec(line)?.[1] ?? []);
}

/** What git keeps of a worktree of ours. */
interface Entry {
  readonly run: string;
  readonly stateDir: string;
  /** With all worktrees of the run. */
  readonly folder: string;
  /** `unseen`: its state folder may lie on a disk that is not there now. */
  readonly place: 'there' | 'gone' | 'unseen';
}

/** By their paths, `worktrees/RUN/TASK.ATTEMPT`; not one that somebody is just making, which git has locked. */
function entriesIn(commonDir: string): Entry[] {
  const all = join(commonDir, 'worktrees');
  return foldersIn(all).flatMap((name) => {
    const worktree = dirname(worktreeOf(all, name));
    const folder = dirname(worktree);
    const stateDir = dirname(dirname(folder));
    const run = basename(folder);
    if (!isRunId(run) || folder !== worktreesOf(stateDir, run)) return [];
    if (isThere(join(all, name, 'locked'))) return [];
    const place = isThere(worktree) ? 'there' : isThere(dirname(stateDir)) ? 'gone' : 'unseen';
    return [{ run, stateDir, folder, place }];
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

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
