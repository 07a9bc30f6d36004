/** Files for the user's project: there as a whole or not at all, and open to others as any file that is made there. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { failure, type Result, success } from '../core/problem.js';
import { diskFault, systemSaid } from '../journal/fault.js';
import { temporaryName } from '../journal/private-file.js';
import { shownPath } from './kept.js';
import type { Surroundings } from './surroundings.js';

/**
 * Writes the file, over one that is there, and makes the folders that it stands in. A link stays and what it leads to
 * is written; what is no plain file (a pipe, `/dev/null`) is written to. Gives the folders that it made, the outermost
 * first; they are gone again if it fails. Throws `Fatal` if the disk says no.
 */
export function writePublic(path: string, shown: string, text: string): Result<readonly string[]> {
  try {
    const target = existsSync(path) ? realpathSync(path) : path;
    const found = statSync(target, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      return failure(`${JSON.stringify(shown)} is a folder`, 'name a file in it');
    if (found === undefined || found.isFile()) return success(replace(target, text, found?.mode));
    writeFileSync(target, text);
    return success([]);
  } catch (error) {
    const fault = diskFault(`write ${JSON.stringify(shown)}`, error, 'make room or name another place');
    if (fault !== undefined) throw fault;
    return failure(`cannot write ${JSON.stringify(shown)}: ${systemSaid(error)}`);
  }
}

/** `, made the folder X` where there was none: it may be one that nobody meant. */
export function madeText([outermost]: readonly string[], around: Surroundings): string {
  return outermost === undefined ? '' : `, made the folder ${shownPath(outermost, around)}`;
}

/** True for anything of that name, a link that leads nowhere too. What cannot be looked at shows when it is written. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function replace(path: string, text: string, mode: number | undefined): readonly string[] {
  const temporary = temporaryName(path);
  const made: string[] = [];
  try {
    makeFolders(dirname(path), made);
    writeFileSync(temporary, text, { flag: 'wx', ...(mode === undefined ? {} : { mode: mode & 0o777 }) });
    renameSync(temporary, path);
    return made;
  } catch (error) {
    rmSync(temporary, { force: true });
    removeEmpty(made);
    throw error;
  }
}

/** The innermost first; what somebody else has put something into stays. */
function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders.toReversed()) rmdirSync(folder);
  } catch {
    // What kept the file from being written is the fault to tell.
  }
}

/** One by one: with `recursive` a read-only disk reads as a folder that is missing. */
function makeFolders(folder: string, made: string[]): void {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder), made);
  mkdirSync(folder);
  made.push(folder);
}
