/** Files that git ignores and that tasks need all the same, from the user's tree to a worktree. */
import { constants, realpathSync } from 'node:fs';
import { copyFile, lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { Git } from './git.js';
import type { Workspace } from './workspace.js';

/** How many files are copied at the same time. */
const AT_ONCE = 16;

export interface Copying {
  /** Patterns of git (`**` for any folders), relative to `from`. */
  readonly patterns: readonly string[];
  /** The folder of the run's tasks in the user's tree. */
  readonly from: string;
  /** The top of the worktree. */
  readonly to: string;
  /** Nothing below is copied: it is ours. */
  readonly stateDir: string;
}

/** Files that are in the worktree already stay as they are. Links are copied as links, and only those that stay inside. */
export async function copyIgnored({ git, repository }: Workspace, copying: Copying): Promise<void> {
  const { patterns, from, to, stateDir } = copying;
  if (patterns.length === 0) return;
  const { top } = repository;
  const listed = await git.in(from).list(ignoredLike(patterns));
  const paths = listed.filter((path) => !isWithin(join(top, path), stateDir));
  const folders = new Map<string, Promise<boolean>>();
  const next = paths[Symbol.iterator]();
  const copyOn = async (): Promise<void> => {
    for (const path of next) {
      const folder = dirname(join(to, path));
      const safe = folders.get(folder) ?? makeInside(folder, to);
      folders.set(folder, safe);
      if (await safe) await copyOne(join(top, path), join(to, path), top);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, copyOn));
}

/** Those of the patterns that no ignored file in the tree fits; `git` runs in the folder that they are relative to. */
export async function fruitless(git: Git, patterns: Iterable<string>): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    const { code, stdout } = await git.ask(ignoredLike([pattern]));
    if (code === 0 && stdout.length === 0) found.push(pattern);
  }
  return found;
}

/** What git is asked for files that it ignores and that fit one of these, from the top. */
function ignoredLike(patterns: readonly string[]): string[] {
  const which = ['--others', '--ignored', '--exclude-standard', '--full-name'];
  return ['ls-files', '-z', ...which, '--', ...patterns.map((pattern) => `:(glob)${pattern}`)];
}

/** False: a link of the worktree leads the folder out of it. */
async function makeInside(folder: string, top: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    return isWithin(realpathSync(folder), top);
  } catch {
    // A file of the worktree stands where a folder would have to be.
    return false;
  }
}

async function copyOne(source: string, target: string, top: string): Promise<void> {
  try {
    if (!(await lstat(source)).isSymbolicLink())
      return await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const leadsTo = await readlink(source);
    if (!isAbsolute(leadsTo) && isWithin(resolve(dirname(source), leadsTo), top))
      await symlink(leadsTo, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It went away meanwhile, is there already, or is a socket.
    if (code !== 'ENOENT' && code !== 'EEXIST' && code !== 'ENXIO' && code !== 'EINVAL') throw error;
  }
}

/** Whether the path is the folder or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
