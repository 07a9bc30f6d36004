/** Verbs that look at several runs: list, stats. */
import { describe, expect, it } from '@jest/globals';
import { useBench, waitFor } from './harness.js';

const bench = useBench();

describe('list', () => {
  it('shows runs, newest first, with what became of them', async () => {
    const here = bench();
    await here.run(['run', '--name', 'good', '--tag', 'nightly', 'true', 'true']);
    await here.run(['run', '--name', 'bad', '--tag', 'nightly', '--tag', 'x', 'true', 'exit 1']);
    const [good = '', bad = ''] = here.runs();
    const { code, stdout } = await here.run(['list']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[1]).toMatch(new RegExp(`^${bad} +bad +failed +1 of 2 succeeded .* nightly, x$`));
    expect(lines[2]).toMatch(new RegExp(`^${good} +good +succeeded +2 of 2 succeeded .* nightly$`));
  });

  it('--tag keeps those that have all the tags', async () => {
    const here = bench();
    await here.run(['run', '--tag', 'nightly', 'true']);
    await here.run(['run', '--tag', 'nightly', '--tag', 'x', 'true']);
    await here.run(['run', 'true']);
    const [one, both] = here.runs();
    const ids = async (...args: string[]): Promise<string[]> => {
      const { stdout } = await here.run(['list', '--json', ...args]);
      return JSON.parse(stdout).runs.map(({ id }: { id: string }) => id);
    };
    expect(await ids('--tag', 'nightly')).toEqual([both, one]);
    expect(await ids('--tag', 'nightly', '--tag', 'x')).toEqual([both]);
    expect(await ids('--tag', 'none')).toEqual([]);
    expect((await here.run(['list', '--tag', 'none'])).stdout).toBe('no run has these tags\n');
  });

  it('--json has the run as in status, and the number of tasks in each state', async () => {
    const here = bench();
    await here.run(['run', '--sequential', 'true', 'exit 1', 'true']);
    const { runs } = JSON.parse((await here.run(['list', '--json'])).stdout);
    // How a run stands has more to it than what it was.
    const { budget: _, pools: __, ...run } = (await here.status()).run;
    expect(runs).toEqual([
      {
        ...run,
        tasks: { waiting: 0, running: 0, succeeded: 1, failed: 1, skipped: 1, cancelled: 0 },
      },
    ]);
  });

  it('complains once about an option that it does not have', async () => {
    const { code, stderr } = await bench().run(['list', '--status', 'failed']);
    expect([code, stderr.match(/^batchtool: /gm)?.length]).toEqual([2, 1]);
  });

  it('takes no names', async () => {
    const { code, stderr } = await bench().run(['list', 'nightly']);
    expect(code).toBe(2);
    expect(stderr).toContain('list takes no names, found "nightly"');
  });
});

describe('stats', () => {
  const STEPS = {
    name: 'steps',
    'max-concurrent': 2,
    tasks: {
      quick: { run: 'true' },
      slow: { run: 'sleep 0.3' },
      last: { run: '[ "$BATCHTOOL_ATTEMPT" = 2 ]', needs: ['slow'], retry: { max: 1, delay: '0' } },
    },
  };

  it('tells where the time went: work, attempts, critical path, past runs', async () => {
    const here = bench();
    here.write('plan.json', STEPS);
    for (let i = 0; i < 2; i++) expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(0);
    const { code, stdout } = await here.run(['stats']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^steps \(run .+\): .+ of work in /);
    expect(stdout).toContain('2 of 2 runs succeeded (100 %)');
    expect(stdout).toMatch(/^slow +succeeded .* 2 of 2 \(100 %\) .*on the critical path$/m);
    expect(stdout).toMatch(/^last .*flaky: only after a retry in 2 of 2 runs$/m);
    expect(stdout).toMatch(/^critical path \(.+\): slow .+ → last /m);
  });

  it('--json has the same as numbers: milliseconds in keys that end in Ms, bytes in Bytes', async () => {
    const here = bench();
    here.write('plan.json', STEPS);
    await here.run(['run', '-f', 'plan.json']);
    const document = JSON.parse((await here.run(['stats', '--json'])).stdout);
    const { budget: _, pools: __, ...run } = (await here.status()).run;
    expect(document.run).toMatchObject(run);
    expect(document.run.workMs).toBeGreaterThanOrEqual(290);
    const { tasks } = document;
    expect(tasks.map(({ id, attempts }: { id: string; attempts: number }) => [id, attempts])).toEqual([
      ['quick', 1],
      ['slow', 1],
      ['last', 2],
    ]);
    expect(tasks[1].workMs).toBeGreaterThanOrEqual(290);
    expect(document.criticalPath.map(({ task }: { task: string }) => task)).toEqual(['slow', 'last', 'last']);
    const numbers = JSON.stringify(document).match(/"[a-zA-Z]+":\d+\.?\d*/g) ?? [];
    expect(numbers.filter((pair) => /Millis|Seconds/.test(pair))).toEqual([]);
  });

  it('works on a run that is going on, and on one that failed', async () => {
    const here = bench();
    const { ended } = here.start(['run', `touch began; ${waitFor('go')}; exit 1`]);
    await here.appears('began');
    expect(await here.run(['stats'])).toMatchObject({ code: 0, stderr: '' });
    here.write('go', '');
    await ended;
    expect(await here.run(['stats'])).toMatchObject({ code: 0, stderr: '' });
  });
});
