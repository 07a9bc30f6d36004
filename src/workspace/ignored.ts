/** Files that git ignores: which there are, and which of them a task has added all the same. */
import { lstatSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { AttemptRef } from '../core/ports.js';
import { partsOf } from './git.js';
import type { Workspace } from './workspace.js';
import { adminOf, headOf } from './worktree.js';

/** What no commit of an attempt holds; a folder of which all is ignored is one, with `/` at its end. */
export function ignoredIn({ git, places, repository }: Workspace, ref: AttemptRef): Promise<string[]> {
  const path = places.worktree(ref);
  const env = {
    GIT_DIR: repository.commonDir,
    GIT_WORK_TREE: path,
    GIT_INDEX_FILE: places.index(ref),
  };
  const listing = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard'];
  return git.in(path).list([...listing, '--directory', '--no-empty-directory'], { env });
}

/** Paths, in bytes, that are ignored, and tracked by what the worktree has checked out or in its index, as far as they are files there. */
export async function ignoredButTracked(
  { git, repository: { commonDir } }: Workspace,
  worktree: string,
  base: string,
): Promise<Buffer[]> {
  const admin = adminOf(commonDir, worktree);
  // The task has deleted what the repository knew of it.
  if (admin === undefined) return [];
  const inside = git.in(worktree);
  const env = { GIT_DIR: admin, GIT_COMMON_DIR: commonDir, GIT_WORK_TREE: worktree };
  const ask = async (args: readonly string[], input?: Buffer): Promise<Buffer> => {
    const { code, stdout } = await inside.ask(args, input === undefined ? { env } : { env, input });
    return code === 0 ? stdout : Buffer.alloc(0);
  };
  const staged = await ask(['ls-files', '-z', '--cached', '--ignored', '--exclude-standard']);
  const head = headOf(commonDir, worktree) ?? base;
  const committed = head === base ? Buffer.alloc(0) : await ask([...COMMITTED, base, head, '--']);
  const ignored = committed.length === 0 ? committed : await ask(IGNORED, committed);
  const paths = new Set([staged, ignored].flatMap((printed) => partsOf(printed, 'latin1')));
  return [...paths].map((path) => Buffer.from(path, 'latin1')).filter((path) => isFileIn(worktree, path));
}

const COMMITTED = [
  'diff-tree',
  '-r',
  '-z',
  '--no-renames',
  '--name-only',
  '--diff-filter=d',
  '--end-of-options',
];
const IGNORED = ['check-ignore', '-z', '--no-index', '--stdin'];

/** A link of the task must not lead us elsewhere. */
function isFileIn(worktree: string, path: Buffer): boolean {
  // In paths of git it is `/` everywhere.
  const inside = Buffer.from(path.toString('latin1').replaceAll('/', sep), 'latin1');
  const file = Buffer.concat([Buffer.from(`${worktree}${sep}`), inside]);
  const folder = file.subarray(0, file.lastIndexOf(sep));
  try {
    return !lstatSync(file).isDirectory() && realpathSync(folder, 'buffer').equals(folder);
  } catch {
    // It is not there any more.
    return false;
  }
}
