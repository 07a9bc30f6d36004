/** `batchtool run`: its modes, and what it prints or does instead of running before your eyes. */
import { describe, expect, it } from '@jest/globals';
import { until, useBench, waitFor } from './harness.js';

const bench = useBench();

/** Ends only when the other one has begun: both, and so only side by side. */
const meet = (own: string, other: string): string =>
  `touch ${own}; ${waitFor(other)}; echo ${own} met ${other}`;

describe('run --parallel', () => {
  it('runs texts side by side', async () => {
    const here = bench();
    const { code, stdout } = await here.run(['run', '--parallel', meet('a', 'b'), meet('b', 'a')]);
    expect(code).toBe(0);
    expect(stdout.split('\n').sort()).toEqual(['', '[1] a met b', '[2] b met a']);
  });

  it.each([[[]], [['--concurrent']]])('is what %j means as well', async (mode) => {
    const { code } = await bench().run(['run', ...mode, meet('a', 'b'), meet('b', 'a')]);
    expect(code).toBe(0);
  });

  it('never runs more at one time than --max-concurrent', async () => {
    const here = bench();
    // Long enough for another to trip over the lock, if another were there.
    const alone = 'mkdir lock && sleep 0.1 && rmdir lock';
    const { code } = await here.run(['run', '--max-concurrent', '1', alone, alone, alone, alone]);
    expect(code).toBe(0);
    expect((await here.status()).tasks.map(({ status }) => status)).toEqual(Array(4).fill('succeeded'));
  });

  it('takes --max-concurrent from BATCHTOOL_MAX_CONCURRENT, and the flag before it', async () => {
    const here = bench();
    const slots = async (args: string[], value: string): Promise<unknown> => {
      const dry = ['run', '--dry-run', '--json', ...args, 'echo x'];
      const { stdout } = await here.run(dry, { env: { BATCHTOOL_MAX_CONCURRENT: value } });
      return JSON.parse(stdout).plan.pools.main;
    };
    expect(await slots([], '7')).toBe(7);
    expect(await slots(['--max-concurrent', '2'], '7')).toBe(2);
    expect(await slots(['--max-parallel=3'], '7')).toBe(3);
  });
});

describe('run --sequential', () => {
  it('starts a text when the one before has ended', async () => {
    const here = bench();
    const texts = ['echo one >> order', 'sleep 0.1; echo two >> order', 'echo three >> order'];
    const { code } = await here.run(['run', '--sequential', ...texts]);
    expect(code).toBe(0);
    expect(here.read('order')).toBe('one\ntwo\nthree\n');
  });

  it('skips what comes after a failure', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--sequential', 'true', 'exit 3', 'touch never']);
    expect(code).toBe(1);
    expect(here.has('never')).toBe(false);
    expect((await here.status()).tasks.map(({ status }) => status)).toEqual([
      'succeeded',
      'failed',
      'skipped',
    ]);
    expect(stderr).toContain('task 3 skipped because task 2 failed');
  });
});

describe('run --dependency-aware', () => {
  it('starts each task after what it needs, and the rest side by side', async () => {
    const here = bench();
    const { code } = await here.run([
      ...['run', '--dependency-aware', '--task', 'last:cat left right > both:depends=left,right'],
      ...['--task', `left:${meet('l', 'r')}; echo L > left:depends=first`],
      ...['--task', `right:${meet('r', 'l')}; echo R > right:depends=first`],
      ...['--task', 'first:echo F > first'],
    ]);
    expect(code).toBe(0);
    expect(here.read('both')).toBe('L\nR\n');
    const order = here.events().flatMap(({ type, task }) => (type === 'attempt.started' ? [task] : []));
    expect(order).toEqual(['first', 'left', 'right', 'last']);
  });

  it('takes a graph as JSON', async () => {
    const here = bench();
    const graph = { build: ['types'], types: [], pack: ['build'] };
    const tasks = { pack: 'echo pack >> order', types: 'echo types >> order', build: 'echo build >> order' };
    const { code } = await here.run([
      ...['run', '--dependency-aware', '--dependency-graph', JSON.stringify(graph)],
      ...['--tasks', JSON.stringify(tasks)],
    ]);
    expect(code).toBe(0);
    expect(here.read('order')).toBe('types\nbuild\npack\n');
  });
});

