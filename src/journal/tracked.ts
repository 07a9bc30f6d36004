/**
 * Does git track a folder? Reading the index ourselves costs microseconds where a git process costs milliseconds;
 * git is asked only when the bytes of the index cannot rule it out.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { codeOf } from './fault.js';
import { repositoriesAround } from './repository.js';

/** `unclear`: only git could say, and it did not. */
export type Tracked = 'no' | 'yes' | 'unclear';

/** Whether a repository at or above `folder` holds the folder itself or anything in it. */
export async function trackedByGit(folder: string): Promise<Tracked> {
  let worst: Tracked = 'no';
  for (const path of new Set([resolve(folder), realPath(folder)])) {
    for (const root of repositoriesAround(path)) {
      const found = await trackedIn(root, relative(root, path).replaceAll('\\', '/'));
      if (found === 'yes') return found;
      if (found === 'unclear') worst = found;
    }
  }
  return worst;
}

/** As the disk spells it: by another case, a short name or a link, git would know it under another name. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

async function trackedIn(root: string, path: string): Promise<Tracked> {
  const index = readIndex(join(root, '.git'));
  if (index === undefined) return 'no';
  // macOS may hand out names with accents taken apart; git stores them joined.
  const spellings = [...new Set([path, path.normalize('NFC')])];
  return spellings.every((spelling) => isSurelyAbsent(index, spelling)) ? 'no' : askGit(root, path);
}

/** The index of a repository; in a worktree or submodule `.git` is a file that names the real folder. */
function readIndex(dotGit: string): Buffer | undefined {
  try {
    if (statSync(dotGit).isDirectory()) return readFileSync(join(dotGit, 'index'));
    const target = /^gitdir: (.+)$/m.exec(readFileSync(dotGit, 'utf8'))?.[1];
    return target === undefined
      ? undefined
      : readFileSync(join(resolve(dirname(dotGit), target.trimEnd()), 'index'));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const SIGNATURE = 'DIRC';
const HEADER_BYTES = 12;
/** `link` holds at least the name of the index that it goes on from. */
const OBJECT_NAME_BYTES = 20;
const NAME_LENGTH_BITS = 0xfff;

/**
 * True only if no entry of a git index can be `path` or lie below it (`''`: if it has no entry at all).
 * By the format's description (gitformat-index): versions 2 and 3 store full names, each behind two bytes of flags
 * that hold its length, ended by NUL. Version 4 shortens names; `link` and `sdir` keep entries elsewhere or folded up.
 */
export function isSurelyAbsent(index: Buffer, path: string): boolean {
  if (index.length < HEADER_BYTES || index.toString('latin1', 0, 4) !== SIGNATURE) return false;
  const version = index.readUInt32BE(4);
  if (version !== 2 && version !== 3) return false;
  if (mayHaveExtension(index, 'link', OBJECT_NAME_BYTES) || mayHaveExtension(index, 'sdir', 0)) return false;
  if (path === '') return index.readUInt32BE(8) === 0;
  const name = Buffer.from(path);
  for (let at = index.indexOf(name); at !== -1; at = index.indexOf(name, at + 1)) {
    const next = index[at + name.length];
    if ((next === 0x2f || next === 0) && startsName(index, at)) return false;
  }
  return true;
}

/** The flags before a name hold its length; version 3 may have two more bytes between the two. */
function startsName(index: Buffer, at: number): boolean {
  const end = index.indexOf(0, at);
  const length = Math.min(end - at, NAME_LENGTH_BITS);
  return [at - 2, at - 4].some(
    (flags) => flags >= HEADER_BYTES && (index.readUInt16BE(flags) & NAME_LENGTH_BITS) === length,
  );
}

/** The name of an extension stands before its size; as a part of a file's name, what follows is no likely size. */
function mayHaveExtension(index: Buffer, signature: 'link' | 'sdir', leastBytes: number): boolean {
  for (let at = index.indexOf(signature); at !== -1; at = index.indexOf(signature, at + 1)) {
    const body = at + 8;
    if (body > index.length) return false;
    const bytes = index.readUInt32BE(at + 4);
    if (bytes >= leastBytes && body + bytes <= index.length) return true;
  }
  return false;
}

async function askGit(root: string, path: string): Promise<Tracked> {
  const { execa } = await import('execa');
  // Inside a git hook these point at another repository or index; a configured monitor would be a program to run.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const git = ['-C', root, '--literal-pathspecs', '-c', 'core.fsmonitor=false', 'ls-files', '-z', '--'];
  const found = await execa('git', [...git, path === '' ? '.' : path], {
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 30_000,
  });
  if (found.exitCode !== 0) return 'unclear';
  return found.stdout === '' ? 'no' : 'yes';
}
