import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Owner } from '../../src/core/event.js';
import { type Claim, claimRun, holderOf } from '../../src/journal/claim.js';
import type { RunFolder } from '../../src/journal/folder.js';
import { fatalOf, modeOf, scratchRun } from './scratch.js';

const owner = (pid: number): Owner => ({ pid, startTime: '7', host: 'here' });
const dead = (): boolean => false;
const alive = (): boolean => true;

function claim(run: RunFolder, pid: number, isAlive: (holder: Owner) => boolean = alive): Claim {
  const result = claimRun(run, owner(pid), isAlive);
  if (!result.ok) throw new Error(result.problems[0]?.message);
  return result.value;
}

const claimFiles = (run: RunFolder): string[] =>
  readdirSync(run.path)
    .filter((name) => name.startsWith('owner-'))
    .sort();

describe('claimRun', () => {
  test('gives a free run to whoever asks, and says who has it', async () => {
    const run = await scratchRun();
    claim(run, 1);
    expect([holderOf(run), claimFiles(run)]).toEqual([owner(1), ['owner-1.json']]);
    expect(modeOf(join(run.path, 'owner-1.json'))).toBe('600');
  });

  test('refuses a run that a live process has, and says what to type', async () => {
    const run = await scratchRun();
    claim(run, 4711);
    expect(claimRun(run, owner(2), alive)).toEqual({
      ok: false,
      problems: [
        {
          message: `run ${run.id} is live: process 4711 on here has it`,
          hint: expect.stringMatching(
            new RegExp(`batchtool logs --follow ${run.id}.*batchtool cancel ${run.id}`),
          ),
        },
      ],
    });
    expect(holderOf(run)).toEqual(owner(4711));
  });

  test('asks about the holder that is written down', async () => {
    const run = await scratchRun();
    claim(run, 1);
    const asked: Owner[] = [];
    claimRun(run, owner(2), (holder) => asked.push(holder) > 0);
    expect(asked).toEqual([owner(1)]);
  });

  test('takes a run over from a dead process, again and again', async () => {
    const run = await scratchRun();
    for (const pid of [1, 2, 3]) claim(run, pid, dead);
    expect(holderOf(run)).toEqual(owner(3));
  });

  test('gives a released run to the next', async () => {
    const run = await scratchRun();
    claim(run, 1).release();
    expect(holderOf(run)).toBeUndefined();
    claim(run, 2);
    expect(holderOf(run)).toEqual(owner(2));
  });

  test('a release leaves the claim of an earlier, dead process, which holds nobody up', async () => {
    const run = await scratchRun();
    claim(run, 1);
    claim(run, 2, dead).release();
    claim(run, 3, ({ pid }) => pid !== 1);
    expect(holderOf(run)).toEqual(owner(3));
  });

  test('of two that find the holder dead at the same moment, one gets the run', async () => {
    const run = await scratchRun();
    claim(run, 1);
    const late = claimRun(run, owner(2), (holder) => {
      if (holder.pid !== 1) return true;
      claim(run, 3, ({ pid }) => pid !== 1);
      return false;
    });
    expect([late.ok, holderOf(run)]).toEqual([false, owner(3)]);
  });

  test('who was overtaken by one that has finished since gets the run', async () => {
    const run = await scratchRun();
    claim(run, 1);
    const late = claimRun(run, owner(2), (holder) => {
      if (holder.pid === 1) claim(run, 3, dead).release();
      return false;
    });
    expect([late.ok, holderOf(run)]).toEqual([true, owner(2)]);
  });

  test('who was overtaken twice steps back from the number that became free', async () => {
    const run = await scratchRun();
    claim(run, 1);
    const late = claimRun(run, owner(2), (holder) => {
      if (holder.pid !== 1) return true;
      const overtaker = claim(run, 3, dead);
      claim(run, 4, dead);
      overtaker.release();
      return false;
    });
    expect([late.ok, holderOf(run), claimFiles(run)]).toEqual([
      false,
      owner(4),
      ['owner-1.json', 'owner-3.json'],
    ]);
  });

  test('leaves no temporary file', async () => {
    const run = await scratchRun();
    claim(run, 1);
    claimRun(run, owner(2), alive);
    expect(readdirSync(run.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('takes a claim without content for one that is being written, but not for ever', async () => {
    const run = await scratchRun();
    const file = join(run.path, 'owner-1.json');
    writeFileSync(file, '');
    expect(claimRun(run, owner(2), dead).ok).toBe(false);
    const minuteAgo = new Date(Date.now() - 60_000);
    utimesSync(file, minuteAgo, minuteAgo);
    expect(claimRun(run, owner(2), alive).ok).toBe(true);
  });

  test('says that the run folder is gone', async () => {
    const run = await scratchRun();
    rmSync(run.path, { recursive: true });
    expect(fatalOf(() => claimRun(run, owner(1), alive)).problem.message).toContain('gone');
  });

  test('releasing when the folder is gone does no harm', async () => {
    const run = await scratchRun();
    const held = claim(run, 1);
    rmSync(run.path, { recursive: true });
    expect(() => held.release()).not.toThrow();
  });
});
