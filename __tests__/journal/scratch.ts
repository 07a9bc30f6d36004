/** Real folders for tests of what stands on disk; all are gone after the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from '@jest/globals';
import type { Event } from '../../src/core/event.js';
import type { Plan } from '../../src/core/plan.js';
import { Fatal } from '../../src/core/problem.js';
import { openStateDir, type RunFolder, type StateDir } from '../../src/journal/folder.js';
import { createRun } from '../../src/journal/runs.js';
import { plan, task } from '../fakes/plan.js';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (let clean = cleanups.pop(); clean !== undefined; clean = cleanups.pop()) clean();
});

export function atEnd(clean: () => void): void {
  cleanups.push(clean);
}

export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-journal-')));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function scratchState(folder = scratchFolder()): Promise<StateDir> {
  const opened = await openStateDir(join(folder, '.batchtool'));
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  return opened.value;
}

export async function scratchRun(content: Plan = plan([task('a')])): Promise<RunFolder> {
  return createRun(await scratchState(), content).run;
}

/** The nth of a row of events that can be told apart. */
export function event(n: number): Event {
  return { at: n, type: 'attempt.spawned', task: `tâsk-${n}`, attempt: 1, pid: n, startTime: '7' };
}

export function events(count: number, from = 0): Event[] {
  return Array.from({ length: count }, (_, n) => event(from + n));
}

export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** What the function throws, which has to be a Fatal with exit code 4. */
export function fatalOf(act: () => unknown): Fatal {
  try {
    act();
  } catch (error) {
    if (error instanceof Fatal && error.exitCode === 4) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export async function asyncFatalOf(act: () => Promise<unknown>): Promise<Fatal> {
  try {
    await act();
  } catch (error) {
    return fatalOf(() => {
      throw error;
    });
  }
  throw new Error('nothing was thrown');
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function mount(folder: string, ...options: string[]): void {
  execFileSync('mount', [...options, folder], { stdio: 'pipe' });
  // Lazily: a flush in the background may still have a file open.
  atEnd(() => execFileSync('umount', ['-l', folder], { stdio: 'pipe' }));
}

/** A disk of 64 kB. */
export function smallDisk(): string {
  const folder = scratchFolder();
  mount(folder, '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs');
  return folder;
}

/** Makes what is in the folder read-only, even for root. */
export function makeReadOnly(folder: string): void {
  mount(folder, '--bind', folder);
  execFileSync('mount', ['-o', 'remount,bind,ro', folder], { stdio: 'pipe' });
}

function whyNoMounts(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'batchtool-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const noMounts = whyNoMounts();

/** A test that mounts file systems; where that is not allowed it is skipped, and its name says why. */
export function mountTest(name: string, body: () => void | Promise<void>): void {
  if (noMounts === undefined) test(name, body);
  else test.skip(`${name} (skipped: mounting is not possible here: ${noMounts})`, body);
}
