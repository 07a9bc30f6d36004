/** `monitor` without a terminal: how things stand now. What it draws on one is tested with its parts. */
import { describe, expect, it } from '@jest/globals';
import { type Bench, until, useBench, waitFor } from './harness.js';

const bench = useBench();

/** Starts a run of which one task goes on until the file `go` is there. */
async function live(here: Bench, name: string): Promise<void> {
  here.start(['run', '--name', name, `touch ${name}; ${waitFor('go')}`, 'true']);
  await here.appears(name);
  await until(
    `${name} has one task over`,
    async () => (await here.status(name)).tasks[1]?.status === 'succeeded',
  );
}

describe('monitor', () => {
  it('shows all live runs, newest first, or the one that is named', async () => {
    const here = bench();
    await here.run(['run', '--name', 'old', 'true']);
    await live(here, 'blue');
    await live(here, 'red');
    const all = await here.run(['monitor', '--dashboard', '--refresh', '5s']);
    expect([all.code, all.stderr]).toEqual([0, '']);
    expect(all.stdout.match(/^\w+ running for/gm)).toEqual(['red running for', 'blue running for']);
    expect(all.stdout).not.toContain('old');
    const one = await here.run(['monitor', 'blue']);
    expect(one.stdout).toMatch(/^blue running for /);
    expect(one.stdout).not.toContain('red');
    expect((await here.run(['monitor', '--orchestration', 'old'])).stdout).toMatch(/^old succeeded/);
    here.write('go', '');
    await until('all are over', async () => !(await here.run(['monitor'])).stdout.includes('running'));
    expect((await here.run(['monitor'])).stdout).toMatch(/^red succeeded/);
  });

  it('never fails because a run failed', async () => {
    const here = bench();
    await here.run(['run', 'exit 3']);
    const { code, stdout } = await here.run(['monitor']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/failed .*exited with code 3$/m);
  });

  it('shows every task of a long plan', async () => {
    const here = bench();
    await here.run(['run', ...Array(60).fill('true')]);
    expect((await here.run(['monitor'])).stdout.match(/ succeeded /g)?.length).toBeGreaterThanOrEqual(60);
  });

  it('says when there is no run yet', async () => {
    const here = bench();
    const { code, stdout } = await here.run(['monitor']);
    expect([code, stdout]).toEqual([0, "no run yet; start one: batchtool run 'echo hello'\n"]);
    expect(here.has('.batchtool')).toBe(false);
  });

  it.each([
    [['--refresh', '10ms'], '--refresh: expected a time from 100ms to 1h'],
    [['--refresh', '2h'], '--refresh: expected a time from 100ms to 1h'],
    [['--refresh', 'often'], '--refresh: expected a time above zero'],
    [['nope'], 'there is no run "nope"'],
    [['a', 'b'], 'monitor takes one run, found 2'],
    [['--json'], '--json is an option of '],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await bench().run(['monitor', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
