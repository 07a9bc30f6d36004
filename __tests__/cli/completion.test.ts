/** `completion`: scripts for shells; that for bash is tried in a real one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, CLI, useBench } from './harness.js';

const bench = useBench();
const hasBash = spawnSync('bash', ['-c', 'mapfile -t a < <(echo x)']).status === 0;

/** What bash would offer for the last of these words. */
function offered(here: Bench, ...words: string[]): string[] {
  const script = `
    batchtool() { "$NODE" "$CLI" "$@"; }
    eval "$(batchtool completion bash)"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _batchtool
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'batchtool', ...words], {
    cwd: here.dir,
    env: { PATH: process.env.PATH, HOME: here.dir, NODE: process.execPath, CLI },
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((word) => word !== '');
}

(hasBash ? describe : describe.skip)('completion in bash', () => {
  it('offers verbs', () => {
    const here = bench();
    expect(offered(here, 'st')).toEqual(['status', 'stats']);
    expect(offered(here, 'help', 'mon')).toEqual(['monitor']);
    expect(offered(here, '')).toEqual(expect.arrayContaining(['run', 'orchestrate', 'help', '--version']));
  });

  it('offers the options of a verb, and its modes', () => {
    const here = bench();
    expect(offered(here, 'run', '--max-con')).toEqual(['--max-concurrent']);
    expect(offered(here, 'run', 'x', '--seq')).toEqual(['--sequential']);
    expect(offered(here, 'orchestrate', '--boo')).toEqual(['--boomerang']);
    expect(offered(here, 'config', '--uns')).toEqual(['--unset']);
    expect(offered(here, 'status', '--max-c')).toEqual([]);
  });

  it('offers values: words, files, folders', () => {
    const here = bench();
    here.write('plan.yml', '');
    mkdirSync(here.path('place'));
    expect(offered(here, 'run', '--output', '')).toEqual(['stream', 'grouped', 'quiet']);
    expect(offered(here, 'run', '--on-error', 's')).toEqual(['skip', 'stop']);
    expect(offered(here, 'run', '--output', '=', 'gr')).toEqual(['grouped']);
    expect(offered(here, 'run', '--output', '=')).toEqual(['stream', 'grouped', 'quiet']);
    expect(offered(here, 'validate', 'pl').sort()).toEqual(['place', 'plan.yml']);
    expect(offered(here, 'run', '-f', 'plan').sort()).toEqual(['plan.yml']);
    expect(offered(here, 'run', '--cwd', 'pl')).toEqual(['place']);
    expect(offered(here, 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('offers runs and tasks that there are', async () => {
    const here = bench();
    expect(offered(here, 'status', '')).toEqual([]);
    await here.run(['run', '--name', 'has blanks', 'true']);
    here.write('p.json', { name: 'nightly', tasks: { build: { run: 'true' }, test: { run: 'true' } } });
    await here.run(['run', '-f', 'p.json']);
    const ids = here.runs().reverse();
    expect(offered(here, 'status', '')).toEqual(['nightly', ...ids]);
    expect(offered(here, 'resume', '--orchestration', 'nig')).toEqual(['nightly']);
    expect(offered(here, 'logs', '--task', '')).toEqual(['build', 'test']);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s speaks of every verb and option', async (shell) => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['completion', shell]);
    expect([code, stderr]).toEqual([0, '']);
    for (const word of ['orchestrate', 'monitor', 'max-concurrent', 'older-than', 'boomerang', 'grouped'])
      expect(stdout).toContain(word);
    expect(here.has('.batchtool')).toBe(false);
  });

  it('has nothing to offer where nothing can be read, and says nothing', async () => {
    const here = bench();
    here.write('file', '');
    const env = { BATCHTOOL_STATE_DIR: 'file/state' };
    for (const what of ['runs', 'tasks'])
      expect(await here.run(['completion', what], { env })).toMatchObject({
        code: 0,
        stdout: '',
        stderr: '',
      });
  });

  it.each([
    [[], 'expected a shell: bash, zsh, fish', 'for example batchtool completion bash'],
    [['bsah'], 'expected bash, zsh, fish; found "bsah"', 'did you mean bash?'],
    [['tcsh'], 'expected bash, zsh, fish; found "tcsh"', 'for example batchtool completion bash'],
  ])('refuses %j', async (args, message, hint) => {
    const { code, stdout, stderr } = await bench().run(['completion', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`batchtool: ${message}\n  hint: ${hint}\n`);
  });
});
