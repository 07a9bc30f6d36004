/** Verbs that only look at runs, from another process: status, stats, list. */
import { describe, expect, it } from '@jest/globals';
import { until, useBench, waitFor } from './harness.js';

const bench = useBench();

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const PLAN = {
  name: 'release',
  tags: ['nightly', 'main'],
  'max-concurrent': 2,
  stages: ['build', 'ship'],
  tasks: {
    compile: { run: `touch began; echo compiling; ${waitFor('go')}; exit 3`, stage: 'build' },
    check: { run: 'true', stage: 'build' },
    pack: { run: 'true', needs: ['compile'], stage: 'ship' },
    tell: { run: 'true', if: 'always()', needs: ['compile', 'check'], stage: 'ship' },
  },
};

describe('status --json', () => {
  it('tells of a live run, in the words of the grammar', async () => {
    const here = bench();
    here.write('plan.json', PLAN);
    const { ended } = here.start(['run', '-f', 'plan.json']);
    await here.appears('began');
    await until('check is over', async () => (await here.status()).tasks[1]?.status === 'succeeded');
    const log = (task: string): unknown =>
      expect.stringMatching(new RegExp(`^${here.dir}/.*\\b${task}\\b.*\\.log$`));
    const time = expect.stringMatching(ISO);
    expect(await here.status()).toEqual({
      run: {
        id: here.runs()[0],
        name: 'release',
        pattern: 'file',
        status: 'running',
        startedAt: time,
        endedAt: null,
        tags: ['nightly', 'main'],
      },
      tasks: [
        {
          id: 'compile',
          label: expect.stringContaining('touch began'),
          kind: 'command',
          status: 'running',
          needs: [],
          stage: 'build',
          attempts: [
            {
              number: 1,
              startedAt: time,
              endedAt: null,
              exit: null,
              peakMemoryBytes: null,
              log: log('compile'),
            },
          ],
        },
        {
          id: 'check',
          label: 'true',
          kind: 'command',
          status: 'succeeded',
          needs: [],
          stage: 'build',
          attempts: [
            {
              number: 1,
              startedAt: time,
              endedAt: time,
              exit: { kind: 'code', code: 0 },
              peakMemoryBytes: null,
              log: log('check'),
            },
          ],
        },
        {
          ...{ id: 'pack', label: 'true', kind: 'command', status: 'waiting' },
          ...{ needs: ['compile', 'check'], stage: 'ship', attempts: [] },
        },
        {
          ...{ id: 'tell', label: 'true', kind: 'command', status: 'waiting' },
          ...{ needs: ['compile', 'check'], stage: 'ship', attempts: [] },
        },
      ],
    });
    here.write('go', '');
    expect((await ended).code).toBe(1);
  });

  it('tells how it ended, and why a task was skipped', async () => {
    const here = bench();
    here.write('plan.json', PLAN);
    here.write('go', '');
    await here.run(['run', '-f', 'plan.json']);
    const { run, tasks } = await here.status();
    expect(run).toMatchObject({ status: 'failed', endedAt: expect.stringMatching(ISO) });
    expect(tasks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'compile failed',
      'check succeeded',
      'pack skipped',
      'tell succeeded',
    ]);
    expect(tasks[0]?.attempts[0]?.exit).toEqual({ kind: 'code', code: 3 });
    expect(tasks[2]).toMatchObject({ because: { kind: 'need', task: 'compile' }, attempts: [] });
  });

  it('names logs that can be read', async () => {
    const here = bench();
    await here.run(['run', 'echo hello']);
    const { log } = (await here.status()).tasks[0]?.attempts[0] ?? { log: '' };
    expect(log.startsWith(here.dir)).toBe(true);
    expect(here.read(log.slice(here.dir.length))).toBe('hello\n');
  });
});

