/** `sparc`: the modes of the built-in runner, what an agent is told in one, and one task for it. */
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Workshop } from '../guide/stand-ins.js';
import { useBench } from './harness.js';
import { expectNothingDone } from './refusal.js';

const bench = useBench();
const OWN = {
  customModes: [
    { slug: 'nestjs-coder', name: 'Nest', description: 'writes NestJS', roleDefinition: 'You write NestJS.' },
    { slug: 'tdd', name: 'Our tests', roleDefinition: 'You test as we do.' },
  ],
};

describe('sparc modes', () => {
  it('lists all modes with their purpose, and makes nothing', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['sparc', 'modes']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^tdd +writes tests first +tester +built-in$/m);
    expect(stdout.match(/built-in$/gm)).toHaveLength(17);
    expect(here.has('.batchtool')).toBe(false);
  });

  it('marks those of the project, found from a folder below', async () => {
    const here = bench();
    mkdirSync(here.path('.git'));
    here.write('.git/HEAD', '');
    mkdirSync(here.path('sub'));
    here.write('.roomodes', OWN);
    const { stdout } = await here.run(['sparc', 'modes'], { cwd: here.path('sub') });
    expect(stdout).toMatch(/^nestjs-coder +writes NestJS +\.\.\/\.roomodes$/m);
    expect(stdout).toMatch(/^tdd +Our tests +tester +\.\.\/\.roomodes$/m);
    const { modes } = JSON.parse((await here.run(['sparc', 'modes', '--json'])).stdout);
    expect(modes).toHaveLength(18);
    expect(modes[3]).toEqual({
      mode: 'tdd',
      purpose: 'Our tests',
      aliases: ['tester'],
      source: 'project',
      file: '.roomodes',
    });
    expect(modes[2]).toEqual({
      mode: 'code',
      purpose: 'implements',
      aliases: ['coder'],
      source: 'built-in',
      file: null,
    });
  });

  it('tells what is wrong with a .roomodes, shows the rest, and gives exit code 2', async () => {
    const here = bench();
    here.write('.roomodes', { customModes: [...OWN.customModes, { slug: 'half' }] });
    const { code, stdout, stderr } = await here.run(['sparc', 'modes']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^batchtool: \.roomodes:1:\d+: the mode has no "roleDefinition"/),
    ]);
    expect(stdout).toMatch(/^nestjs-coder /m);
  });
});

describe('sparc info', () => {
  it('shows what the agent is told, by name or alias', async () => {
    const { code, stdout } = await bench().run(['sparc', 'info', 'tester']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^tdd: writes tests first\nbuilt-in; also tester\n\nYou are .+\n\nHow you work:\n- /,
    );
    expect(stdout).toContain('\nHand over at the end: ');
  });

  it('shows the words of the project where it has its own', async () => {
    const here = bench();
    here.write('.roomodes', OWN);
    const { stdout } = await here.run(['sparc', 'info', 'tdd']);
    expect(stdout).toBe('tdd: Our tests\nfrom .roomodes; also tester\n\nYou test as we do.\n');
    const { stdout: json } = await here.run(['sparc', 'info', 'nestjs-coder', '--json']);
    expect(JSON.parse(json)).toEqual({
      mode: 'nestjs-coder',
      purpose: 'writes NestJS',
      aliases: [],
      source: 'project',
      file: '.roomodes',
      role: 'You write NestJS.',
    });
  });
});

describe('sparc run', () => {
  it('is the same as run with the built-in runner, also where another is installed', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.here.write('.roomodes', OWN);
    const plan = (...args: string[]) => shop.plan(args);
    const text = 'it is: "a b" $(x)';
    expect(await plan('sparc', 'run', 'coder', text, '--timeout', '5m')).toEqual(
      await plan('run', '--runner', 'builtin', '--timeout', '5m', `code: ${text}`),
    );
    const dashed = ['sparc', '--json', 'run', '--dry-run', 'nestjs-coder', '--', '--text'];
    const { tasks } = JSON.parse((await shop.run(dashed)).stdout);
    expect(tasks).toMatchObject([{ kind: 'prompt', mode: 'nestjs-coder', text: '--text' }]);
    expect(tasks[0]).not.toHaveProperty('runner');
  });

  it('says how the agent is called', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.install('codex');
    const { stdout } = await shop.run(['sparc', 'run', 'tdd', 'x', '--dry-run']);
    expect(stdout).toContain('  prompt, by the built-in runner with codex: 1 (x) as tdd\n');
    expect(stdout).toMatch(/^1 +prompt \(tdd, codex\) +x$/m);
  });
});

