/** Sends signals. To send to what is gone or is not ours does nothing: the next look tells. */
import { spawnSync } from 'node:child_process';
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

/** Whether a process group still has members, be they only zombies. */
export function groupExists(group: number): boolean {
  if (process.platform === 'win32') return false;
  // Asked at the end of each attempt, and the answer is nearly always an error: its stack costs more than the question.
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  } finally {
    Error.stackTraceLimit = depth;
  }
}
