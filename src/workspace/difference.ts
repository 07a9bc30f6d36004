/** What lies between two commits or trees: files and lines, for journals, and the whole as a patch. */
import { chmodSync } from 'node:fs';
import { type Changes, type FileChange, MOST_FILES } from '../core/changes.js';
import { type Git, partsOf } from './git.js';

/** No program of the user's looks at the files in our stead. */
const DIFF = [
  'diff-tree',
  '-r',
  '--find-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=none',
];

export interface Difference {
  readonly changes: Changes;
  /** Paths that hold a commit of another repository now, and did not before. */
  readonly repositories: readonly string[];
}

/** Undefined: there is none. */
export async function differenceBetween(git: Git, from: string, to: string): Promise<Difference | undefined> {
  const parts = partsOf(await git.run([...DIFF, '-z', '--raw', '--numstat', from, to]));
  const { files, rest, repositories } = rawFiles(parts);
  if (files.length === 0) return undefined;
  const counted = withLines(files, rest);
  const sum = (of: 'added' | 'deleted'): number =>
    counted.reduce((lines, file) => lines + (file[of] ?? 0), 0);
  return {
    changes: {
      files: counted.slice(0, MOST_FILES),
      omitted: Math.max(0, counted.length - MOST_FILES),
      added: sum('added'),
      deleted: sum('deleted'),
    },
    repositories,
  };
}

/** Written by git itself, for a patch may be larger than our memory. */
export async function writePatch(git: Git, from: string, to: string, path: string): Promise<void> {
  await git.run([...DIFF, '--patch', '--binary', '--full-index', `--output=${path}`, from, to]);
  chmodSync(path, 0o600);
}

/** Paths of all files that differ; what was renamed counts at both ends. */
export async function pathsBetween(git: Git, from: string, to: string): Promise<string[]> {
  return git.list(['diff-tree', '-r', '--no-renames', '--name-only', '-z', from, to]);
}

/** Paths that are only in the second. */
export async function addedBetween(git: Git, from: string, to: string): Promise<string[]> {
  return git.list(['diff-tree', '-r', '--no-renames', '--diff-filter=A', '--name-only', '-z', from, to]);
}

/** Folders from which a file has moved to another folder: the outermost that only has another name now. */
export async function foldersRenamed(git: Git, from: string, to: string): Promise<Set<string>> {
  const listing = ['diff-tree', '-r', '--find-renames', '--diff-filter=R', '--name-status', '-z'];
  const parts = await git.list([...listing, from, to]);
  const folders = new Set<string>();
  // `R100`, the old path, the new one.
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [before, after] = [foldersOf(parts[at + 1] as string), foldersOf(parts[at + 2] as string)];
    while (before.length > 0 && before.at(-1) === after.at(-1)) {
      before.pop();
      after.pop();
    }
    if (before.length > 0) folders.add(before.join('/'));
  }
  return folders;
}

function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}

const REPOSITORY_MODE = '160000';
const KINDS: Readonly<Record<string, FileChange['kind']>> = { A: 'added', D: 'deleted', R: 'renamed' };

/** `:mode mode id id STATUS`, then one path or two. `rest` is what follows the last of them. */
function rawFiles(parts: readonly string[]) {
  const files: FileChange[] = [];
  const repositories: string[] = [];
  let at = 0;
  while (parts[at]?.startsWith(':') === true) {
    const [before, after, , , status = ''] = (parts[at++] as string).slice(1).split(' ');
    const kind = KINDS[status[0] as string] ?? 'changed';
    const from = kind === 'renamed' ? parts[at++] : undefined;
    const path = parts[at++] as string;
    files.push({ path, kind, ...(from === undefined ? {} : { from }) });
    if (after === REPOSITORY_MODE && before !== REPOSITORY_MODE) repositories.push(path);
  }
  return { files, repositories, rest: parts.slice(at) };
}

/** `added deleted path` in the same order; of a renamed file the path is empty, and two follow. Binary files have `-`. */
function withLines(files: readonly FileChange[], counts: readonly string[]): FileChange[] {
  let at = 0;
  return files.map((file) => {
    const [added = '-', deleted = '-', path] = (counts[at++] ?? '').split('\t');
    if (path === '') at += 2;
    return added === '-' ? file : { ...file, added: Number(added), deleted: Number(deleted) };
  });
}
