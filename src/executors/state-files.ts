/** Files of a run that cannot be written end the run: the state folder is full, gone or not ours. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fatal, problem } from '../core/problem.js';

/** Faults of this process and not of the folder: only the attempt that met them fails. */
const OURS: Readonly<Record<string, string>> = {
  EMFILE: 'too many files are open (see ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENOMEM: 'there is not enough memory',
};
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Does something with a file of the run. Throws `Fatal` when the folder is at fault. */
export function inState<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (OURS[code] !== undefined) throw new Error(OURS[code], { cause: error });
    const what = FULL.has(code)
      ? problem(
          `cannot write ${path}: the disk is full (${code})`,
          'make room there (`batchtool clean` deletes old runs)',
        )
      : problem(
          `cannot write ${path}: ${message}`,
          'was the state folder removed or closed? see --state-dir',
        );
    throw new Fatal(4, what);
  }
}

/** The folder of a task, and the one around it if need be; not the run's, for if that is gone, so is the run. */
export function makeTaskFolder(path: string): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), 0o700);
    mkdirSync(path, 0o700);
  }
}
