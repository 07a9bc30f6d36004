/** Starts a process with Node's own means, or says in words why that cannot be done. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Exit } from '../core/exit.js';
import { exitOf } from './attempt.js';
import { spawnFault } from './spawn-fault.js';
import type { Start, StartListener } from './starter.js';
import { together } from './variables.js';

/**
 * Node's own `spawn`, not execa: the start of a process is all that a short task costs, and execa's costs two to
 * four times as much, with streams, promises and listeners that nobody here would use.
 */
export function startProcess(start: Start, listener: StartListener): void {
  const { file, args, cwd, sink } = start;
  try {
    const env = together(start.env, process.platform);
    // A group and session of its own: signals to it reach all of the task and nothing else. On Windows that
    // would give it a window instead.
    const detached = process.platform !== 'win32';
    const child = spawn(file, args, { cwd, env, stdio: sink.stdio, detached, windowsHide: true });
    const { pid } = child;
    if (pid !== undefined) {
      sink.attach(child);
      child.once('exit', (code, signal) => listener.ended(exitOf(code, signal)));
      listener.started(pid);
      return;
    }
    child.once('error', (error) => listener.ended(notStarted(error, start)));
  } catch (error) {
    listener.ended(notStarted(error as Error, start));
  }
  sink.attach(undefined);
}

/** Why it could not be started, in words. */
export function notStarted(error: NodeJS.ErrnoException, { file, cwd }: Start): Exit {
  return { kind: 'spawn-error', message: spawnFault(error, { file, cwd, cwdIs: whatIs(cwd) }) };
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
