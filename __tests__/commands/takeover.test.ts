/** What may happen to an interrupted run between the look at it and its cancel. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LoadedRun, loadRun, ownerLives, thisOwner } from '../../src/commands/look.js';
import type { Surroundings } from '../../src/commands/surroundings.js';
import { cancelInterrupted } from '../../src/commands/takeover.js';
import { claimRun } from '../../src/journal/claim.js';
import { openStateDir, type StateDir } from '../../src/journal/folder.js';
import { createRun } from '../../src/journal/runs.js';
import { plan, task } from '../fakes/plan.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A run whose process died before its first event. */
async function interrupted(): Promise<{ stateDir: StateDir; loaded: LoadedRun }> {
  const opened = await openStateDir(join(dir, 'state'));
  if (!opened.ok) throw new Error('no state folder');
  const { run } = createRun(opened.value, plan([task('a')]));
  return { stateDir: opened.value, loaded: loadRun(run) };
}

/** Surroundings that remember what was printed. */
function listening(): { around: Surroundings; said: { out: string; err: string } } {
  const said = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    write: (chunk: string | Uint8Array, done?: () => void) => {
      said[name] += chunk.toString();
      done?.();
      return true;
    },
    on: () => undefined,
  });
  const around = { cwd: dir, env: {}, stdout: stream('out'), stderr: stream('err') };
  return { around: around as unknown as Surroundings, said };
}

describe('the cancel of an interrupted run', () => {
  it('that somebody has taken over meanwhile is refused, and does not say that it is cancelled', async () => {
    const { stateDir, loaded } = await interrupted();
    const claim = claimRun(loaded.folder, thisOwner(), ownerLives);
    expect(claim.ok).toBe(true);
    const { around, said } = listening();
    expect(await cancelInterrupted(loaded, stateDir, around)).toBe(2);
    expect(said).toEqual({ out: '', err: expect.stringContaining(`run ${loaded.folder.id} is live`) });
    expect(loadRun(loaded.folder).begun).toBe(false);
  });

  it('that somebody has ended meanwhile writes nothing more, and says how it ended', async () => {
    const { stateDir, loaded } = await interrupted();
    const first = listening();
    expect(await cancelInterrupted(loaded, stateDir, first.around)).toBe(0);
    const second = listening();
    expect(await cancelInterrupted(loaded, stateDir, second.around)).toBe(0);
    expect(second.said.out).toBe(`run ${loaded.folder.id}: cancelled\n`);
    expect(loadRun(loaded.folder).state.resumes).toBe(0);
  });
});
