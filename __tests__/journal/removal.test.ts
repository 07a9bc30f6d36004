import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { abandonedRuns, removeRun, sizeOf } from '../../src/journal/removal.js';
import { createRun, latestRun } from '../../src/journal/runs.js';
import { plan, task } from '../fakes/plan.js';
import { scratchFolder, scratchRun, scratchState } from './scratch.js';

describe('sizeOf', () => {
  test('counts the bytes of all files of a run', async () => {
    const run = await scratchRun();
    const before = sizeOf(run);
    mkdirSync(join(run.tasks, 'a'));
    writeFileSync(join(run.tasks, 'a/1.log'), 'x'.repeat(5000));
    expect(sizeOf(run) - before).toBe(5000);
  });

  test('does not follow links out of the run', async () => {
    const run = await scratchRun();
    const outside = scratchFolder();
    writeFileSync(join(outside, 'large'), 'x'.repeat(100_000));
    const before = sizeOf(run);
    symlinkSync(outside, join(run.tasks, 'link'));
    expect(sizeOf(run) - before).toBeLessThan(1000);
  });
});

describe('removeRun', () => {
  test('deletes the run and nothing else', async () => {
    const stateDir = await scratchState();
    const [kept, removed] = [1, 2].map(() => createRun(stateDir, plan([task('a')])).run);
    if (kept === undefined || removed === undefined) throw new Error('no runs');
    removeRun(stateDir, removed);
    expect(readdirSync(stateDir.runs)).toEqual([kept.id]);
  });

  test('deletes a link and not what it leads to', async () => {
    const stateDir = await scratchState();
    const outside = scratchFolder();
    writeFileSync(join(outside, 'mine'), '');
    const { run } = createRun(stateDir, plan([task('a')]));
    symlinkSync(outside, join(run.tasks, 'link'));
    removeRun(stateDir, run);
    expect([existsSync(run.path), existsSync(join(outside, 'mine'))]).toEqual([false, true]);
  });

  test('clears away what a cut-off removal left', async () => {
    const stateDir = await scratchState();
    mkdirSync(join(stateDir.runs, '.removing-20261122-231905-k3f9/tasks'), { recursive: true });
    removeRun(stateDir, createRun(stateDir, plan([task('a')])).run);
    expect(readdirSync(stateDir.runs)).toEqual([]);
  });

  test('is content when the run is gone already', async () => {
    const stateDir = await scratchState();
    const { run } = createRun(stateDir, plan([task('a')]));
    removeRun(stateDir, run);
    removeRun(stateDir, run);
    expect(latestRun(stateDir)).toBeUndefined();
  });
});

test('only old folders without a plan count as abandoned', async () => {
  const stateDir = await scratchState();
  const [whole, young, old] = [1, 2, 3].map(() => createRun(stateDir, plan([task('a')])).run);
  if (whole === undefined || young === undefined || old === undefined) throw new Error('no runs');
  rmSync(young.plan);
  rmSync(old.plan);
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  utimesSync(old.path, twoHoursAgo, twoHoursAgo);
  utimesSync(whole.path, twoHoursAgo, twoHoursAgo);
  expect(abandonedRuns(stateDir).map((run) => run.id)).toEqual([old.id]);
});
