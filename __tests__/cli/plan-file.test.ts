/** Plans from files: where they are read from, what they say, and how they are narrowed down. */
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';

const bench = useBench();

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