describe('status for people', () => {
  it('says why each task is where it is', async () => {
    const here = bench();
    here.write('plan.json', PLAN);
    const { ended } = here.start(['run', '-f', 'plan.json']);
    await here.appears('began');
    await until('check is over', async () => (await here.status()).tasks[1]?.status === 'succeeded');
    const { code, stdout } = await here.run(['status']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^release running for /);
    expect(stdout).toMatch(/^compile +running/m);
    expect(stdout).toMatch(/^check +succeeded/m);
    expect(stdout).toMatch(/^pack +waiting .*compile/m);
    here.write('go', '');
    await ended;
    const over = await here.run(['status']);
    expect(over.code).toBe(0);
    expect(over.stdout).toMatch(/^compile +failed .*exited with code 3$/m);
    expect(over.stdout).toMatch(/^pack +skipped .*because compile failed$/m);
    expect(over.stdout).toContain(`go on with it: batchtool resume ${here.runs()[0]}`);
  });
});

describe('which run is looked at', () => {
  it('is the newest, or the one with this id, or the newest with this name', async () => {
    const here = bench();
    for (const [name, tag] of [
      ['blue', 'x'],
      ['red', 'y'],
      ['blue', 'z'],
    ] as const)
      await here.run(['run', '--name', name, '--tag', tag, 'true']);
    const [first = '', second = '', third = ''] = here.runs();
    const seen = async (...args: string[]): Promise<string> => (await here.status(...args)).run.id;
    expect(await seen()).toBe(third);
    expect(await seen(first)).toBe(first);
    expect(await seen('blue')).toBe(third);
    expect(await seen('--orchestration', 'red')).toBe(second);
    expect(await seen(`--orchestration=${first}`)).toBe(first);
  });

  it.each(['status', 'logs', 'stats', 'resume', 'cancel'])(
    '%s refuses an unknown one with the nearest',
    async (verb) => {
      const here = bench();
      await here.run(['run', '--name', 'nightly', 'exit 1']);
      const { code, stderr } = await here.run([verb, 'nihgtly']);
      expect(code).toBe(2);
      expect(stderr).toContain('there is no run "nihgtly"');
      expect(stderr).toContain('did you mean "nightly"?');
    },
  );

  it.each(['status', 'logs', 'stats'])('%s refuses two', async (verb) => {
    const here = bench();
    await here.run(['run', 'true']);
    expect(await here.run([verb, 'a', 'b'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${verb} takes one run, found 2`),
    });
  });

  it('is found from a folder below the one with .git', async () => {
    const here = bench();
    await here.run(['run', 'true']);
    const { mkdirSync } = await import('node:fs');
    mkdirSync(here.path('.git'));
    mkdirSync(here.path('deep', 'down'), { recursive: true });
    const { stdout } = await here.run(['status', '--json'], { cwd: here.path('deep', 'down') });
    expect(JSON.parse(stdout).run.id).toBe(here.runs()[0]);
  });
});

describe('when nothing has run yet', () => {
  it.each(['status', 'logs', 'stats', 'list', 'resume', 'cancel', 'clean'])(
    '%s says so and makes nothing',
    async (verb) => {
      const here = bench();
      const { code, stdout, stderr } = await here.run([verb]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(
        verb === 'clean' ? /^nothing to delete\n$/ : /^no run yet; start one: batchtool run /,
      );
      expect(here.has('.batchtool')).toBe(false);
    },
  );

  it.each([
    ['status', { run: null, tasks: [] }],
    ['logs', { run: null, logs: [] }],
    ['stats', { run: null, tasks: [] }],
    ['list', { runs: [] }],
  ])('%s --json is still one JSON document', async (verb, document) => {
    const { code, stdout } = await bench().run([verb, '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([0, document]);
  });
});

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
    expect(runs).toEqual([
      {
        ...(await here.status()).run,
        tasks: { waiting: 0, running: 0, succeeded: 1, failed: 1, skipped: 1, cancelled: 0 },
      },
    ]);
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
    expect(document.run).toMatchObject((await here.status()).run);
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