describe('sparc run with an agent', () => {
  it('tells the agent its role and the text, and hands its last word on', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.here.write('.roomodes', OWN);
    const report = { type: 'result', subtype: 'success', is_error: false, result: 'Guard added.' };
    shop.replace(
      'claude',
      `#!/bin/sh\ncat > "$HOME/told"\necho "$*" > "$HOME/asked"\necho '${JSON.stringify(report)}'\n`,
    );
    const { code, stderr } = await shop.run(['sparc', 'run', 'nestjs-coder', "add a 'guard'; $(x)"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('succeeded')]);
    expect(shop.here.read('told')).toMatch(
      /^You write NestJS\.\n\nYou work unattended.*\n\nadd a 'guard'; \$\(x\)$/s,
    );
    expect(shop.calls()).toEqual([]);
  });

  it('calls it as the plan file says, also one of its own', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.replace('mine', '#!/bin/sh\necho "$@" > "$HOME/asked"\ncat "$3" > "$HOME/told"\necho well done\n');
    shop.here.write(
      'p.yml',
      'agents: {mine: {command: "mine --model {model} {prompt-file} \'a b\'", model: m1, args: [--more]}}\n' +
        'tasks: {a: {prompt: first, agent: mine}, b: {prompt: second, agent: mine, model: m2, needs: a}}',
    );
    expect((await shop.run(['run', '-f', 'p.yml'])).code).toBe(0);
    expect(shop.here.read('asked')).toMatch(/^--model m2 \/\S+ a b --more\n$/);
    expect(shop.here.read('told')).toMatch(/task="a" status="succeeded">\nwell done\n.*\n\nsecond$/s);
  });
});

describe('what sparc does not take', () => {
  it.each([
    [['sparc'], 'expected one of modes, info, run', 'batchtool sparc modes'],
    [
      ['sparc', 'mode'],
      'expected one of modes, info, run; found "mode"',
      'did you mean "batchtool sparc modes"?',
    ],
    [['sparc', 'tdd', 'x'], 'found "tdd"', "it is written batchtool sparc run tdd 'TEXT'"],
    [['sparc', 'info'], 'info takes a mode', 'batchtool sparc info tdd'],
    [['sparc', 'info', 'cdoe'], 'unknown mode "cdoe"', 'did you mean code?'],
    [['sparc', 'info', 'tdd', 'x'], 'nothing is expected here, found "x"', 'batchtool sparc --help'],
    [
      ['sparc', 'modes', '--timeout', '5m'],
      '--timeout belongs to "sparc run", not to "sparc modes"',
      'leave it out',
    ],
    [['sparc', 'run', 'cdoe', 'x'], 'unknown mode "cdoe"', 'did you mean code?'],
    [['sparc', 'run', 'code'], 'sparc run takes a text after the mode', "batchtool sparc run MODE 'TEXT'"],
    [['sparc', 'run'], 'sparc run takes a mode and a text', "batchtool sparc run MODE 'TEXT'"],
    [['sparc', 'run', 'code', 'add', 'it'], 'sparc run takes one text', 'quote it'],
    [
      ['sparc', 'run', 'code', 'x', '--runner', 'auto'],
      'sparc run always takes the built-in runner',
      'leave --runner out',
    ],
    [['sparc', 'run', 'code', 'x', '-f', 'p.yml'], 'unknown option -f', 'batchtool sparc --help'],
    [
      ['sparc', 'run', 'code', 'x', '--sequential'],
      '--sequential is a mode of run, not of sparc',
      'batchtool run --sequential',
    ],
    [
      ['sparc', 'run', 'code', 'x', '--max-retires', '2'],
      'unknown option --max-retires',
      'did you mean --max-retries?',
    ],
    [
      ['sparc', 'run', 'code', 'x'],
      'task 1: "x" is for a coding agent, and none is installed',
      'claude: `npm install',
    ],
    [
      ['sparc', 'run', 'code', 'x', '--agent', 'codex'],
      'task 1: "x" is for the agent codex, and codex is not on PATH',
      'codex: `npm install',
    ],
  ])('%j is refused in words', async (args, message, hint) => {
    const { here, env } = new Workshop(bench(), { runners: [], npx: false });
    const { code, stdout, stderr } = await here.run(args, { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expectNothingDone(here);
  });
});

it('a text for a mode of a .roomodes that cannot be read is told why it is no prompt', async () => {
  const here = bench();
  here.write('.roomodes', '{"customModes": [');
  const { code, stderr } = await here.run(['run', 'nestjs-coder: add a guard']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^batchtool: \.roomodes:1:/);
  expect((await here.run(['run', 'true'])).stderr).not.toContain('.roomodes');
});
