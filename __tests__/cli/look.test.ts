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
        ...{ costUsd: null, tokens: null, assumed: null, merged: null, budget: null },
        pools: [{ name: 'main', limit: 2, size: 2, used: 1, closedUntil: null }],
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
              ...{
                peakMemoryBytes: null,
                costUsd: null,
                tokens: null,
                commit: null,
                branch: null,
                changes: null,
                notKept: null,
                aside: [],
                uncommitted: null,
              },
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
              ...{
                peakMemoryBytes: null,
                costUsd: null,
                tokens: null,
                commit: null,
                branch: null,
                changes: null,
                notKept: null,
                aside: [],
                uncommitted: null,
              },
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

  it.each(['status', 'logs', 'stats', 'report', 'resume', 'cancel'])(
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

  it.each(['status', 'logs', 'stats', 'report'])('%s refuses two', async (verb) => {
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
    here.write('.git/HEAD', '');
    mkdirSync(here.path('deep', 'down'), { recursive: true });
    const { stdout } = await here.run(['status', '--json'], { cwd: here.path('deep', 'down') });
    expect(JSON.parse(stdout).run.id).toBe(here.runs()[0]);
  });
});

describe('a run of very many tasks', () => {
  const rowsOf = (stdout: string): string[] => stdout.split('\n').filter((line) => /^\d+ {2,}/.test(line));

  it.each(['status', 'stats'])('%s shows those that matter, and all with --all-tasks', async (verb) => {
    const here = bench();
    await here.run(['run', '--output', 'quiet', ...Array.from({ length: 59 }, () => 'true'), 'exit 3']);
    const few = (await here.run([verb])).stdout;
    expect(few).toContain('and 10 more of 60 tasks: --all-tasks shows every one\n');
    const rows = rowsOf(few);
    expect([rows.length, rows.at(-1)]).toEqual([50, expect.stringMatching(/^60 .*exit 3 .*failed/)]);
    const all = (await here.run([verb, '--all-tasks'])).stdout;
    expect([rowsOf(all).length, all.includes('--all-tasks')]).toEqual([60, false]);
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

  it.each(['status', 'logs', 'stats', 'report', 'monitor', 'resume', 'cancel', 'clean'])(
    '%s of a run with a name is refused',
    async (verb) => {
      const { code, stderr } = await bench().run([verb, 'nope']);
      expect([code, stderr]).toEqual([2, 'batchtool: there is no run "nope"; nothing has run here yet\n']);
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
