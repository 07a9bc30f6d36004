/** Takes the one snapshot of this machine that the pure half gets to see. */
import { accessSync, constants, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Machine } from './input/machine.js';

/** What the pure half may know: folder, cores, variables, platform, and which words are programs. */
export function takeMachine(cwd: string, env: NodeJS.ProcessEnv): Machine {
  const known = new Map<string, boolean>();
  const resolves = (word: string): boolean => {
    let found = known.get(word);
    if (found === undefined) {
      found = word.includes('/') ? exists(isAbsolute(word) ? word : resolve(cwd, word)) : isOnPath(word, env);
      known.set(word, found);
    }
    return found;
  };
  return { cwd, cores: availableParallelism(), env, platform: process.platform, resolves };
}

/** What cannot be looked at (no access, a name too long) is not there for us. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function isOnPath(word: string, env: NodeJS.ProcessEnv): boolean {
  const endings = process.platform === 'win32' ? ['', ...(env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  return (env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && endings.some((ending) => isProgram(join(folder, word + ending))));
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
