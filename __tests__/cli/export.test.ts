/** `export`: a plan as data that `run -f` takes back, or as a picture. Nothing is run. */
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench } from './harness.js';
import { expectNothingDone, expectRefused, says } from './refusal.js';

const bench = useBench();

interface Exported {
  readonly name: string;
  readonly pattern: string;
  readonly tasks: { readonly id: string; readonly needs: unknown[]; readonly work: { kind: string } }[];
  readonly env: Record<string, string>;
  readonly secrets: string[];
  readonly pools: { readonly main: number };
}

async function exported(here: Bench, ...args: string[]): Promise<Exported> {
  const { code, stdout, stderr } = await here.run(['export', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

describe('export --format json', () => {
  it.each([
    ['texts', ['--parallel', 'touch ran', 'echo two']],
    ['texts in order', ['--sequential', 'touch ran', 'echo two', '--max-concurrent', '3', '--timeout=5m']],
    [
      'tasks',
      ['--dependency-aware', '--task', 'a:touch ran', '--task', 'b:echo x:depends=a', '--priority=high'],
    ],
    ['a graph', ['--dependency-graph', '{"b":["a"]}', '--tasks', '{"a":"touch ran","b":"echo x"}']],
    ['a group', ['--a-parallel', 'Two of them', 'touch ran', 'echo a']],
    ['steps', ['--build', 'touch ran', '--test-parallel', 'echo a', 'echo b', '--on-error', 'continue']],
    ['a pattern', ['--boomerang', '--code', 'touch ran', '--test', 'true', '--loop-back-on', 'test']],
    ['variants', ['--ab-test', '--variant-a', 'touch ran', '--variant-b', 'echo b', '--compare', 'echo c']],
  ])('of %s is taken back as the same plan', async (_, words) => {
    const here = bench();
    expect((await here.run(['export', ...words, '--format', 'json', '--output', 'plan.json'])).code).toBe(0);
    expectNothingDone(here);
    const plan = await exported(here, '-f', 'plan.json');
    expect(plan).toEqual(JSON.parse(here.read('plan.json')));
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(0);
    expect(here.has('ran')).toBe(true);
    expect(JSON.parse(here.read('.batchtool', 'runs', here.runs()[0] ?? '', 'plan.json'))).toEqual(plan);
  });

  it('of a plan file resolves all that was short in it', async () => {
    const here = bench();
    here.write(
      'batchtool.yml',
      'stages: [x, y]\ntasks: {a: {run: x, stage: x, matrix: {n: [1, 2]}}, b: {run: y, stage: y}}',
    );
    const { tasks, pattern } = await exported(here);
    expect(pattern).toBe('file');
    expect(tasks).toHaveLength(3);
    expect(tasks[2]?.needs).toHaveLength(2);
  });

  it('holds no values of secrets, and needs none to be set', async () => {
    const here = bench();
    const { stdout } = await here.run([
      'export',
      '--env',
      'A_TOKEN=hunter2',
      '--pass-env',
      'NOT_SET',
      'true',
    ]);
    expect(stdout).not.toContain('hunter2');
    expect(JSON.parse(stdout).secrets).toEqual(['NOT_SET', 'A_TOKEN']);
  });

  it('freezes what is a prompt, and needs no runner for it', async () => {
    const here = bench();
    const words = ['--research', 'Gather requirements', '--build', "npx flowx sparc run code 'x'"];
    const { tasks } = await exported(here, ...words);
    expect(tasks.map(({ work }) => work.kind)).toEqual(['prompt', 'command']);
    expect((await here.run(['orchestrate', ...words])).code).toBe(2);
  });

  it('counts what config keeps, but not what it says about output of runs', async () => {
    const here = bench();
    await here.run(['config', '--max-concurrent', '9', '--output', 'grouped']);
    expect((await exported(here, 'true')).pools.main).toBe(9);
    expect(here.has('grouped')).toBe(false);
  });
});

describe('when nothing says what to export', () => {
  it('it is the newest run, then batchtool.yml', async () => {
    const here = bench();
    here.write('batchtool.yml', 'name: usual\ntasks: {a: {run: x}}');
    expect((await exported(here)).name).toBe('usual');
    await here.run(['run', '--name', 'first', 'true']);
    await here.run(['run', '--name', 'second', 'exit 1']);
    expect((await exported(here)).name).toBe('second');
    expect((await exported(here, '--max-concurrent', '2')).pools.main).toBe(2);
    expect((await exported(here, '-f', 'batchtool.yml')).name).toBe('usual');
  });

  it('it says which it has written', async () => {
    const here = bench();
    here.write('batchtool.yml', 'tasks: {a: {run: x}}');
    const wrote = async (): Promise<string> => (await here.run(['export', '--output', 'plan.json'])).stderr;
    expect(await wrote()).toBe('wrote plan.json: 1 task (batchtool.yml)\n');
    await here.run(['run', 'true', 'true']);
    expect(await wrote()).toBe(`wrote plan.json: 2 tasks (.batchtool/runs/${here.runs()[0]}/plan.json)\n`);
  });

  it('and there is neither, it is refused', async () => {
    const { code, stderr } = await bench().run(['export']);
    expect(code).toBe(2);
    expect(stderr).toContain('nothing to export: no text, no -f, no run yet, and no batchtool.yml here');
  });
});

describe('export --output', () => {
  it('makes folders, writes over files, keeps their mode and links', async () => {
    const here = bench();
    expect((await here.run(['export', '--output', 'a/b/plan.json', 'true'])).stderr).toBe(
      'wrote a/b/plan.json: 1 task, made the folder a\n',
    );
    chmodSync(here.path('a', 'b', 'plan.json'), 0o640);
    symlinkSync('a/b/plan.json', here.path('link'));
    await here.run(['export', '--output', 'link', 'true', 'false']);
    expect(JSON.parse(here.read('a', 'b', 'plan.json')).tasks).toHaveLength(2);
    expect(statSync(here.path('a', 'b', 'plan.json')).mode & 0o777).toBe(0o640);
    expect(readdirSync(here.path('a', 'b'))).toEqual(['plan.json']);
  });

  it('- is standard output, and so is a device', async () => {
    const here = bench();
    const plain = await here.run(['export', 'true']);
    expect((await here.run(['export', '--output', '-', 'true'])).stdout).toBe(plain.stdout);
    expect(here.has('-')).toBe(false);
    if (existsSync('/dev/null'))
      expect((await here.run(['export', '--output', '/dev/null', 'true'])).code).toBe(0);
  });

  it('leaves folders alone, and says what cannot be written', async () => {
    const here = bench();
    mkdirSync(here.path('folder'));
    here.write('file', 'x');
    await expectRefused(
      here,
      ['export', '--output', 'folder', 'true'],
      says('"folder" is a folder', 'name a file in it'),
    );
    const { code, stderr } = await here.run(['export', '--output', 'file/plan.json', 'true']);
    expect([code, here.read('file')]).toEqual([2, 'x']);
    expect(stderr).toMatch(/^batchtool: cannot write "file\/plan\.json": E(NOTDIR|EXIST): [a-z ]+\n$/);
  });

  it('tells programs what was written', async () => {
    const here = bench();
    const { stdout } = await here.run([
      'export',
      '--json',
      '--format',
      'mermaid',
      '--output',
      'p.mmd',
      'true',
    ]);
    expect(JSON.parse(stdout)).toEqual({ file: here.path('p.mmd'), format: 'mermaid', tasks: 1 });
  });
});

describe('export --format mermaid', () => {
  it('is a picture of the plan', async () => {
    const { stdout } = await bench().run([
      'export',
      '--format',
      'mermaid',
      '--sequential',
      'echo "a"',
      'echo b',
    ]);
    expect(stdout).toBe('flowchart TD\n  t0["1<br/>echo #34;a#34;"]\n  t1["2<br/>echo b"]\n  t0 -.-> t1\n');
  });

  it('says when it had to be simpler than the plan', async () => {
    const here = bench();
    const tasks = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`t${i}`, { run: 'echo x' }]));
    here.write('big.json', { tasks });
    const { code, stdout, stderr } = await here.run(['export', '--format', 'mermaid', '-f', 'big.json']);
    expect(code).toBe(0);
    expect(stdout.length).toBeLessThanOrEqual(50_000);
    expect(stderr).toMatch(/^batchtool: too large for a picture on GitHub: /);
  });

  it.each([
    [
      ['--format', 'mermiad'],
      '--format: expected json, mermaid, workflow; found "mermiad"',
      'did you mean mermaid?',
    ],
    [
      ['--format', 'workflow'],
      '--format workflow is not part of this version',
      'possible now: json, mermaid',
    ],
    [
      ['--format', 'mermaid', '--json'],
      '--json and --format mermaid exclude each other',
      'leave one out, or write to a file with --output',
    ],
  ])('refuses %j', async (args, message, hint) => {
    await expectRefused(bench(), ['export', ...args, 'true'], says(message, hint));
  });
});