describe('run --dry-run', () => {
  it('prints the plan and starts nothing', async () => {
    const here = bench();
    const { code, stdout } = await here.run(['run', '--sequential', '--dry-run', 'touch a', 'touch b']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2 +command +1 +touch b$/m);
    expect(stdout).toContain('dry run: nothing was started');
    expect([here.has('a'), here.has('.batchtool')]).toEqual([false, false]);
  });

  it('prints it as one JSON document with --json', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run([
      ...['run', '--sequential', '--dry-run', '--json', '--max-retries', '2', '--memory-limit', '1.5GiB'],
      ...['echo a', 'echo b'],
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const { plan, tasks, loops } = JSON.parse(stdout);
    expect(plan).toMatchObject({ name: 'sequential', pattern: 'sequential', onError: 'skip' });
    expect(tasks[1]).toMatchObject({
      id: '2',
      kind: 'command',
      text: 'echo b',
      needs: ['1'],
      attempts: 3,
      limits: { memoryBytes: 1_610_612_736 },
    });
    expect(loops).toEqual([]);
  });
});

describe('run --detach', () => {
  it('goes on in the background and says which run it is', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run([
      'run',
      '--detach',
      `${waitFor('go')}; echo done > result`,
    ]);
    expect(code).toBe(0);
    const [id = ''] = here.runs();
    expect(stdout).toBe(`${id}\n`);
    expect(stderr).toContain(`batchtool logs --follow ${id}`);
    expect((await here.status(id)).run.status).toBe('running');
    here.write('go', '');
    await here.appears('result');
    const { code: followed } = await here.run(['logs', '--follow', id]);
    expect(followed).toBe(0);
    expect((await here.status(id)).run.status).toBe('succeeded');
  });

  it('goes on once when BATCHTOOL_DETACH asks for it', async () => {
    const here = bench();
    const env = { BATCHTOOL_DETACH: '1' };
    const { code, stdout } = await here.run(['run', 'echo "$BATCHTOOL_DETACH." > result'], { env });
    expect([code, stdout]).toEqual([0, `${here.runs()[0]}\n`]);
    await here.appears('result');
    await until('it succeeded', async () => (await here.status()).run.status === 'succeeded');
    expect(here.read('result')).toBe('.\n');
  });
});

describe('run --json', () => {
  it('writes the events of the run, and nothing else, to stdout as lines of JSON', async () => {
    const here = bench();
    const { code, stdout } = await here.run(['run', '--json', '--sequential', 'echo hello', 'exit 7']);
    expect(code).toBe(1);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type, task }) => (task === undefined ? type : `${type} ${task}`))).toEqual([
      'run.started',
      ...['attempt.started 1', 'attempt.spawned 1', 'attempt.exited 1', 'task.finished 1'],
      ...['attempt.started 2', 'attempt.spawned 2', 'attempt.exited 2', 'task.finished 2'],
      'run.finished',
    ]);
    expect(events).toEqual(here.events());
  });
});

describe('exit codes', () => {
  it.each([
    ['0: all succeeded', ['true'], 0],
    ['1: a task failed', ['true', 'exit 5'], 1],
    ['2: the request was wrong', ['--timeout', 'soon', 'true'], 2],
  ])('%s', async (_, args, expected) => {
    expect((await bench().run(['run', ...args])).code).toBe(expected);
  });

  it('4: the state folder cannot be made', async () => {
    const here = bench();
    here.write('file', '');
    const { code, stderr } = await here.run(['run', '--state-dir', 'file', 'touch ran']);
    expect(code).toBe(4);
    expect(stderr).toContain('hint: ');
    expect(here.has('ran')).toBe(false);
  });
});
