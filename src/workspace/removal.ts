/** What runs have left in a repository beside their own folders, and how it goes. */
import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { ALL_BRANCHES, runOfBranch } from '../core/branch.js';
import type { Git } from './git.js';
import { allWorktrees } from './places.js';
import { removeWorktree } from './worktree.js';

/** A branch of ours. `isMerged`: the user has all of it on a branch of his own, or checked out. */
export interface LeftBranch {
  readonly name: string;
  readonly isMerged: boolean;
}

/** What one run has left. */
export interface LeftWork {
  readonly run: string;
  /** The folder with its worktrees; undefined: it is gone. */
  readonly folder: string | undefined;
  readonly branches: readonly LeftBranch[];
}

/** Of all runs that there are traces of, by the id of the run. Changes nothing. */
export async function leftWork(git: Git, stateDir: string): Promise<Map<string, LeftWork>> {
  const all = allWorktrees(stateDir);
  const left = new Map<string, LeftWork>();
  for (const run of names(all)) left.set(run, { run, folder: join(all, run), branches: [] });
  const refs = await git.line(['for-each-ref', '--format=%(refname:lstrip=2)', `refs/heads/${ALL_BRANCHES}`]);
  for (const name of refs.split('\n')) {
    const run = runOfBranch(name);
    if (run === undefined) continue;
    const before = left.get(run) ?? { run, folder: undefined, branches: [] };
    const branch = { name, isMerged: await isMerged(git, name) };
    left.set(run, { ...before, branches: [...before.branches, branch] });
  }
  return left;
}

/** Whether no commit of it would be lost: each is on a branch that is not ours, here or as a remote one was seen. */
async function isMerged(git: Git, branch: string): Promise<boolean> {
  const own = ['--not', `--exclude=${ALL_BRANCHES}*`, '--branches', '--remotes', 'HEAD'];
  const alone = await git.ask(['rev-list', '--max-count=1', `refs/heads/${branch}`, ...own, '--']);
  return alone.code === 0 && alone.stdout.length === 0;
}

/** Takes the worktrees of a run away, with what git keeps of them. Whatever lies in them is lost. */
export async function removeWorktrees(commonDir: string, folder: string): Promise<void> {
  for (const { name, isFolder } of entries(folder))
    if (isFolder) await removeWorktree(commonDir, join(folder, name));
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
  for (const name of names(all)) {
    const path = resolve(all, name, textOf(join(all, name, 'gitdir')).trimEnd());
    if (path.startsWith(folder + sep) && lstatSync(path, { throwIfNoEntry: false }) === undefined)
      rmSync(join(all, name), { recursive: true, force: true });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function names(folder: string): string[] {
  return entries(folder)
    .filter(({ isFolder }) => isFolder)
    .map(({ name }) => name);
}

function entries(folder: string): { readonly name: string; readonly isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    }));
  } catch {
    return [];
  }
}
