import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  environOf,
  isAlive,
  snapshot,
  snapshotOfPs,
  startTimeOf,
  startTimeOfNew,
} from '../../src/executors/process-table.js';
import { sameStart } from '../../src/executors/process-text.js';
import { compile } from './compiled.js';
import { endGroups, until } from './processes.js';

const onPosix = process.platform === 'win32' ? describe.skip : describe;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

const started: number[] = [];

/** A process that sleeps, in a session of its own. */
function sleeper(env: NodeJS.ProcessEnv = process.env): number {
  const { pid } = spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env });
  if (pid === undefined) throw new Error('sleep could not be started');
  started.push(pid);
  return pid;
}

const YOUNG = `
import { spawn } from 'node:child_process';
import { snapshot, snapshotSinceStart } from './executors/process-table.js';
// Loading this may have taken too long on a busy machine.
process.uptime = () => 0.1;
const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
const numbers = (entries) => entries.map(({ pid }) => pid);
console.log(JSON.stringify({
  young: numbers(snapshotSinceStart()), all: numbers(snapshot()), self: process.pid, child: child.pid,
}));
child.kill('SIGKILL');
`;

afterEach(() => endGroups(started.splice(0)));

onPosix('the process table', () => {
  test('shows this process with a parent, memory and a start', () => {
    const own = snapshot().find(({ pid }) => pid === process.pid);
    expect(own).toMatchObject({ parent: process.ppid, zombie: false, startTime: startTimeOf(process.pid) });
    expect(own?.rssBytes).toBeGreaterThan(10_000_000);
    expect(own?.cpuMillis).toBeGreaterThan(0);
  });

  test('shows a detached child as leader of its group', () => {
    const pid = sleeper();
    expect(snapshot().find((entry) => entry.pid === pid)).toMatchObject({ parent: process.pid, group: pid });
  });

  test('knows when a child has started, and that it is alive', () => {
    const pid = sleeper();
    const startTime = startTimeOfNew(pid);
    expect(sameStart(startTime, startTimeOf(pid) ?? '')).toBe(true);
    expect(isAlive({ pid, startTime })).toBe(true);
  });

  test('a process with the number and another start is not alive', () => {
    expect(isAlive({ pid: sleeper(), startTime: '54b81bd0:1' })).toBe(false);
  });

  test('a process that was killed is not alive', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const ref = { pid: child.pid as number, startTime: startTimeOfNew(child.pid as number) };
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(ref)).toBe(false);
    expect(startTimeOf(ref.pid)).toBeUndefined();
  });

  test('ps tells the same as the kernel', () => {
    const pid = sleeper();
    const byPs = snapshotOfPs(['-A']).find((entry) => entry.pid === pid);
    expect(byPs).toMatchObject({ parent: process.pid, group: pid, zombie: false });
    const bootSeconds = Number(byPs?.startTime);
    expect(Math.abs(bootSeconds - Date.now() / 1000)).toBeLessThan(30);
  });
});

onLinux('on Linux', () => {
  test('a process that is dead but not collected is a zombie, and not alive', async () => {
    // The shell does not collect its child while it sleeps itself.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(parent.pid as number);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await until('the child is dead', () => snapshot().find((entry) => entry.pid === pid)?.zombie === true);
    expect(isAlive({ pid, startTime: startTimeOf(pid) as string })).toBe(false);
  });

  test('a young process sees itself and what it has started, and nothing that was there before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
    const main = compile(folder, YOUNG);
    const { stdout } = spawnSync(process.execPath, [main], { encoding: 'utf8', timeout: 10_000 });
    rmSync(folder, { recursive: true });
    const { young, all, self, child } = JSON.parse(stdout) as Record<'young' | 'all', number[]> &
      Record<'self' | 'child', number>;
    expect(all).toContain(process.pid);
    expect(young).toEqual(expect.arrayContaining([self, child]));
    // Where the numbers have just begun anew it looks at all.
    expect(young).not.toContain(child > process.pid ? process.pid : 0);
  });

  test('the environment of a process can be read, of none is undefined', async () => {
    const pid = sleeper({ ...process.env, BATCHTOOL_MARK_x_1: '1' });
    expect(environOf(pid)?.toString()).toContain('BATCHTOOL_MARK_x_1=1');
    expect(environOf(2 ** 22 + 1)).toBeUndefined();
  });
});
