/** `batchtool clean`: deletes runs that are over. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench, waitFor } from './harness.js';

const bench = useBench();

async function threeRuns(here: Bench): Promise<string[]> {
  for (const name of ['one', 'two', 'three']) await here.run(['run', '--name', name, 'echo output']);
  return here.runs();
}

describe('clean', () => {
  it('leaves young runs alone', async () => {
    const here = bench();
    const runs = await threeRuns(here);
    expect(await here.run(['clean'])).toMatchObject({ code: 0, stdout: 'nothing to delete\n' });
    expect(here.runs()).toEqual(runs);
  });

  it('--dry-run says what would go, and deletes nothing', async () => {
    const here = bench();
    const runs = await threeRuns(here);
    const { code, stdout } = await here.run(['clean', '--older-than', '1ms', '--dry-run']);
    expect(code).toBe(0);
    for (const id of runs) expect(stdout).toContain(id);
    expect(stdout).toMatch(/ kB|MB| B/);
    expect(here.runs()).toEqual(runs);
  });

  it('--older-than deletes those that ended before, with their logs', async () => {
    const here = bench();
    await threeRuns(here);
    expect((await here.run(['clean', '--older-than', '1h'])).stdout).toBe('nothing to delete\n');
    const { code } = await here.run(['clean', '--older-than', '1ms']);
    expect([code, here.runs()]).toEqual([0, []]);
    expect((await here.run(['status'])).stdout).toMatch(/^no run yet/);
  });

  it('--keep keeps the newest', async () => {
    const here = bench();
    const [, , third] = await threeRuns(here);
    const { code } = await here.run(['clean', '--keep', '1']);
    expect([code, here.runs()]).toEqual([0, [third]]);
  });

  it('never touches a live run', async () => {
    const here = bench();
    const { ended } = here.start(['run', `touch began; ${waitFor('go')}`]);
    await here.appears('began');
    const [live] = here.runs();
    await here.run(['run', 'true']);
    for (const args of [
      ['--older-than', '1ms'],
      ['--keep', '0'],
    ])
      expect((await here.run(['clean', ...args])).code).toBe(0);
    expect(here.runs()).toEqual([live]);
    here.write('go', '');
    expect((await ended).code).toBe(0);
    expect(existsSync(here.path('.batchtool', 'runs', live ?? '', 'events.jsonl'))).toBe(true);
  });

  it('deletes an interrupted run when it is old enough', async () => {
    const here = bench();
    const { child, ended } = here.start(['run', `touch began; ${waitFor('never')}`]);
    await here.appears('began');
    child.kill('SIGKILL');
    await ended;
    await here.run(['clean']);
    expect(here.runs()).toHaveLength(1);
    await here.run(['clean', '--older-than', '1ms']);
    expect(here.runs()).toEqual([]);
  });

  it('refuses a time that it does not understand', async () => {
    const { code, stderr } = await bench().run(['clean', '--older-than', 'a week']);
    expect(code).toBe(2);
    expect(stderr).toContain('--older-than: expected a time above zero with its unit, found "a week"');
  });
});
