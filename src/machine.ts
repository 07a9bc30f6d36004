/** Takes the one snapshot of this machine that the pure half gets to see. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { failure, type Result, success } from './core/problem.js';
import type { Machine } from './input/machine.js';

const ROOMODES = '.roomodes';
/** Roles are a few pages. */
const MOST_ROOMODES_BYTES = 1e6;

/**
 * What the pure half may know: folder, cores, variables, platform, which words are programs; with `top`, the folder at which
 * the project begins, also its SPARC modes.
 */
export function takeMachine(cwd: string, env: NodeJS.ProcessEnv, top?: string): Machine {
  const known = new Map<string, boolean>();
  const resolves = (word: string): boolean => {
    let found = known.get(word);
    if (found === undefined) {
      found = word.includes('/')
        ? exists(isAbsolute(word) ? word : resolve(cwd, word))
        : programPath(word, env) !== undefined;
      known.set(word, found);
    }
    return found;
  };
  const machine = { cwd, cores: availableParallelism(), env, platform: process.platform, resolves };
  const path = top === undefined ? undefined : findRoomodes(cwd, top);
  if (path === undefined) return machine;
  const file = relative(cwd, path);
  return { ...machine, roomodes: { file, content: readRoomodes(path, file) } };
}

/** The nearest one from here up to the top of the project. */
function findRoomodes(cwd: string, top: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, ROOMODES);
    if (existsSync(path)) return path;
    if (folder === top || dirname(folder) === folder) return undefined;
  }
}

function readRoomodes(path: string, file: string): Result<string> {
  const place = { file };
  try {
    const found = statSync(path);
    if (!found.isFile()) return failure('is no file', 'modes of a project stand in a file', place);
    if (found.size > MOST_ROOMODES_BYTES)
      return failure(`is larger than ${MOST_ROOMODES_BYTES / 1e6} MB`, 'leave out what is no mode', place);
    return success(readFileSync(path, 'utf8'));
  } catch (error) {
    return failure(`cannot be read: ${(error as Error).message}`, undefined, place);
  }
}

/** What cannot be looked at (no access, a name too long) is not there for us. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Where the program of this name is found on PATH. */
export function programPath(word: string, env: NodeJS.ProcessEnv): string | undefined {
  const endings = process.platform === 'win32' ? ['', ...(env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  for (const folder of programFolders(env)) {
    const ending = endings.find((each) => isProgram(join(folder, word + each)));
    if (ending !== undefined) return join(folder, word + ending);
  }
  return undefined;
}

/** Where `exec` looks when PATH is not set at all; shells look there and in a few more. */
const DEFAULT_FOLDERS: readonly string[] = process.platform === 'win32' ? [] : ['/bin', '/usr/bin'];

/** The folders in which a program is looked for, in this order. */
export function programFolders({ PATH }: NodeJS.ProcessEnv): readonly string[] {
  return PATH === undefined ? DEFAULT_FOLDERS : PATH.split(delimiter).filter((folder) => folder !== '');
}

function isProgram(path: string): boolean {
  try {
    // Most folders do not have it, and an error is slow to make.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
