import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { killLeftovers } from '../../src/executors/leftovers.js';
import { type ProcessRef, startTimeOfNew } from '../../src/executors/process-table.js';
import { endGroups, pidIn, runs } from './processes.js';

const onPosix = process.platform === 'win32' ? describe.skip : describe;
const linux = process.platform === 'linux';

jest.setTimeout(30_000);

let folder: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
});

afterEach(() => {
  endGroups(started.splice(0).map(({ pid }) => pid as number));
  rmSync(folder, { recursive: true });
});

function start(command: string, env: NodeJS.ProcessEnv = {}): ProcessRef {
  const options = { detached: true, stdio: 'ignore', cwd: folder } as const;
  const child = spawn('sh', ['-c', command], { ...options, env: { PATH: process.env.PATH, ...env } });
  started.push(child);
  return { pid: child.pid as number, startTime: startTimeOfNew(child.pid as number) };
}

onPosix('what a dead owner left', () => {
  test('is ended with its groups and descendants, and counted', async () => {
    const attempt = start(
      `env -i sh -c 'trap "" INT TERM; echo $$ > ${folder}/child; while :; do sleep 60; done' & wait`,
    );
    const child = await pidIn(join(folder, 'child'));
    const found = await killLeftovers({ attempts: [attempt], runMark: 'none', graceMillis: 200 });
    expect(found).toBeGreaterThanOrEqual(2);
    expect([attempt.pid, child].map(runs)).toEqual([false, false]);
  });

  test('is not taken for a later process with the number', async () => {
    const { pid } = start('exec sleep 60');
    const startTime = linux ? '00000000:1' : '1';
    expect(await killLeftovers({ attempts: [{ pid, startTime }], runMark: 'none', graceMillis: 200 })).toBe(
      0,
    );
    expect(runs(pid)).toBe(true);
  });

  test('is nothing when all has ended', async () => {
    expect(await killLeftovers({ attempts: [], runMark: 'none', graceMillis: 200 })).toBe(0);
  });
});

(linux ? describe : describe.skip)('on Linux', () => {
  test('what carries a mark of the run is ended, whoever started it', async () => {
    const marked = start('echo $$ > pid; exec sleep 60', { BATCHTOOL_MARK_left_1: '1' });
    const other = start('exec sleep 60', { BATCHTOOL_MARK_leftover_1: '1' });
    await pidIn(join(folder, 'pid'));
    expect(await killLeftovers({ attempts: [], runMark: 'left', graceMillis: 200 })).toBe(1);
    expect([runs(marked.pid), runs(other.pid)]).toEqual([false, true]);
  });
});
