/** `doctor`: what works on this machine. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Bench, type Options, useBench } from './harness.js';

const bench = useBench();

interface Check {
  readonly name: string;
  readonly status: string;
  readonly found: string;
  readonly hint: string | null;
}

const path = (here: Bench): string => `${here.path('bin')}:${process.env.PATH}`;

/** Puts a stand-in for an agent on a PATH of its own. */
function withClaude(here: Bench, lines: string, name = 'claude'): Bench {
  mkdirSync(here.path('bin'), { recursive: true });
  here.write(join('bin', name), `#!/bin/sh\n${lines}\n`);
  chmodSync(here.path('bin', name), 0o755);
  return here;
}

async function examined(
  here: Bench,
  options: Options = {},
  ...args: string[]
): Promise<{ code: number | null; ok: boolean; of: (name: string) => Check | undefined }> {
  const { code, stdout } = await here.run(['doctor', '--json', ...args], options);
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
  return { code, ok, of: (name) => checks.find((check) => check.name === name) };
}

describe('doctor', () => {
  it('finds that a run can work here, and makes nothing', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['doctor']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^node +ok +${process.version.replaceAll('.', '\\.')} on`, 'm'));
    expect(stdout).toMatch(/^sh +ok +\//m);
    expect(stdout.trim().split('\n').at(-1)).toBe('a run can work here');
    expect(here.has('.batchtool')).toBe(false);
  });

  it('finds the same without a single variable, as a shell does', async () => {
    const bare = { PATH: undefined, HOME: undefined, TMPDIR: undefined, XDG_CACHE_HOME: undefined };
    const { code, ok, of } = await examined(bench(), { env: bare });
    expect([code, ok, of('sh')?.status, of('processes')?.status]).toEqual([0, true, 'ok', 'ok']);
  });

  it('names runners on PATH and in node_modules, and asks them for no more than their SPARC commands', async () => {
    const here = bench();
    mkdirSync(here.path('bin'));
    mkdirSync(here.path('node_modules', '.bin'), { recursive: true });
    for (const name of ['bin/flowx', 'node_modules/.bin/ruflo']) {
      here.write(name, `#!/bin/sh\necho "$* in $PWD" >> ${here.path('asked')}\n`);
      chmodSync(here.path(name), 0o755);
    }
    const { of } = await examined(here, { env: { PATH: `${here.path('bin')}:${process.env.PATH}` } });
    expect(of('SPARC runners')?.found).toBe(`${here.path('bin', 'flowx')}, node_modules/.bin/ruflo`);
    const asked = here.read('asked').trim().split('\n');
    expect(asked).toEqual([1, 2].map(() => expect.stringMatching(/^sparc --help in .*batchtool-doctor-/)));
  });

  it('says of a runner that it does not know SPARC commands, whose tasks would all fail', async () => {
    const here = bench();
    mkdirSync(here.path('bin'));
    here.write('bin/claude-flow', '#!/bin/sh\necho "[ERROR] Unknown command: $1" >&2; exit 1\n');
    chmodSync(here.path('bin/claude-flow'), 0o755);
    const { of } = await examined(here, { env: { PATH: `${here.path('bin')}:${process.env.PATH}` } });
    expect(of('SPARC runners')).toEqual({
      name: 'SPARC runners',
      status: 'warning',
      found: `${here.path('bin', 'claude-flow')} (without \`sparc\`)`,
      hint: expect.stringContaining('--runner builtin'),
    });
  });

  it('asks agents for their versions, and nothing else of them', async () => {
    const here = withClaude(bench(), 'echo "$*" >> asked; echo "9.8.7 (Claude Code)"');
    const { code, of } = await examined(here, { env: { PATH: path(here), ANTHROPIC_API_KEY: 'k' } });
    expect([code, of('agent claude')]).toEqual([
      0,
      {
        name: 'agent claude',
        status: 'ok',
        found: `9.8.7 (Claude Code) at ${here.path('bin', 'claude')}; key in ANTHROPIC_API_KEY`,
        hint: null,
      },
    ]);
    expect(here.read('asked')).toBe('--version\n');
  });

  it('tells of an agent that does not start, and of none at all', async () => {
    const here = withClaude(bench(), 'exit 3');
    expect((await examined(here, { env: { PATH: path(here) } })).of('agent claude')).toMatchObject({
      status: 'warning',
      found: expect.stringContaining('`claude --version` fails'),
    });
    const none = withClaude(bench(), '', 'other');
    expect((await examined(none, { env: { PATH: none.path('bin') } })).of('agents')).toMatchObject({
      status: 'warning',
      found: 'none of claude, codex, opencode, gemini',
      hint: expect.stringContaining('npm install -g'),
    });
  });

  it('--live asks each agent one question, in an empty folder that is gone afterwards', async () => {
    const report = { type: 'result', subtype: 'success', result: 'ready', total_cost_usd: 0.003 };
    const here = bench();
    withClaude(
      here,
      `[ "$1" = --version ] && echo 1 && exit; cat > ${here.path('told')}; pwd > ${here.path('where')}; echo '${JSON.stringify(report)}'`,
    );
    const { code, of } = await examined(here, { env: { PATH: path(here) } }, '--live');
    expect([code, of('agent claude')?.found]).toEqual([
      0,
      expect.stringMatching(/answers in .* for \$0\.0030$/),
    ]);
    expect(here.read('told')).toContain('Answer with the one word');
    expect(existsSync(here.read('where').trim())).toBe(false);
    const silent = withClaude(
      bench(),
      '[ "$1" = --version ] && echo 1 && exit; echo "Please log in" >&2; exit 1',
    );
    expect(
      (await examined(silent, { env: { PATH: path(silent) } }, '--live')).of('agent claude'),
    ).toMatchObject({
      status: 'warning',
      found: expect.stringMatching(/does not answer: .*Please log in/),
      hint: expect.stringContaining('ANTHROPIC_API_KEY'),
    });
  });

  it('--live asks each agent as a run would call it, those of the settings and of the user too', async () => {
    const here = bench();
    const report = JSON.stringify({ type: 'result', subtype: 'success', result: 'ready' });
    withClaude(
      here,
      `[ "$1" = --version ] && echo 1 && exit; echo "$*" > ${here.path('called')}; echo '${report}'`,
    );
    withClaude(here, `cat > ${here.path('told')}; echo "with $1: ready"`, 'aider');
    const agents = {
      claude: { model: 'opus-9', permission: 'plan', args: ['--extra'] },
      mine: { command: 'aider {model}', model: 'large' },
      gone: { command: 'not-there' },
    };
    mkdirSync(here.path('.batchtool'));
    here.write('.batchtool/config.yml', { agents });
    const { of } = await examined(here, { env: { PATH: path(here) } }, '--live');
    expect(here.read('called')).toMatch(/--permission-mode plan --model opus-9 --extra/);
    expect(here.read('told')).toContain('Answer with the one word');
    expect(of('agent claude')).toMatchObject({ status: 'ok', found: expect.stringContaining('answers in') });
    expect(of('agent mine')).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/^a command of your own, at .*aider; answers in/),
    });
    expect(of('agent gone')).toMatchObject({ status: 'warning', found: 'not-there is not on PATH' });
  });

  it('--live asks a command of the user in the current folder, and quotes it where it is to be tried by hand', async () => {
    const here = bench();
    mkdirSync(here.path('tools'));
    mkdirSync(here.path('.batchtool'));
    here.write('tools/agent.sh', 'cat > told; echo ready; [ "$1" = -m ]');
    const agents = {
      mine: { command: ['sh', 'tools/agent.sh', '-m'] },
      bad: { command: ['sh', 'tools/agent.sh', 'a b'] },
    };
    here.write('.batchtool/config.yml', { agents });
    const { of } = await examined(here, { env: { PATH: path(here) } }, '--live');
    expect(of('agent mine')).toMatchObject({ status: 'ok', found: expect.stringContaining('answers in') });
    expect(here.read('told')).toContain('Answer with the one word');
    expect(of('agent bad')?.hint).toBe("try it by hand: `sh tools/agent.sh 'a b'`");
  });

  it('--live marks what each agent starts for itself, so that the end of one is not that of the others', async () => {
    const here = bench();
    for (const name of ['claude', 'codex'])
      withClaude(
        here,
        `[ "$1" = --version ] && echo 1 && exit; env | grep '^BATCHTOOL_MARK_doctor' > ${here.path(`${name}-mark`)}`,
        name,
      );
    await examined(here, { env: { PATH: path(here) } }, '--live');
    expect(here.read('claude-mark')).toMatch(/^BATCHTOOL_MARK_doctor\d+_claude_/);
    expect(here.read('codex-mark')).toMatch(/^BATCHTOOL_MARK_doctor\d+_codex_/);
  });

  it('says which essential thing is broken, with exit code 1', async () => {
    const here = bench();
    mkdirSync(here.path('bin'));
    const { code, ok, of } = await examined(here, { env: { PATH: here.path('bin') } });
    expect([code, ok]).toEqual([1, false]);
    expect(of('sh')).toMatchObject({ status: 'failed', hint: expect.stringContaining('PATH') });
    expect(of('git')).toMatchObject({ status: 'warning' });
    const { stdout } = await here.run(['doctor'], { env: { PATH: here.path('bin') } });
    expect(stdout).toContain('no run can work here: sh\n');
  });

  it('finds a state folder that is a file, or has no parent', async () => {
    const here = bench();
    here.write('file', '');
    for (const dir of ['file', 'file/state', 'none/state']) {
      const { code, of } = await examined(here, {}, '--state-dir', dir);
      expect([dir, code, of('state folder')?.status]).toEqual([dir, 1, 'failed']);
    }
  });

  it('finds what config.yml has wrong', async () => {
    const here = bench();
    await here.run(['config', '--grace', '1s']);
    expect((await examined(here)).of('config')).toMatchObject({ status: 'ok', found: 'grace' });
    here.write('.batchtool/config.yml', 'grace: 1s\nfoo: 1\n');
    const { code, of } = await examined(here);
    expect([code, of('config')?.found]).toEqual([
      1,
      '.batchtool/config.yml:2: "foo" is no setting that is kept',
    ]);
  });
});
