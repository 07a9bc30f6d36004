/** Sends signals. To send to what is gone or is not ours does nothing: the next look tells. */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import type { Rung } from './ladder.js';

/** To a process, or with a negative number to a group. Windows has no signals: there the whole tree is ended. */
export function send(pid: number, signal: Rung): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', taskkillArguments(pid), { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended meanwhile. EPERM: another user's.
  }
}

/** Polite requests only reach windows on Windows, so there is but one rung: the tree, by force. */
export function taskkillArguments(pid: number): string[] {
  return ['/pid', String(Math.abs(pid)), '/t', '/f'];
}

/** What `process.kill` calls: it gives the error's number, where the former makes an error with a stack trace. */
const { _kill: rawKill } = process as { _kill?: (pid: number, signal: number) => number };

/** Whether a process group still has members, be they only zombies. Asked after every task. */
export function groupExists(group: number): boolean {
  if (process.platform === 'win32') return false;
  if (rawKill !== undefined) return rawKill(-group, 0) !== -constants.errno.ESRCH;
  try {
    return process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
