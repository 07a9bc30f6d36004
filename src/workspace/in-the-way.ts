/** What of the user's makes `git merge` refuse to take a result, looked at in his tree and not touched. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isAncestor } from './ancestry.js';
import { type Dirty, isAsIn } from './dirty.js';
import { type Git, partsOf } from './git.js';
import { isSnapshot } from './snapshot.js';

/** Changes are to be stashed before; `stash-pop`: and brought back after, for they are not in the result. */
export type Take = 'stash' | 'stash-pop';

export interface InTheWay {
  /** Parts of a sentence, for a person who takes it by hand. */
  readonly words: readonly string[];
  readonly take?: Take;
}

const MOST_NAMED = 3;

/** `git` runs in the top of the user's tree; `base`: the commit in which the run began. */
export async function inTheWay(
  git: Git,
  { changed, staged }: Dirty,
  base: string,
  tip: string,
): Promise<InTheWay> {
  const paths = await pathsTo(git, tip);
  const untracked = untrackedWords(git, changed, paths);
  if (changed.length === 0) return { words: untracked };
  if (await isSnapshot(git, base))
    return { words: [await copyWords(git, base), ...untracked], take: 'stash' };
  if (await isLeftBehind(git, base))
    return { words: ['the stash only holds how it was when the run began', ...untracked], take: 'stash' };
  // A merge that makes a commit wants an index that is as the last one.
  const meets = changed.some((path) => paths.has(path)) || (staged && !(await isAncestor(git, 'HEAD', tip)));
  return { words: untracked, ...(meets ? { take: 'stash-pop' } : {}) };
}

/** What changes between what is checked out and the result, with the letter that says how. None on a branch without a commit. */
async function pathsTo(git: Git, tip: string): Promise<Map<string, string>> {
  const listing = ['diff-tree', '-r', '-z', '--no-renames', '--name-status', 'HEAD', tip];
  const { code, stdout } = await git.ask(listing);
  const parts = code === 0 ? partsOf(stdout) : [];
  return new Map(parts.flatMap((path, at) => (at % 2 === 1 ? [[path, parts[at - 1] as string]] : [])));
}

/** Whether the branch of the user was led elsewhere under his tree, which is still as it was in `base`: he has changed nothing. */
export async function isLeftBehind(git: Git, base: string): Promise<boolean> {
  if (await isAncestor(git, 'HEAD', base)) return false;
  return (await isAsIn(git, base, 'index')) && (await isAsIn(git, base));
}

/** Whether a stash would hold anything that the result does not. */
async function copyWords(git: Git, base: string): Promise<string> {
  return (await isAsIn(git, base))
    ? 'what you have not committed is part of it, and the stash is only a copy'
    : 'what you had not committed when the run began is part of it, and the stash also holds what you changed since';
}

function untrackedWords(
  { folder }: Git,
  changed: readonly string[],
  paths: ReadonlyMap<string, string>,
): string[] {
  const known = new Set(changed);
  const found = [...paths].flatMap(([path, how]) =>
    how === 'A' && !known.has(path) && isFile(join(folder, path)) ? [path] : [],
  );
  if (found.length === 0) return [];
  const names = found.slice(0, MOST_NAMED).join(', ');
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : '';
  return [
    found.length === 1
      ? `${names} is in the way, for git does not track it: move it away first`
      : `${names}${more} are in the way, for git does not track them: move them away first`,
  ];
}

function isFile(path: string): boolean {
  try {
    return !lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
