/** Looking at real processes in tests, independent of the code under test. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Waits for a condition by asking again; fails with `what` when it does not come true. */
export async function until(what: string, condition: () => boolean, limitMillis = 15_000): Promise<void> {
  const end = Date.now() + limitMillis;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process runs; one that is dead and not collected does not. */
export function runs(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

/** The number that a task writes into a file, once it is there. */
export async function pidIn(path: string): Promise<number> {
  await until(`${path} is written`, () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
  return Number(readFileSync(path, 'utf8'));
}

/** Ends what a test has started as leaders of groups. */
export function endGroups(leaders: readonly number[]): void {
  for (const pid of leaders) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The test has ended it.
    }
  }
}
