/** Files for the user's project: there as a whole or not at all, and open to others as any file that is made there. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { failure, type Result, success } from '../core/problem.js';
import { systemSaid } from '../journal/fault.js';
import { temporaryName } from '../journal/private-file.js';

/**
 * Writes the file, over one that is there, and makes the folders that it stands in. A link stays and what it leads to
 * is written; what is no plain file (a pipe, `/dev/null`) is written to.
 */
export function writePublic(path: string, shown: string, text: string): Result<void> {
  try {
    const target = existsSync(path) ? realpathSync(path) : path;
    const found = statSync(target, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      return failure(`${JSON.stringify(shown)} is a folder`, 'name a file in it');
    if (found !== undefined && !found.isFile()) writeFileSync(target, text);
    else replace(target, text, found?.mode);
    return success(undefined);
  } catch (error) {
    return failure(`cannot write ${JSON.stringify(shown)}: ${systemSaid(error)}`);
  }
}

/** True for anything of that name, a link that leads nowhere too. What cannot be looked at shows when it is written. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function replace(path: string, text: string, mode: number | undefined): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, text, { flag: 'wx', ...(mode === undefined ? {} : { mode: mode & 0o777 }) });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
