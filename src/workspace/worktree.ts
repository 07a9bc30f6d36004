/** The worktree of one attempt: how it comes and how it goes, whatever its task did to it. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AttemptRef } from '../core/ports.js';
import { type Git, GitFault } from './git.js';
import { copyIndex } from './index-copy.js';
import type { Workspace } from './workspace.js';

/** Makes it, with the files of the commit, and a copy of its index for ourselves. */
export async function addWorktree(
  { git, places, repository }: Workspace,
  ref: AttemptRef,
  base: string,
): Promise<void> {
  const path = places.worktree(ref);
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  const registered = afterOthers.then(() => register(git, path, base));
  afterOthers = registered.catch(() => undefined);
  await registered;
  await git.in(path).run(['reset', '--hard', '--quiet', '--no-recurse-submodules']);
  const admin = adminOf(repository.commonDir, path);
  if (admin === undefined) throw new Error(`git made no worktree in ${path}`);
  copyIndex(join(admin, 'index'), places.index(ref));
}

/** Git looks at all worktrees when it makes one, and fails at another one that is only half made. */
let afterOthers: Promise<unknown> = Promise.resolve();
const MOST_TRIES = 5;
const PAUSE_MILLIS = 50;

async function register(git: Git, path: string, base: string): Promise<void> {
  const args = ['worktree', 'add', '--quiet', '--detach', '--force', '--no-checkout', path, base];
  for (let tries = 1; ; tries++) {
    const { code, fault } = await git.ask(args);
    if (code === 0) return;
    // Another run, or a task, makes one at this moment.
    if (tries === MOST_TRIES || !fault.includes('worktrees/')) throw new GitFault(args, fault);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
  }
}

/** Takes it away; without git, which wants it to be as it was made. */
export async function removeWorktree(commonDir: string, path: string): Promise<void> {
  try {
    await rm(path, GONE);
  } catch {
    // A task has closed a folder of its own.
    openFolders(path);
    await rm(path, GONE);
  }
  const admin = adminOf(commonDir, path);
  if (admin !== undefined) rmSync(admin, { recursive: true, force: true });
}

const GONE = { recursive: true, force: true, maxRetries: 3, retryDelay: 100 };

function openFolders(path: string): void {
  chmodSync(path, 0o700);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) openFolders(join(path, entry.name));
}

/** What the repository keeps of the worktree: the folder whose `gitdir` leads there. Not what the worktree says, for it is the task's. */
export function adminOf(commonDir: string, path: string): string | undefined {
  const dotGit = resolve(path, '.git');
  const all = join(commonDir, 'worktrees');
  return names(all)
    .map((name) => join(all, name))
    .find((folder) => resolve(folder, textOf(join(folder, 'gitdir')).trimEnd()) === dotGit);
}

/** The commit that is checked out there, or undefined: the task did something strange to it. */
export function headOf(commonDir: string, path: string): string | undefined {
  const admin = adminOf(commonDir, path);
  const head = admin === undefined ? '' : textOf(join(admin, 'HEAD')).trimEnd();
  return head.replace(/^ref: /, '') || undefined;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
