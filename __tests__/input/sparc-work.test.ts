/** Who carries out prompts and SPARC commands: found when the plan is made, and frozen in it. */
import { describe, expect, test } from '@jest/globals';
import type { Work } from '../../src/core/plan.js';
import { compile } from '../../src/input/compile.js';
import { sparcNotices } from '../../src/input/sparc-notices.js';
import { machine, planned, refused, requestOf, right } from './typed.js';

const having = (...words: string[]) => ({ machine: { resolves: (word: string) => words.includes(word) } });

function works(argv: readonly string[], around: Parameters<typeof planned>[1] = {}): readonly Work[] {
  return planned(argv, around).tasks.map(({ work }) => work);
}

describe('a prompt', () => {
  test('goes to the first runner that is on PATH', () => {
    expect(works(['prompt: do  "it"; $(now)'], having('ruflo', 'claude-flow'))).toEqual([
      { kind: 'prompt', text: 'do  "it"; $(now)', mode: 'code', runner: 'claude-flow' },
    ]);
  });

  test('goes first to a runner that the project names besides', () => {
    const around = { config: { runners: 'my-flow' }, ...having('flowx', 'my-flow') };
    expect(works(['prompt: do it'], around)).toMatchObject([{ runner: 'my-flow' }]);
    expect(works(['prompt: do it'], { ...around, ...having('flowx') })).toMatchObject([{ runner: 'flowx' }]);
  });

  test('goes to a runner that only the project has installed, by its whole path', () => {
    expect(works(['ask: do it'], having('/home/me/node_modules/.bin/claude-flow'))).toEqual([
      { kind: 'prompt', text: 'do it', mode: 'ask', runner: '/home/me/node_modules/.bin/claude-flow' },
    ]);
  });

  test('never goes to a file of the project that is only called like a runner', () => {
    expect(refused(['prompt: do it'], having('./flowx', '/home/me/flowx'))).toHaveLength(1);
  });

  test('has the mode of its prefix, else of its id and words', () => {
    const argv = ['--task', 'a:optimizer: write it', '--task', 'testing:prompt: write it'];
    expect(works(argv, having('flowx'))).toMatchObject([
      { mode: 'refinement-optimization-mode' },
      { mode: 'tdd' },
    ]);
  });

  test('is refused where neither runner nor agent is, with what to do', () => {
    expect(refused(['prompt: do it'])).toEqual([
      expect.stringMatching(
        /^task 1: "do it" is for a coding agent, and none is installed\n {2}hint: install one; `batchtool doctor` says which are there\n {4}claude: .+\n {4}codex: .+\n {4}opencode: .+\n {4}gemini: .+\n {4}or put a SPARC runner on PATH \(not installed: flowx, claude-flow, ruflo\)\n {4}a text that is a command takes "sh:" before it, in a plan file "run"$/,
      ),
    ]);
  });

  test('is refused together with all others', () => {
    const argv = ['prompt: a', 'prompt: b', 'ls', ...Array.from({ length: 10 }, (_, n) => `prompt: ${n}`)];
    expect(refused(argv)).toEqual([
      expect.stringContaining('tasks 1, 2, 4, 5, 6, 7, 8, 9 and 4 more are for a coding agent, and none is'),
    ]);
  });

  test('in a plan file has the mode that is given, or that of its id and words', () => {
    const file =
      'tasks: {a: {prompt: x, mode: optimization}, b: {prompt: x, mode: own-mode}, review: {prompt: x}, c: {prompt: Test it}}';
    expect(works([], { file, ...having('flowx') })).toMatchObject([
      { mode: 'refinement-optimization-mode' },
      { mode: 'own-mode' },
      { mode: 'security-review' },
      { mode: 'tdd', runner: 'flowx' },
    ]);
  });

  test('of an exported plan keeps its runner while that is there, and gets another when it is gone', () => {
    const file = JSON.stringify(planned(['prompt: x'], having('ruflo')));
    const runnerWith = (...words: string[]) =>
      works([], { file, name: 'plan.json', ...having('/home/me', ...words) });
    expect(runnerWith('flowx', 'ruflo')).toMatchObject([{ runner: 'ruflo' }]);
    expect(runnerWith('flowx')).toMatchObject([{ runner: 'flowx' }]);
    expect(refused([], { file, name: 'plan.json', ...having('/home/me') })[0]).toContain(
      'is for a coding agent, and none is installed',
    );
  });
});

describe('a prompt that is longer than an argument may be', () => {
  const long = `prompt: ${'x'.repeat(200_000)}`;

  test('is refused where a runner would be given it, and is none for an agent that reads it', () => {
    expect(refused([long, 'prompt: y'], having('flowx'))).toEqual([
      'task 1: the prompt is 200 kB long, which is too long for an argument of flowx\n  hint: put it into a file and name that in the prompt',
    ]);
    expect(works([long], having('claude'))).toHaveLength(1);
  });

  test('is refused for an agent of ones own that wants it as an argument', () => {
    const file = `agents: {mine: {command: 'mine {prompt}'}}\ntasks: {a: {prompt: ${'x'.repeat(200_000)}, agent: mine}}`;
    expect(refused([], { file, ...having('mine') })[0]).toContain('longer than an argument may be');
  });
});

