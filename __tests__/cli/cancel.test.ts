/** `batchtool cancel`: stops a run from another process. */
import { describe, expect, it } from '@jest/globals';
import { processesWith, until, useBench, waitFor } from './harness.js';

const bench = useBench();

/** Cleans up when it is told to end. */
const POLITE = `trap 'echo cleaned > cleaned; exit 1' INT TERM; touch began; ${waitFor('never')}`;
/** Hears nothing; says so when it is told for the first time. */
const DEAF = `trap 'touch told' INT; trap '' TERM; touch began; while true; do sleep 0.05; done`;

describe('cancel', () => {
  it('lets running tasks clean up, starts nothing more, and waits for the end', async () => {
    const here = bench();
    const run = here.start(['run', '--sequential', POLITE, 'touch never-ran']);
    await here.appears('began');
    const { code, stdout, stderr } = await here.run(['cancel']);
    const [id] = here.runs();
    expect([code, stdout]).toEqual([0, `run ${id}: cancelled\n`]);
    expect(stderr).toContain(`cancelling run ${id}`);
    expect(here.read('cleaned')).toBe('cleaned\n');
    const ended = await run.ended;
    expect([ended.code, ended.signal]).toEqual([1, null]);
    expect(ended.stderr).toContain('cancelled by batchtool cancel');
    const { run: after, tasks } = await here.status();
    expect([after.status, ...tasks.map(({ status }) => status)]).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    expect(here.has('never-ran')).toBe(false);
  });

  it('does not run if: always() tasks', async () => {
    const here = bench();
    here.write('plan.json', {
      tasks: { a: { run: POLITE }, b: { run: 'touch b', needs: ['a'], if: 'always()' } },
    });
    const run = here.start(['run', '-f', 'plan.json']);
    await here.appears('began');
    await here.run(['cancel']);
    await run.ended;
    expect(here.has('b')).toBe(false);
  });

  it('--now kills what a first cancel could not end', async () => {
    const here = bench();
    const run = here.start(['run', '--grace', '10m', DEAF], { env: { MARK: here.dir } });
    await here.appears('began');
    const first = here.start(['cancel']);
    await here.appears('told');
    const { code } = await here.run(['cancel', '--now']);
    expect(code).toBe(0);
    expect((await first.ended).code).toBe(0);
    expect((await run.ended).code).toBe(1);
    await until('nothing is left', () => processesWith(`MARK=${here.dir}`).length === 0);
    expect((await here.status()).run.status).toBe('cancelled');
  });

  it('picks the live run, not a newer one that is over', async () => {
    const here = bench();
    const run = here.start(['run', '--name', 'long', POLITE]);
    await here.appears('began');
    await here.run(['run', '--name', 'short', 'true']);
    await here.run(['cancel']);
    await run.ended;
    expect((await here.status('long')).run.status).toBe('cancelled');
  });

  it('takes a name, also with --orchestration', async () => {
    const here = bench();
    const run = here.start(['run', '--name', 'long', POLITE]);
    await here.appears('began');
    expect((await here.run(['cancel', '--orchestration', 'long'])).code).toBe(0);
    await run.ended;
  });

  it('says that nothing is going on, or that the named one is over', async () => {
    const here = bench();
    await here.run(['run', '--name', 'done', 'true']);
    expect(await here.run(['cancel'])).toMatchObject({ code: 0, stdout: 'no run is going on\n' });
    const { code, stdout } = await here.run(['cancel', 'done']);
    expect([code, stdout]).toEqual([0, `run ${here.runs()[0]} is over: succeeded\n`]);
  });

  it('of a run whose process was killed ends what is left, and gives it an end', async () => {
    const here = bench();
    const { child, ended } = here.start(['run', '--sequential', POLITE, 'true'], { env: { MARK: here.dir } });
    await here.appears('began');
    child.kill('SIGKILL');
    await ended;
    expect((await here.status()).run.status).toBe('interrupted');
    const { code, stdout } = await here.run(['cancel']);
    expect([code, stdout]).toEqual([0, `run ${here.runs()[0]}: cancelled\n`]);
    const { run, tasks } = await here.status();
    expect([run.status, ...tasks.map(({ status }) => status)]).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    expect(processesWith(`MARK=${here.dir}`)).toEqual([]);
    expect((await here.run(['cancel'])).stdout).toBe('no run is going on\n');
  });

  it('leaves a run that can be resumed', async () => {
    const here = bench();
    const run = here.start(['run', '--sequential', 'echo x >> first', `touch began; ${waitFor('go')}`]);
    await here.appears('began');
    await here.run(['cancel']);
    await run.ended;
    here.write('go', '');
    expect((await here.run(['resume'])).code).toBe(0);
    expect(here.read('first')).toBe('x\n');
  });
});
