/** A landing that stopped half-way is undone: git changes files first and moves the branch last, and a full disk or a lock stops it in between. */
import { existsSync, lstatSync, realpathSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addedBetween, pathsBetween } from './difference.js';
import { dirtyIn } from './dirty.js';
import { isThere } from './entries.js';
import type { Git } from './git.js';

/**
 * To be asked for before, when no tracked file is changed. What it gives puts the files of HEAD in the place of those of `tip`;
 * if more has changed than was to, or `lock` is there, somebody else is at work, and nothing is touched.
 */
export async function takingBack(git: Git, tip: string, lock: string): Promise<() => Promise<void>> {
  const paths = new Set(await pathsBetween(git, 'HEAD', tip));
  // Whatever lies in the place of one now is not ours: git will not replace it.
  const free = (await addedBetween(git, 'HEAD', tip)).filter((path) => !isThere(join(git.folder, path)));
  return async () => {
    if (existsSync(lock)) return;
    const { changed } = await dirtyIn(git);
    const made = free.filter((path) => isThere(join(git.folder, path)));
    if (changed.some((path) => !paths.has(path)) || changed.length + made.length === 0) return;
    await reset(git, tip, [...changed, ...made]);
  };
}

async function reset(git: Git, tip: string, half: readonly string[]): Promise<void> {
  // First of all, for the disk may be full, and git needs room for its index.
  for (const path of half) removeFile(join(git.folder, path));
  // Then git knows of each file that it has made, and takes it away with the folders around it.
  await git.run(['read-tree', '--reset', tip]);
  await git.run(['read-tree', '--reset', '-u', 'HEAD']);
}

/** Not through a link, which may lead out of the tree. */
function removeFile(path: string): void {
  try {
    if (realpathSync(dirname(path)) === dirname(path) && !lstatSync(path).isDirectory()) unlinkSync(path);
  } catch {
    // It is not there.
  }
}
