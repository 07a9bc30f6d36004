/** What the program says about itself, and about words that it does not know. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench } from './harness.js';
import { inShell } from './shell.js';

const bench = useBench();
const VERBS = [
  ...[
    'run',
    'orchestrate',
    'pipeline',
    'status',
    'logs',
    'stats',
    'report',
    'list',
    'resume',
    'cancel',
    'clean',
  ],
  ...['monitor', 'config', 'export', 'validate', 'sparc', 'doctor', 'init', 'completion'],
];
/** They have nothing to do with the state folder. */
const STATELESS = ['init', 'completion'];

describe('help', () => {
  it.each([[['--help']], [['-h']], [['help']]])(
    '%j names every verb, an example and the exit codes',
    async (args) => {
      const { code, stdout, stderr } = await bench().run(args);
      expect([code, stderr]).toEqual([0, '']);
      for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} +\\S`, 'm'));
      expect(stdout).toContain('Example: batchtool run ');
      for (const words of ['0 all', '1 a task failed', '2 the request', '3 stopped', '4 the state'])
        expect(stdout).toContain(words);
    },
  );

  it('is shown with exit code 2 when nothing is asked', async () => {
    const { code, stdout } = await bench().run([]);
    expect(code).toBe(2);
    expect(stdout).toContain('Usage: batchtool VERB');
  });

  it.each(VERBS)('%s --help shows usage, every option with its variable, and examples', async (verb) => {
    const here = bench();
    const { code, stdout, stderr } = await here.run([verb, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: batchtool ${verb}\\b`));
    if (!STATELESS.includes(verb)) expect(stdout).toContain('BATCHTOOL_STATE_DIR');
    expect(stdout).toContain('Exit codes: 0 all that had to succeed did');
    expect(stdout).toMatch(new RegExp(`^Examples:\\n  batchtool ${verb}`, 'm'));
    expect(await here.run(['help', verb])).toMatchObject({ code: 0, stdout });
    expect((await here.run([verb, '-h', 'x', '--timeout'])).code).toBe(0);
    expect(here.has('.batchtool')).toBe(false);
  });

  it.each(VERBS)('%s has only examples that work', async (verb) => {
    const here = bench();
    const { stdout } = await here.run([verb, '--help']);
    const examples = /^Examples:\n((?: {2}.*\n)+)/m.exec(stdout)?.[1]?.trim().split('\n') ?? [];
    expect(examples.length).toBeGreaterThan(0);
    await setScene(here, verb);
    for (const example of examples) {
      const { code, stderr } = await inShell(here, example.trim());
      expect([example, code, stderr]).toEqual([example, 0, expect.any(String)]);
    }
  });
});

/** What the examples speak of: a plan here, and a run called nightly with the tasks 1 and deploy, live for `cancel`. */
async function setScene(here: Bench, verb: string): Promise<void> {
  if (verb === 'init') return;
  here.write('batchtool.yml', 'tasks: {build: {run: echo built}}');
  const run = verb === 'cancel' ? 'sleep 60' : 'echo done';
  here.write('nightly.json', { tags: ['nightly'], tasks: { 1: { run }, deploy: { run } } });
  const often = verb === 'cancel' || verb === 'report' ? 2 : 1;
  for (let i = 0; i < often; i++)
    await here.run(['run', '-f', 'nightly.json', ...(verb === 'cancel' ? ['--detach'] : [])]);
}

describe('--version', () => {
  it('is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../../package.json`, 'utf8'));
    expect(await bench().run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe('what is not known', () => {
  it.each([
    ['a verb', ['stauts'], 'unknown verb "stauts"', 'did you mean "batchtool status"?'],
    ['a verb cut short', ['orch'], 'unknown verb "orch"', 'did you mean "batchtool orchestrate"?'],
    ['an option cut short', ['run', '--max-conc', '3'], 'unknown option --max-conc', '--max-concurrent?'],
    [
      'an option without a verb',
      ['--parallel', 'true'],
      'a verb comes before an option, found "--parallel"',
      'did you mean "batchtool run"?',
    ],
    [
      'a text without a verb',
      ['npm test'],
      'a verb comes before a text, found "npm test"',
      'did you mean "batchtool run"?',
    ],
    ['a verb like no other', ['xyzzy'], 'unknown verb "xyzzy"', 'verbs: run, orchestrate'],
    [
      'an option',
      ['run', '--max-concurent', '3', 'true'],
      'unknown option --max-concurent',
      'did you mean --max-concurrent?',
    ],
    [
      'an option of others',
      ['run', '--jobs', '3', 'true'],
      'unknown option --jobs',
      'did you mean --max-concurrent?',
    ],
    [
      'an option of another verb',
      ['status', '--filter', 'x'],
      '--filter is an option of logs, not of status',
      'batchtool status --help',
    ],
    ['an option of a view', ['list', '--folow'], 'unknown option --folow', 'batchtool list --help'],
    ['a mode', ['run', '--sequental', 'true'], 'unknown option --sequental', 'did you mean --sequential?'],
    [
      'a choice',
      ['run', '--output', 'group', 'true'],
      '--output: expected stream, grouped, quiet; found "group"',
      'grouped',
    ],
  ])('%s is refused with exit code 2 and the nearest word', async (_, args, message, hint) => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`batchtool: ${message}`);
    expect(stderr).toContain(hint);
    expect(here.has('.batchtool')).toBe(false);
  });

  it('is told all at once', async () => {
    const { code, stderr } = await bench().run([
      'run',
      '--timeout',
      'soon',
      '--memory-limit',
      '0',
      '--max-concurrent',
      '-2',
      'true',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('--timeout: expected a time above zero with its unit, found "soon"');
    expect(stderr).toContain('--memory-limit: expected a size above zero, found "0"');
    expect(stderr).toContain('--max-concurrent');
    expect(stderr.match(/hint: /g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('two modes exclude each other', async () => {
    const { code, stderr } = await bench().run(['run', '--parallel', '--sequential', 'true']);
    expect(code).toBe(2);
    expect(stderr).toContain('--parallel and --sequential exclude each other');
  });

  it('a task of batchtool.yml given as a text hints at --only', async () => {
    const here = bench();
    here.write('batchtool.yml', 'tasks: {build: {run: touch ran}}');
    const { code, stderr } = await here.run(['run', 'build']);
    expect(code).toBe(2);
    expect(stderr).toContain('--only build');
    expect(here.has('.batchtool')).toBe(false);
  });
});
