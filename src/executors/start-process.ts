/** Starts a process, or says in words why that cannot be done. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { spawnFault } from './spawn-fault.js';

export interface Start {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
}

/**
 * Undefined when it could not be started; `failed` is called then, at once or soon.
 * Node's own `spawn`, not execa: the start of a process is all that a short task costs, and execa's costs two to
 * four times as much, with streams, promises and listeners that nobody here would use.
 */
export function startProcess(start: Start, failed: (message: string) => void): ChildProcess | undefined {
  const { file, args, cwd, env, stdio } = start;
  const fail = (error: NodeJS.ErrnoException): void =>
    failed(spawnFault(error, { file, cwd, cwdIs: whatIs(cwd) }));
  try {
    // A group and session of its own: signals to it reach all of the task and nothing else. On Windows that
    // would give it a window instead.
    const detached = process.platform !== 'win32';
    const child = spawn(file, args, { cwd, env, stdio, detached, windowsHide: true });
    if (child.pid !== undefined) return child;
    child.once('error', fail);
  } catch (error) {
    fail(error as NodeJS.ErrnoException);
  }
  return undefined;
}

function whatIs(path: string): 'folder' | 'file' | 'missing' | 'unknown' {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return 'missing';
    return found.isDirectory() ? 'folder' : 'file';
  } catch {
    return 'unknown';
  }
}