describe('a SPARC command', () => {
  const text = "flowx sparc run code 'user service' --non-interactive --namespace other";

  test('stays as written and says whose it is', () => {
    const command = { kind: 'command', text, runner: 'flowx' };
    const file = JSON.stringify({ tasks: { a: { run: text } } });
    expect(works([text], having('flowx'))).toEqual([command]);
    expect(works([], { file, ...having('flowx', '/home/me') })).toEqual([command]);
  });

  test('with another shell keeps both', () => {
    expect(works(['--shell', 'bash', text], having('flowx', 'bash'))).toEqual([
      { kind: 'command', text, runner: 'flowx', shell: ['bash', '-c'] },
    ]);
  });

  test('after "sh:" is a command like any other', () => {
    expect(works([`sh: ${text}`])).toEqual([{ kind: 'command', text }]);
  });

  test.each([
    "cd . && flowx sparc run code 'x'",
    'cd app && npm exec flowx sparc run code x',
    'cd app && timeout 60 flowx --verbose sparc run code x',
    'ls; flowx sparc run code x',
    'timeout -k 5 60 flowx sparc run code x',
    'FOO=1 flowx sparc run code x',
    'env -u A B=1 nohup flowx sparc run code x',
    'if flowx sparc run code x; then ls; fi',
    'cd app && timeout 60 npx flowx sparc run code x',
    "timeout 60 sh -c 'cd app; exec flowx sparc run code x'",
    "ls | xargs -I{} sh -c 'flowx sparc run code {}'",
    'ls | xargs flowx sparc run code',
    'out=$(flowx sparc run code x); ls "$out"',
    'ls "$(flowx sparc run code "x y")"',
    'ls `flowx sparc run code x`',
    'time flowx sparc run code x',
    '! flowx sparc run code x',
    '(flowx sparc run code x)',
    '{ flowx sparc run code x; }',
    'ls | flowx sparc run code x | ls',
    "eval 'flowx sparc run code x'",
  ])('also says whose it is where it is a part of a text, which stays as written: %s', (whole) => {
    const around = having('ls', 'timeout', 'env', '/home/me');
    const command = { kind: 'command', text: whole, runner: 'flowx' };
    expect(works([whole], around)).toEqual([command]);
    expect(works([], { file: JSON.stringify({ tasks: { a: { run: whole } } }), ...around })).toEqual([
      command,
    ]);
    expect(works(['--runner', 'builtin', whole], having('ls', 'timeout', 'env', 'claude'))).toEqual([
      command,
    ]);
  });

  test.each([
    'ls sparc run code x',
    'sh: ls; flowx sparc run code x',
    'echo flowx sparc run code x',
    "echo 'flowx sparc run code x'",
    "ls -m 'use `flowx sparc run code x`; $(flowx sparc run code x)'",
    "ls 'flowx sparc run code x'",
    "ls -c 'flowx sparc run code x'",
  ])('is none where it is no command of the text, or "sh:" says so: %s', (whole) => {
    expect(works([whole], having('ls'))).toEqual([{ kind: 'command', text: whole.replace(/^sh: /, '') }]);
  });

  test('behind another command is not told to be missing: nobody knows the folder that it is called in', () => {
    const notices = (text: string) => {
      const plan = planned(['--runner', 'as-written', text]);
      return sparcNotices(plan, machine());
    };
    expect(notices('cd app && ./flowx sparc run code x')).toEqual([]);
    expect(notices('./flowx sparc run code x')).toHaveLength(1);
  });

  test('within a text is told to be missing where the folder does not matter, and runs as written', () => {
    const notices = (text: string, ...programs: string[]) =>
      sparcNotices(planned([text], having('ls', ...programs)), machine(having(...programs).machine));
    const told = [
      'the SPARC runner flowx is not installed; as written, task 1 calls it all the same (a prompt, "MODE: TEXT", would go to an agent)',
    ];
    expect(notices("sh -c 'flowx sparc run code x'")).toEqual(told);
    expect(notices('ls "$(flowx sparc run code x)"')).toEqual(told);
    expect(notices("sh -c 'flowx sparc run code x'", 'flowx')).toEqual([]);
    expect(notices("sh -c './flowx sparc run code x'")).toEqual([]);
    expect(notices("sh -c 'npx flowx sparc run code x'")).toEqual([]);
  });

  test('through npx is not installed for one that only says how npx is run', () => {
    expect(refused(['timeout 60 npx flowx sparc run code x'], having('timeout', 'npx'))[0]).toContain(
      'flowx is not installed, and batchtool never lets npx download it',
    );
    expect(
      refused(['timeout 60 npx --yes flowx sparc run code x'], having('timeout', 'npx', 'flowx'))[0],
    ).toContain('"npx --yes" may download flowx');
  });

  test('of a runner that the project names besides is one like any other', () => {
    const own = "my-flow sparc run tdd 'cover it'";
    const around = { config: { runners: 'my-flow' }, ...having('my-flow', '/home/me', '/home/me/my-flow') };
    const command = { kind: 'command', text: own, runner: 'my-flow' };
    expect(works([own], around)).toEqual([command]);
    const file = { tasks: { a: { run: own } } };
    expect(works([], { file: JSON.stringify(file), ...around })).toEqual([command]);
    expect(
      works([], {
        file: JSON.stringify({ runners: ['my-flow'], ...file }),
        ...having('my-flow', '/home/me', '/home/me/my-flow'),
      }),
    ).toEqual([command]);
    expect(works(['--runners', 'a,my-flow', `./${own}`], around)).toMatchObject([{ runner: './my-flow' }]);
    expect(works([own])).toEqual([{ kind: 'command', text: own }]);
    expect(refused(['--runner', 'as-written', `npx ${own}`], { config: around.config })[0]).toContain(
      'my-flow is not installed, and batchtool never lets',
    );
    expect(refused(["my-flwo sparc run tdd 'x'"], around)[0]).toContain('did you mean my-flow?');
    expect(refused(['--runners', './my-flow', own])[0]).toContain('"./my-flow" is no name of a program');
  });

  test('in a plan file is never downloaded by npx either', () => {
    const file = 'tasks:\n  a: {run: npx ruflo sparc run code x}';
    expect(refused(['--runner', 'as-written'], { file })).toEqual([
      expect.stringContaining('plan.yml:2:3: task a: ruflo is not installed, and batchtool never lets npx'),
    ]);
    expect(works([], { file, ...having('ruflo', 'npx', '/home/me') })).toMatchObject([{ runner: 'ruflo' }]);
  });

  test.each(['npx flowx', 'npx flowx@alpha swarm "do it"', 'A=1 npx -q flowx sparc modes', 'npx -p flowx x'])(
    'is not the only thing for which npx may not download a runner: %s',
    (text) => {
      const file = JSON.stringify({ tasks: { a: { run: text } } });
      for (const said of [refused([text]), refused([], { file })])
        expect(said).toEqual([
          expect.stringContaining('flowx is not installed, and batchtool never lets npx'),
        ]);
      const { tasks } = planned([text], having('flowx', 'npx'));
      expect(tasks[0]?.env).toEqual({ npm_config_yes: 'false' });
      expect(works([`sh: ${text}`])).toEqual([{ kind: 'command', text }]);
    },
  );

  test.each([
    'cd app && npx flowx sparc run code x',
    'ls; A=1 npx flowx@alpha',
    'sh: ls || npx flowx',
    "sh -c 'npx flowx sparc run code x'",
    'ls $(npx flowx)',
  ])('behind or within another command tells npx not to download: %s', (text) => {
    expect(planned([text], having('npx', 'ls')).tasks[0]?.env).toEqual({ npm_config_yes: 'false' });
    expect(planned([text.replace('flowx', 'eslint')], having('npx', 'ls')).tasks[0]?.env).toEqual({});
  });

  test('by npx is refused where npx is not', () => {
    expect(refused(['--runner', 'as-written', 'npx ruflo sparc run code x'], having('ruflo'))).toEqual([
      expect.stringContaining('task 1: npx is not on PATH, which is to find ruflo'),
    ]);
  });

  test('by npx tells npx not to download, whatever else is set', () => {
    const texts = ['npx ruflo@alpha sparc run code x', 'ruflo sparc run code x', 'npx eslint'];
    const { tasks } = planned(['--env', 'npm_config_yes=true', ...texts], having('ruflo', 'npx'));
    expect(tasks.map(({ env }) => env)).toEqual([{ npm_config_yes: 'false' }, {}, {}]);
  });

  test.each(['npx -y ruflo', 'npx --yes ruflo@alpha', 'npx --no-install -y ruflo'])(
    'that says yes to a download in advance is refused: %s',
    (start) => {
      expect(refused([`${start} sparc run code x`], having('ruflo', 'npx'))).toEqual([
        expect.stringContaining('task 1: "npx --yes" may download ruflo, and batchtool never lets it'),
      ]);
    },
  );

  test('whose runner is missing is announced', () => {
    const request = right(requestOf(['--runner', 'as-written', text, text, 'ls']));
    const plan = right(compile(request, machine()));
    expect(sparcNotices(plan, machine())).toEqual([
      'the SPARC runner flowx is not installed; as written, tasks 1 and 2 call it all the same',
    ]);
    expect(sparcNotices(plan, machine(having('flowx').machine))).toEqual([]);
  });
});

describe('an agent', () => {
  test('that is named and will not be asked is announced', () => {
    const file = 'runner: as-written\ntasks: {a: {prompt: x, agent: claude}, b: {prompt: y}}';
    const plan = planned([], { file, ...having('flowx') });
    expect(sparcNotices(plan, machine(having('flowx').machine))).toEqual([
      'with --runner as-written no agent is chosen, though task a names one',
    ]);
  });
});
