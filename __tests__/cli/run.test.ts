/** `batchtool run`: the modes, where a plan may come from, and how it is narrowed down. */
import { mkdirSync } from 'node:fs';
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

const PLAN = `
name: three steps
tags: [nightly]
tasks:
  make: {run: echo made > made}
  use:
    run: cat made made > used
    needs: make
  tell: {run: cat used, needs: [use], tags: [talk]}
`;

describe('a plan file', () => {
  it('is run with -f, and gives the run its name and tags', async () => {
    const here = bench();
    here.write('steps.yml', PLAN);
    const { code, stdout } = await here.run(['run', '-f', 'steps.yml']);
    expect(code).toBe(0);
    expect(stdout).toBe('[tell] made\n[tell] made\n');
    expect((await here.status()).run).toMatchObject({
      name: 'three steps',
      pattern: 'file',
      tags: ['nightly'],
    });
  });

  it('is read from standard input with -f -', async () => {
    const here = bench();
    const { code } = await here.run(['run', '-f', '-'], { input: PLAN });
    expect(code).toBe(0);
    expect(here.read('used')).toBe('made\nmade\n');
  });

  it('is batchtool.yml when nothing else is given', async () => {
    const here = bench();
    here.write('batchtool.yml', PLAN);
    const { code } = await here.run(['run']);
    expect(code).toBe(0);
    expect(here.has('used')).toBe(true);
  });

  it('is missed in words when there is none and nothing else was given', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run']);
    expect(code).toBe(2);
    expect(stderr).toContain('batchtool.yml');
    expect(here.has('.batchtool')).toBe(false);
  });

  it('is missed by its name when -f names one that is not there', async () => {
    const { code, stderr } = await bench().run(['run', '-f', 'no.yml']);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no file "no.yml"');
  });

  it('may be JSON, and run in the order of its tasks with --sequential', async () => {
    const here = bench();
    const tasks = {
      b: { run: 'echo b >> order' },
      a: { run: 'echo a >> order' },
      c: { run: 'echo c >> order' },
    };
    here.write('plan.json', { tasks });
    const { code } = await here.run(['run', '--sequential', '-f', 'plan.json']);
    expect(code).toBe(0);
    expect(here.read('order')).toBe('b\na\nc\n');
  });

  it('is named after its file when it has no name of its own', async () => {
    const here = bench();
    here.write('nightly.yml', 'tasks: {a: {run: "true"}}');
    await here.run(['run', '-f', 'nightly.yml']);
    expect((await here.status()).run.name).toBe('nightly');
  });

  it('loses to flags: --name, --tag, --max-concurrent, --timeout', async () => {
    const here = bench();
    here.write(
      'p.yml',
      'name: file\ntags: file\nmax-concurrent: 9\ndefaults: {timeout: 1h}\ntasks: {a: {run: "true", timeout: 2h}}',
    );
    const flags = [
      '--name',
      'flag',
      '--tag',
      'one',
      '--tag',
      'two',
      '--max-concurrent',
      '3',
      '--timeout',
      '5m',
    ];
    const { stdout } = await here.run(['run', '-f', 'p.yml', '--dry-run', '--json', ...flags]);
    const { plan, tasks } = JSON.parse(stdout);
    expect(plan).toMatchObject({ name: 'flag', tags: ['one', 'two'], pools: { main: 3 } });
    expect(tasks[0].limits).toEqual({ timeoutMs: 300_000 });
  });

  it('has tasks in folders of their own, and a shell of their own', async () => {
    const here = bench();
    mkdirSync(here.path('sub'));
    here.write(
      'p.yml',
      'tasks:\n  a: {run: pwd > here, working-directory: sub}\n  b: {run: "process.stdout.write(String(6 * 7))", shell: node -e}',
    );
    const { code, stdout } = await here.run(['run', '-f', 'p.yml']);
    expect(code).toBe(0);
    expect(here.read('sub', 'here').trim()).toBe(here.path('sub'));
    expect(stdout).toBe('[b] 42\n');
  });
});

describe('a matrix', () => {
  const MATRIX = `
tasks:
  test:
    run: echo "$BATCHTOOL_MATRIX_NODE on $BATCHTOOL_MATRIX_OS" > seen-$BATCHTOOL_MATRIX_NODE-$BATCHTOOL_MATRIX_OS
    matrix: {node: [20, 22], os: [linux, mac], exclude: [{node: 20, os: mac}]}
  all: {run: cat seen-* > seen, needs: test}
`;

  it('makes a task of each combination, and who needs it needs all of them', async () => {
    const here = bench();
    here.write('m.yml', MATRIX);
    const { code } = await here.run(['run', '-f', 'm.yml']);
    expect(code).toBe(0);
    expect(here.read('seen').trim().split('\n')).toEqual(['20 on linux', '22 on linux', '22 on mac']);
    const { tasks } = await here.status();
    expect(tasks.map(({ id }) => id)).toEqual([
      'test-node20-linux',
      'test-node22-linux',
      'test-node22-mac',
      'all',
    ]);
    expect(tasks.at(-1)).toMatchObject({
      needs: ['test-node20-linux', 'test-node22-linux', 'test-node22-mac'],
    });
  });

  it('is chosen as a whole by the name of its task', async () => {
    const here = bench();
    here.write('m.yml', MATRIX);
    const { stdout } = await here.run(['run', '-f', 'm.yml', '--only', 'test', '--dry-run', '--json']);
    expect(JSON.parse(stdout).tasks).toHaveLength(3);
  });
});

describe('--only and --skip', () => {
  it('--only runs a task and what it needs', async () => {
    const here = bench();
    here.write('batchtool.yml', PLAN);
    const { code } = await here.run(['run', '--only', 'use']);
    expect(code).toBe(0);
    expect((await here.status()).tasks.map(({ id }) => id)).toEqual(['make', 'use']);
  });

  it('--only and --skip take tags', async () => {
    const here = bench();
    here.write('batchtool.yml', PLAN);
    await here.run(['run', '--skip', 'talk']);
    expect((await here.status()).tasks.map(({ id }) => id)).toEqual(['make', 'use']);
    await here.run(['run', '--only', 'talk']);
    expect((await here.status()).tasks.map(({ id }) => id)).toEqual(['make', 'use', 'tell']);
  });

  it('--skip leaves a task out; what needs it runs without it', async () => {
    const here = bench();
    here.write('batchtool.yml', PLAN);
    here.write('made', 'by hand\n');
    const { code } = await here.run(['run', '--skip', 'make']);
    expect(code).toBe(0);
    expect(here.read('used')).toBe('by hand\nby hand\n');
  });

  it('an unknown word is refused with the nearest one', async () => {
    const here = bench();
    here.write('batchtool.yml', PLAN);
    const { code, stderr } = await here.run(['run', '--only', 'mak']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "make"?');
    expect(here.has('.batchtool')).toBe(false);
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
