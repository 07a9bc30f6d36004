/** `config`: what a run would be set to here, who says so, and defaults that are kept for the project. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench } from './harness.js';
import { expectRefused, says } from './refusal.js';

const bench = useBench();

interface Shown {
  readonly value?: unknown;
  readonly valueMs?: number;
  readonly valueBytes?: number;
  readonly from: string | null;
  readonly where: string | null;
}

async function settings(here: Bench, env: Record<string, string> = {}): Promise<Record<string, Shown>> {
  const { code, stdout } = await here.run(['config', '--json'], { env });
  expect(code).toBe(0);
  return JSON.parse(stdout).settings;
}

async function planOf(here: Bench, ...args: string[]): Promise<{ pools: { main: number }; tags: string[] }> {
  const { stdout } = await here.run(['run', '--dry-run', '--json', ...args]);
  return JSON.parse(stdout).plan;
}

describe('config', () => {
  it('shows every setting and makes nothing', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['config']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^max-retries +0 +default$/m);
    expect(stdout).toMatch(/^timeout +not set$/m);
    expect(stdout).toContain('keep one for this project: batchtool config --max-concurrent 5');
    expect(here.has('.batchtool')).toBe(false);
  });

  it('says who said each: variable, plan file, config, default', async () => {
    const here = bench();
    here.write('batchtool.yml', 'max-concurrent: 7\ntasks: {a: {run: x}}\n');
    await here.run(['config', '--max-concurrent', '5', '--memory-limit', '2GB', '--grace', '1s']);
    const all = await settings(here, { BATCHTOOL_TIMEOUT: '1m' });
    expect(all.timeout).toEqual({ valueMs: 60_000, from: 'variable', where: 'BATCHTOOL_TIMEOUT' });
    expect(all['max-concurrent']).toEqual({ value: 7, from: 'file', where: 'batchtool.yml:1' });
    expect(all['memory-limit']).toEqual({
      valueBytes: 2e9,
      from: 'config',
      where: expect.stringMatching(/^\.batchtool\/config\.yml:\d$/),
    });
    expect(all['retry-delay']).toEqual({ valueMs: 1000, from: 'default', where: null });
    expect(all.only).toEqual({ value: null, from: null, where: null });
  });

  it('shows what a plan file says of its rounds, choices and variables too', async () => {
    const here = bench();
    here.write(
      'batchtool.yml',
      'until: "true"\nskip: a\nenv: {B: secret}\nno-context: true\npattern: boomerang\ntasks: {a: {run: x}, b: {run: x}}\n',
    );
    const all = await settings(here);
    const file = (line: number): object => ({ from: 'file', where: `batchtool.yml:${line}` });
    expect(all).toMatchObject({
      until: { value: 'true', ...file(1) },
      skip: { value: ['a'], ...file(2) },
      env: { value: ['B'], ...file(3) },
      'no-context': { value: true, ...file(4) },
      'max-iterations': { value: 3, from: 'default' },
    });
  });

  it('shows no values of variables for tasks', async () => {
    const { stdout } = await bench().run(['config'], { env: { BATCHTOOL_ENV: 'A_TOKEN=hunter2' } });
    expect(stdout).toMatch(/^env +A_TOKEN +BATCHTOOL_ENV$/m);
    expect(stdout).not.toContain('hunter2');
  });

  it('names what a run would refuse, shows the rest, and gives exit code 2', async () => {
    const here = bench();
    here.write('batchtool.yml', 'tasks: {a: {rum: x}}\n');
    const { code, stdout, stderr } = await here.run(['config'], { env: { BATCHTOOL_TIMEOUT: 'soon' } });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^grace +5s +default$/m);
    expect(stderr).toContain('BATCHTOOL_TIMEOUT: expected a time');
    expect(stderr).toContain('batchtool.yml:1:13: task "a": unknown key "rum"');
  });
});

describe('what config keeps', () => {
  it('counts for later runs, under plan file, variable and flag', async () => {
    const here = bench();
    const { code, stdout } = await here.run(['config', '--max-concurrent', '5', '--tag', 'a', '--tag', 'b']);
    expect([code, stdout]).toEqual([
      0,
      'tag is a, b (.batchtool/config.yml:2)\nmax-concurrent is 5 (.batchtool/config.yml:4)\n',
    ]);
    expect(await planOf(here, 'true')).toMatchObject({ pools: { main: 5 }, tags: ['a', 'b'] });
    expect((await planOf(here, '--max-concurrent', '2', 'true')).pools.main).toBe(2);
    here.write('batchtool.yml', 'max-concurrent: 7\ntasks: {a: {run: x}}\n');
    expect((await planOf(here)).pools.main).toBe(7);
  });

  it('may be agents and prices, which are written into its file', async () => {
    const here = bench();
    mkdirSync(here.path('.batchtool'));
    here.write(
      '.batchtool/config.yml',
      'agents: {codex: {model: m-9}}\nprices: {m-9: {input: 1, output: 2}}\n',
    );
    const exported = async (...args: string[]) => JSON.parse((await here.run(['export', ...args])).stdout);
    expect(await exported('prompt: x')).toMatchObject({
      agents: { codex: { model: 'm-9' } },
      prices: { 'm-9': { inputUsd: 1, cachedInputUsd: 1, outputUsd: 2 } },
    });
    const { stdout } = await here.run(['config']);
    expect(stdout).toMatch(/^agents +codex +\.batchtool\/config\.yml:1$/m);
    expect(stdout).toMatch(/^prices +m-9 +\.batchtool\/config\.yml:2$/m);
    here.write('batchtool.yml', 'prices: {m-9: {input: 7, output: 7}}\ntasks: {a: {prompt: x}}\n');
    expect(await exported('-f', 'batchtool.yml')).toMatchObject({ prices: { 'm-9': { inputUsd: 7 } } });
    here.write('.batchtool/config.yml', 'agents: {codx: {model: m}}\n');
    const { code, stderr } = await here.run(['run', '--dry-run', 'true']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('.batchtool/config.yml:1:10: agents: unknown agent "codx"'),
    ]);
  });

  it('counts for orchestrate and resume too', async () => {
    const here = bench();
    await here.run(['config', '--max-retries', '1', '--verbose']);
    await here.run(['orchestrate', '--one', 'sh: [ -e ok ]']);
    expect(here.events().filter(({ type }) => type === 'attempt.started')).toHaveLength(2);
    here.write('ok', '');
    const resumed = await here.run(['resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain('log');
  });

  it('says so when somebody else wins', async () => {
    const here = bench();
    const { stdout } = await here.run(['config', '--timeout', '5m'], { env: { BATCHTOOL_TIMEOUT: '1m' } });
    expect(stdout).toBe('timeout is 1m (BATCHTOOL_TIMEOUT, which wins over what is kept)\n');
    expect(here.read('.batchtool', 'config.yml')).toBe('timeout: 5m\n');
  });

  it('is private, and keeps what the user wrote beside it', async () => {
    const here = bench();
    await here.run(['config', '--max-concurrent', '5']);
    expect(statSync(here.path('.batchtool', 'config.yml')).mode & 0o777).toBe(0o600);
    here.write('.batchtool/config.yml', '# five is enough\nmax-concurrent: 5 # here\n');
    await here.run(['config', '--max-concurrent', '6', '--grace', '1s']);
    expect(here.read('.batchtool', 'config.yml')).toBe(
      '# five is enough\nmax-concurrent: 6 # here\ngrace: 1s\n',
    );
  });

  it('is forgotten with --unset', async () => {
    const here = bench();
    await here.run(['config', '--max-concurrent', '5', '--timeout', '5m']);
    const { code, stdout } = await here.run(['config', '--unset', 'timeout']);
    expect([code, stdout]).toEqual([0, 'timeout is not set\n']);
    expect(here.read('.batchtool', 'config.yml')).toBe('max-concurrent: 5\n');
    expect((await here.run(['config', '--unset', 'max-concurent'])).stderr).toBe(
      says('--unset: there is no setting "max-concurent"', 'did you mean max-concurrent?'),
    );
  });
});

describe('what config refuses', () => {
  it.each([
    ['a value as on the command line', ['--timeout', '5'], '--timeout: expected a time above zero'],
    ['a name', ['max-concurrent'], '`batchtool config --max-concurrent N` sets it'],
    [
      'what concerns one run',
      ['--name', 'x'],
      '--name is an option of run, orchestrate, pipeline, export, validate, sparc, not of config',
    ],
    [
      'variables',
      ['--env', 'A_TOKEN=hunter2'],
      '--env is an option of run, orchestrate, pipeline, export, validate, sparc, not of config',
    ],
    ['what is not known', ['--max-concurent', '5'], 'did you mean --max-concurrent?'],
    ['to set and unset', ['--grace', '1s', '--unset', 'grace'], 'grace is set and unset'],
  ])('%s', async (_, args, message) => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['config', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('hunter2');
    expect(here.has('.batchtool')).toBe(false);
  });

  it('the value of a secret', async () => {
    await expectRefused(
      bench(),
      ['config', '--shell', 'env A=hunter2 sh -c'],
      says(
        '--shell holds the value of A_TOKEN, and would be stored',
        'values of secrets are never kept; --pass-env A_TOKEN hands it to tasks',
      ),
      { env: { A_TOKEN: 'hunter2' } },
    );
  });
});

describe('a config.yml with faults', () => {
  async function broken(text: string): Promise<Bench> {
    const here = bench();
    await here.run(['config', '--grace', '1s']);
    here.write('.batchtool/config.yml', text);
    return here;
  }

  it.each([
    ['timeout: 30\n', '.batchtool/config.yml:1:10: timeout: expected a time above zero'],
    ['grace: 1s\ntimeuot: 30s\n', '.batchtool/config.yml:2:1: "timeuot" is no setting that is kept'],
    ['a: [b\n', '.batchtool/config.yml:2:1: '],
  ])('%j stops run and resume before anything starts', async (text, message) => {
    const here = await broken(text);
    for (const args of [
      ['run', 'touch ran'],
      ['orchestrate', '--one', 'touch ran'],
    ]) {
      const { code, stderr } = await here.run(args);
      expect([code, here.has('ran'), here.runs()]).toEqual([2, false, []]);
      expect(stderr).toContain(message);
    }
  });

  it('is told whole, together with what is wrong with the words', async () => {
    const here = await broken('timeout: 30\nfoo: 1\n');
    const { stderr } = await here.run(['run', '--grace', 'soon', 'true']);
    for (const message of ['config.yml:1:10: timeout', 'config.yml:2:1: "foo"', '--grace: expected a time'])
      expect(stderr).toContain(message);
  });

  it('is mended by setting, unsetting, or beginning anew', async () => {
    const here = await broken('timeout: 30\nfoo: 1\n');
    expect((await here.run(['config', '--timeout', '30s', '--unset', 'foo'])).code).toBe(0);
    expect(here.read('.batchtool', 'config.yml')).toBe('timeout: 30s\n');
    here.write('.batchtool/config.yml', 'a: [b\n');
    const refused = await here.run(['config', '--timeout', '1m']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('`batchtool config --unset all`');
    expect(here.read('.batchtool', 'config.yml')).toBe('a: [b\n');
    expect((await here.run(['config', '--unset', 'all', '--timeout', '1m'])).code).toBe(0);
    expect(here.read('.batchtool', 'config.yml')).toBe('timeout: 1m\n');
  });

  it('is never read when it came with a repository', async () => {
    const here = await broken('shell: touch ran\n');
    const git = (...args: string[]): void => {
      expect(spawnSync('git', args, { cwd: here.dir }).status).toBe(0);
    };
    git('init', '-q');
    git('add', '-f', '.batchtool/config.yml');
    for (const args of [['run', 'true'], ['config'], ['config', '--grace', '1s']]) {
      const { code, stderr } = await here.run(args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).toContain('git tracks files in');
    }
    expect(here.has('ran')).toBe(false);
  });
});

const isRoot = process.getuid?.() === 0;

describe('where nothing can be written', () => {
  it('config says so with exit code 4', async () => {
    const here = bench();
    here.write('file', '');
    const { code, stderr } = await here.run(['config', '--grace', '1s', '--state-dir', 'file/state']);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^batchtool: cannot /);
  });

  (isRoot ? it.skip : it)('config says so in a read-only folder', async () => {
    const here = bench();
    mkdirSync(here.path('shut'), { mode: 0o500 });
    const { code, stderr } = await here.run(['config', '--grace', '1s'], { cwd: here.path('shut') });
    chmodSync(here.path('shut'), 0o700);
    expect(code).toBe(4);
    expect(stderr).toContain('no permission');
  });
});
