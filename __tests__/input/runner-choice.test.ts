/** Who takes SPARC work, and how an agent is called: by flag, variable, file, mode, config, and what is installed. */
import { describe, expect, test } from '@jest/globals';
import { AGENTS } from '../../src/agents/index.js';
import type { Plan, Work } from '../../src/core/plan.js';
import { problemText } from '../../src/core/problem.js';
import { installedAgent } from '../../src/input/agent-choice.js';
import { missingAgents } from '../../src/input/agent-problems.js';
import { compile, type Use } from '../../src/input/compile.js';
import { modeProblems, sparcMissing } from '../../src/input/sparc-problems.js';
import type { OwnMode } from '../../src/sparc/modes.js';
import { type Around, faultsOf, machine, refused, requestOf, right } from './typed.js';

const having =
  (...words: string[]) =>
  (word: string) =>
    ['/home/me', ...words].includes(word);
const on = (...words: string[]): Around => ({ machine: { resolves: having(...words) } });

/** What a run would take, also what this version refuses to run. */
function dry(argv: readonly string[], around: Around = {}): Plan {
  return right(compile(right(requestOf(argv, around)), machine(around.machine), 'dry-run'));
}
const works = (argv: readonly string[], around: Around = {}): readonly Work[] =>
  dry(argv, around).tasks.map(({ work }) => work);
const looked = (argv: readonly string[], around: Around = {}): Plan =>
  right(compile(right(requestOf(argv, around)), machine(around.machine), 'look'));

/** What each use that says whether a run could begin finds wrong with the plan itself. */
function refusedBy(use: Use, argv: readonly string[], around: Around = {}): readonly string[] {
  return faultsOf(compile(right(requestOf(argv, around)), machine(around.machine), use));
}
const CHECKS: readonly Use[] = ['run', 'dry-run', 'validate'];

const SPARC = "flowx sparc run coder 'user service' --non-interactive --namespace shop";

describe('a SPARC command', () => {
  test('runs as written where its runner is', () => {
    expect(works([SPARC], on('flowx', 'claude'))).toMatchObject([{ kind: 'command', text: SPARC }]);
  });

  test('is a prompt for the built-in runner where its runner is not', () => {
    const [task] = dry([SPARC], on('claude')).tasks;
    expect(task).toMatchObject({ label: 'user service', namespace: 'shop' });
    expect(task?.work).toEqual({ kind: 'prompt', text: 'user service', mode: 'code', agent: 'claude' });
  });

  test.each([
    [['--runner', 'builtin', SPARC], 'prompt'],
    [['--runner', 'as-written', SPARC], 'command'],
    [['--runner', 'auto', SPARC], 'command'],
    [['--agent', 'claude', SPARC], 'command'],
  ])('%j makes it a %s where its runner is', (argv, kind) => {
    expect(works(argv, on('flowx', 'claude'))).toMatchObject([{ kind }]);
  });

  test('stays as written with --runner as-written, also where its runner is not', () => {
    expect(works(['--runner', 'as-written', SPARC], on('claude'))).toMatchObject([{ kind: 'command' }]);
  });

  test.each(['./flowx sparc run code x', 'npx ruflo sparc run code x', 'sparc tdd x'])(
    'is one in any form: %s',
    (text) => {
      expect(works([text], on('claude'))).toMatchObject([{ kind: 'prompt', text: 'x' }]);
    },
  );

  test('is given to the agent and shown with all words before its flags, quoted or not', () => {
    const [task] = dry(['flowx sparc run code implement user login --namespace shop'], on('claude')).tasks;
    expect(task?.label).toBe('implement user login');
    expect(task?.work).toMatchObject({ text: 'implement user login' });
  });

  test('by a path is looked for where the task runs', () => {
    const file = 'working-directory: sub\ntasks: {a: {run: ./flowx sparc run code x}}';
    expect(works([], { file, ...on('/home/me/sub', '/home/me/sub/.', './flowx') })).toMatchObject([
      { kind: 'prompt' },
    ]);
    const there = on('/home/me/sub', '/home/me/sub/.', '/home/me/sub/flowx');
    expect(works([], { file, ...there })).toMatchObject([{ kind: 'command' }]);
  });

  test('is left alone where the task has a PATH of its own', () => {
    const file = 'tasks: {a: {run: flowx sparc run code x, env: {PATH: /opt}}}';
    expect(works([], { file, ...on('claude') })).toMatchObject([{ kind: 'command' }]);
  });

  test.each(['namespace=shop', 'namespace shop'])('keeps its --%s, if the task has none', (flag) => {
    const run = `flowx sparc run code x --${flag}`;
    const file = JSON.stringify({ tasks: { a: { run }, b: { run, namespace: 'own' } } });
    expect(dry([], { file, ...on('claude') }).tasks.map(({ namespace }) => namespace)).toEqual([
      'shop',
      'own',
    ]);
  });

  test.each([
    `flowx sparc run code 'x' && npm test`,
    `flowx sparc run code 'x' > out.txt`,
    `flowx sparc run code "build $FEATURE"`,
    'flowx sparc run code $FEATURE',
    'flowx sparc run code "`date`"',
    'flowx sparc run code fix*',
    `flowx sparc run code 'x'\nnpm test`,
    `flowx sparc run code 'x' # later`,
    `flowx sparc run code "x`,
  ])('that only a shell can read is refused where its runner is not, and runs where it is: %s', (text) => {
    expect(refused([text], on('claude'))).toEqual([
      expect.stringContaining('only a shell could tell the built-in runner what it says'),
    ]);
    expect(works([text], on('flowx'))).toMatchObject([{ kind: 'command', text }]);
    expect(works(['--runner', 'as-written', text], on('claude'))).toMatchObject([{ kind: 'command', text }]);
  });

  test.each([`flowx sparc run code 'costs $5 & more; "x" *'`, String.raw`flowx sparc run code "costs \$5"`])(
    'with signs in quotes is plain: %s',
    (text) => {
      expect(works([text], on('claude'))).toMatchObject([{ kind: 'prompt' }]);
    },
  );
});

describe('a prompt', () => {
  test('goes to an installed runner, else to the built-in one', () => {
    expect(works(['tdd: x'], on('flowx', 'claude'))).toEqual([
      { kind: 'prompt', text: 'x', mode: 'tdd', runner: 'flowx' },
    ]);
    expect(works(['tdd: x'], on('claude'))).toEqual([
      { kind: 'prompt', text: 'x', mode: 'tdd', agent: 'claude' },
    ]);
  });

  test('goes where --runner says', () => {
    const around = on('flowx', 'claude');
    expect(works(['--runner', 'builtin', 'tdd: x'], around)).toMatchObject([{ agent: 'claude' }]);
    expect(works(['--runner', 'as-written', 'tdd: x'], around)).toMatchObject([{ runner: 'flowx' }]);
    expect(refused(['--runner', 'as-written', 'tdd: x'], on('claude'))).toEqual([
      expect.stringMatching(
        /^task 1: "x" is for a SPARC runner, and none is installed\n.+or leave "as-written" out; .+$/,
      ),
    ]);
  });

  test('that names an agent is for the built-in runner, whoever names it', () => {
    const around = on('flowx', 'claude');
    const of = (argv: readonly string[], more: Around) => works(argv, { ...around, ...more });
    const file = (text: string) => ({ file: text });
    expect(of(['--agent', 'codex', 'tdd: x'], {})).toMatchObject([{ agent: 'codex' }]);
    expect(of([], file('tasks: {a: {prompt: x, agent: codex}}'))).toMatchObject([{ agent: 'codex' }]);
    expect(of([], file('defaults: {agent: codex}\ntasks: {a: {prompt: x}}'))).toMatchObject([
      { agent: 'codex' },
    ]);
    expect(of([], file('modes: {coder: {agent: codex}}\ntasks: {a: {prompt: x}}'))).toMatchObject([
      { agent: 'codex' },
    ]);
    expect(of(['tdd: x'], { config: { agent: 'codex' } })).toMatchObject([{ agent: 'codex' }]);
    expect(
      of(['tdd: x'], { machine: { ...around.machine, env: { BATCHTOOL_AGENT: 'codex' } } }),
    ).toMatchObject([{ agent: 'codex' }]);
  });
});

describe('a prompt of which is said how an agent is called', () => {
  const around = on('flowx', 'claude');
  const claude = { agent: 'claude' };

  test.each<[string, string, object]>([
    ['the task', 'tasks: {a: {prompt: x, model: opus}}', { ...claude, model: 'opus' }],
    ['the task', 'tasks: {a: {prompt: x, permission: plan}}', { ...claude, permission: 'plan' }],
    ['its mode', 'modes: {coder: {args: --b}}\ntasks: {a: {prompt: x}}', { ...claude, args: ['--b'] }],
    [
      'the agent that would have it',
      'agents: {claude: {model: opus}}\ntasks: {a: {prompt: x}}',
      { ...claude, model: 'opus' },
    ],
    ['another agent', 'agents: {codex: {model: m}}\ntasks: {a: {prompt: x}}', { runner: 'flowx' }],
    ['another mode', 'modes: {tdd: {model: m}}\ntasks: {a: {prompt: x}}', { runner: 'flowx' }],
  ])('is for the built-in runner if that is said of it: by %s', (_, file, work) => {
    expect(works([], { file, ...around })).toMatchObject([work]);
  });

  test('by what the project keeps counts as well', () => {
    const kept = { agents: { claude: { model: 'opus' } } };
    expect(works(['tdd: x'], { kept, ...around })).toMatchObject([{ ...claude, model: 'opus' }]);
  });

  test('is refused where no agent is there to heed it, though a runner is', () => {
    const file = 'tasks: {a: {prompt: x, model: opus}, b: {prompt: y}}';
    const [fault, ...more] = refused([], { file, ...on('flowx') });
    expect(more).toEqual([]);
    expect(fault).toMatch(
      /^plan.yml:1:9: task a: "x" is for a coding agent \(model is said\), and none is installed\n/,
    );
    expect(fault).not.toContain('SPARC runner');
  });

  test('is refused with --runner as-written', () => {
    const file = `
modes: {tdd: {model: m}}
tasks: {a: {prompt: x, mode: tdd}, b: {prompt: y, model: n}, c: {prompt: z, args: [-v], model: n}, d: {prompt: d}}`;
    expect(refused(['--runner', 'as-written'], { file, ...around })).toEqual([
      expect.stringMatching(
        /^plan.yml:3:9: tasks a and b: model can only be said to an agent, and with --runner as-written none is called\n/,
      ),
      expect.stringContaining('task c: model, args can only be said to an agent'),
    ]);
  });
});

describe('the agent', () => {
  test('is the first of the list that is installed, when nobody names one', () => {
    expect(AGENTS.map(({ name }) => name)).toEqual(['claude', 'codex', 'opencode', 'gemini']);
    expect(installedAgent({ resolves: having('gemini', 'codex') })).toBe('codex');
    expect(installedAgent({ resolves: having() })).toBeUndefined();
  });

  test('is said by flag or variable, task, mode, file, config, in this order', () => {
    const file = `
defaults: {agent: opencode}
modes: {tdd: {agent: codex}}
tasks: {a: {prompt: x, mode: code}, b: {prompt: x, mode: tester}, c: {prompt: x, mode: tdd, agent: gemini}}`;
    const agents = (argv: readonly string[], more: Around = {}) =>
      works(argv, { file, config: { agent: 'claude' }, ...on(), ...more }).map(
        (work) => work.kind === 'prompt' && work.agent,
      );
    expect(agents([])).toEqual(['opencode', 'codex', 'gemini']);
    expect(agents(['--agent', 'claude'])).toEqual(['claude', 'claude', 'claude']);
    expect(agents([], { file: 'tasks: {a: {prompt: x}}' })).toEqual(['claude']);
  });

  test('that nobody knows is refused at every place', () => {
    const file =
      'agents: {claud: {model: m}}\nmodes: {tdd: {agent: nope}}\ntasks: {a: {prompt: x, agent: codx}}';
    expect(refused([], { file, ...on('claude') }).map((text) => text.split('\n')[0])).toEqual([
      'plan.yml:1:10: agents: unknown agent "claud"',
      'plan.yml:2:22: modes.tdd: unknown agent "nope"',
      'plan.yml:3:31: task a: unknown agent "codx"',
    ]);
    const argv = ['tdd: x', 'ask: y'];
    expect(refused(['--agent', 'claud', ...argv], on('claude'))).toEqual([
      '--agent: unknown agent "claud"\n  hint: did you mean claude?',
    ]);
    const good = { file: 'tasks: {a: {prompt: x}}', ...on('claude') };
    expect(refused(['--agent', 'claud'], good)[0]).toMatch(/^--agent: unknown agent "claud"/);
    const variable = { machine: { ...good.machine, env: { BATCHTOOL_AGENT: 'x' } } };
    expect(refused([], { ...good, ...variable })[0]).toMatch(/^BATCHTOOL_AGENT: unknown agent "x"/);
    expect(refused([], { ...good, config: { agent: 'x' } })[0]).toMatch(/^config: unknown agent "x"/);
    expect(refused(argv, { config: { agent: 'x' }, ...on('claude') })).toEqual([
      'config: unknown agent "x"\n  hint: agents: claude, codex, opencode, gemini; in a plan file one of your own, agents: {NAME: {command: …}}',
    ]);
  });

  test('that is not there is told once, with how to get it and which key it needs', () => {
    const plan = dry(['--agent', 'codex', 'tdd: x', 'ask: y'], on('claude'));
    expect(missingAgents(plan, { resolves: having('claude') }).map(problemText)).toEqual([
      'tasks 1 and 2 are for the agent codex, and codex is not on PATH\n  hint: install codex: `npm install -g @openai/codex`; its key is CODEX_API_KEY',
    ]);
    expect(missingAgents(plan, { resolves: having('codex') })).toEqual([]);
  });

  test('where there is none, all are told with how to get them', () => {
    const [problem, ...more] = missingAgents(dry(['tdd: x', 'ask: y'], on()), { resolves: having() });
    expect(more).toEqual([]);
    expect(problem?.message).toBe('tasks 1 and 2 are for a coding agent, and none is installed');
    for (const { install, keys } of AGENTS)
      for (const word of [install, ...keys]) expect(problem?.hint).toContain(word);
  });
});

describe('an agent of the plan', () => {
  const file = `
agents: {mine: {command: "./mine --say '{prompt}' x", model: m}, other: {command: [my-agent, "{prompt-file}", ""]}}
tasks: {a: {prompt: x, agent: mine}, b: {prompt: y, agent: other}}`;

  test('takes its command along', () => {
    expect(works([], { file, ...on('flowx') })).toMatchObject([
      { agent: 'mine', command: ['./mine', '--say', '{prompt}', 'x'], model: 'm' },
      { agent: 'other', command: ['my-agent', '{prompt-file}', ''] },
    ]);
  });

  test('must be there as well, is a choice like any other, and goes with an export', () => {
    const plan = dry([], { file, ...on() });
    expect(missingAgents(plan, { resolves: having('./mine') }).map(problemText)).toEqual([
      'task b: "y" is for the agent other, and my-agent is not on PATH\n  hint: see that my-agent is on PATH',
    ]);
    expect(works(['--agent', 'mine'], { file, ...on() })).toMatchObject([
      { agent: 'mine' },
      { agent: 'mine' },
    ]);
    const exported = { file: JSON.stringify(looked([], { file, ...on() })), name: 'p.json', ...on() };
    expect(dry([], exported).tasks).toEqual(plan.tasks);
  });

  test.each([
    ['agents: {claude: {command: x}}', 'plan.yml:1:19: agents: claude is built in and takes no command'],
    [
      'agents: {mine: {command: "a; b"}}',
      'agents.mine.command: a quote is never closed, or a sign of a shell',
    ],
    ['agents: {mine: {command: []}}', 'agents.mine.command: expected a program and its arguments'],
    ['agents: {mine: {command: "a\\nb"}}', 'agents.mine.command: expected a program and its arguments'],
    ['agents: {mine: {comand: x}}', 'agents.mine: unknown key "comand"\n  hint: did you mean "command"?'],
    ['agents: {mine: {model: x}}', 'agents: unknown agent "mine"'],
  ])('is refused in words: %s', (agents, message) => {
    expect(refused([], { file: `${agents}\ntasks: {a: {run: ls}}` }).join('\n')).toContain(message);
  });

  test('and any other is asked beforehand whether it could be called so', () => {
    const asked = `
agents: {mine: {command: "mine {model}"}}
tasks: {a: {prompt: x, agent: mine}, b: {prompt: y, agent: mine}, c: {prompt: z, agent: mine, model: m}}`;
    expect(refusedBy('validate', [], { file: asked, ...on() })).toEqual([
      expect.stringMatching(/^plan.yml:3:9: tasks a and b: .*mine wants a model/),
    ]);
  });

  test('gives way to --agent with all that is its own', () => {
    expect(looked(['--agent', 'claude'], { file, ...on() }).tasks.map(({ work }) => work)).toEqual([
      { kind: 'prompt', text: 'x', mode: 'code', agent: 'claude' },
      { kind: 'prompt', text: 'y', mode: 'code', agent: 'claude' },
    ]);
    const stored = { file: JSON.stringify(dry([], { file, ...on() })), name: 'p.json', ...on() };
    expect(looked(['--agent', 'claude'], stored).tasks[0]?.work).not.toHaveProperty('command');
  });
});

describe('how an agent is called', () => {
  const file = `
agents: {claude: {model: sonnet, permission: acceptEdits, args: [--a]}, codex: {model: gpt}}
modes: {tdd: {model: haiku}, ask: {agent: codex, model: mini, args: --b}}
tasks:
  plain: {prompt: x, mode: code}
  mode: {prompt: x, mode: tdd}
  task: {prompt: x, mode: tdd, model: opus, args: [--c, d e]}
  other: {prompt: x, mode: ask}
  own: {prompt: x, mode: ask, agent: claude, permission: plan}`;

  test('is said by the task, then its mode, then about the agent', () => {
    const base = { kind: 'prompt', text: 'x' };
    const claude = { agent: 'claude', permission: 'acceptEdits', args: ['--a'] };
    expect(works([], { file, ...on('claude') })).toEqual([
      { ...base, mode: 'code', ...claude, model: 'sonnet' },
      { ...base, mode: 'tdd', ...claude, model: 'haiku' },
      { ...base, mode: 'tdd', ...claude, model: 'opus', args: ['--c', 'd e'] },
      { ...base, mode: 'ask', agent: 'codex', model: 'mini', args: ['--b'] },
      { ...base, mode: 'ask', ...claude, model: 'sonnet', permission: 'plan' },
    ]);
  });

  test('is said last by config, agent by agent and word by word', () => {
    const kept = { agents: { claude: { model: 'opus', permission: 'plan' }, codex: { model: 'gpt' } } };
    const claude = { agent: 'claude', permission: 'plan' };
    expect(works(['tdd: x'], { kept, ...on('claude') })).toMatchObject([{ ...claude, model: 'opus' }]);
    const said = 'agents: {claude: {model: haiku}}\ntasks: {a: {prompt: x}, b: {prompt: y, agent: codex}}';
    expect(works([], { kept, file: said, ...on('claude', 'codex') })).toMatchObject([
      { ...claude, model: 'haiku' },
      { agent: 'codex', model: 'gpt' },
    ]);
  });

  test('may be by a command of the project', () => {
    const kept = { agents: { mine: { command: ['mine', '{prompt}'] } } };
    expect(works(['--agent', 'mine', 'tdd: x'], { kept, ...on('mine') })).toMatchObject([
      { agent: 'mine', command: ['mine', '{prompt}'] },
    ]);
  });

  test('is not taken from what is said beside another agent', () => {
    const found = works(['--agent', 'codex'], { file, ...on('claude') });
    expect(found).toMatchObject([
      { agent: 'codex', model: 'gpt' },
      { agent: 'codex', model: 'haiku' },
      { agent: 'codex', model: 'opus', args: ['--c', 'd e'] },
      { agent: 'codex', model: 'mini', args: ['--b'] },
      { agent: 'codex', model: 'mini' },
    ]);
    expect(found[4]).not.toHaveProperty('permission');
  });

  test('is the same from an exported plan, and when the plan of a run is run again', () => {
    const around = on('claude');
    const all = works([], { file, ...around });
    const exported = JSON.stringify(looked([], { file, ...around }));
    const stored = JSON.stringify(dry([], { file, ...around }));
    for (const text of [exported, stored])
      expect(works([], { file: text, name: 'p.json', ...around })).toEqual(all);
    const forced = works(['--agent', 'codex'], { file: stored, name: 'p.json', ...around });
    expect(forced[0]).toEqual({ kind: 'prompt', text: 'x', mode: 'code', agent: 'codex', model: 'gpt' });
  });

  test('and in whose pool it stands, is that of another one when a stored plan is run with that', () => {
    const held = (argv: readonly string[], text: string, name = 'p.json') =>
      dry(argv, { file: text, name, ...on('claude', 'codex', 'flowx') }).tasks.map(({ pools }) => pools);
    const said =
      'pools: {gpu: 1, "agent:claude": 2}\ntasks: {a: {prompt: x, pool: gpu}, b: {run: ls, pool: "agent:claude"}}';
    const stored = JSON.stringify(dry([], { file: said, ...on('claude') }));
    expect(held([], stored)).toEqual([
      ['main', 'gpu', 'agent:claude'],
      ['main', 'agent:claude'],
    ]);
    expect(held(['--agent', 'codex'], stored)).toEqual([
      ['main', 'gpu', 'agent:codex'],
      ['main', 'agent:claude'],
    ]);
    expect(held(['--runner', 'as-written'], stored)).toEqual([
      ['main', 'gpu'],
      ['main', 'agent:claude'],
    ]);
  });

  test('of a file survives an export, with runner and room for context', () => {
    const plan = looked([], { file: `runner: builtin\ncontext-tokens: 5000\n${file}`, ...on('flowx') });
    expect(plan).toMatchObject({ runner: 'builtin', contextTokens: 5000 });
    const text = JSON.stringify(plan);
    const again = { file: text, name: 'p.json', ...on('flowx') };
    expect(looked([], again)).toEqual(plan);
    expect(works([], again)[0]).not.toHaveProperty('runner');
    expect(looked(['--runner', 'as-written'], again)).toMatchObject({ runner: 'as-written' });
    expect(looked(['--runner', 'auto', '--context-tokens', '7'], again)).toMatchObject({ contextTokens: 7 });
    expect(looked(['--runner', 'auto'], again)).not.toHaveProperty('runner');
  });

  test('may hold no secret', () => {
    const secret =
      'tasks: {a: {prompt: x, agent: claude, args: [--key, hunter2]}}\nagents: {codex: {args: [hunter2]}}';
    const texts = refused(['--env', 'A_TOKEN=hunter2'], { file: secret, ...on('claude') });
    expect(texts.join('\n')).toContain('task a holds the value of A_TOKEN');
    expect(texts.join('\n')).toContain('agents.codex holds the value of A_TOKEN');
  });
});

describe('a mode that is not known', () => {
  const own: OwnMode = { slug: 'nestjs-coder', name: 'N', purpose: 'n', role: 'You are ours.' };
  const here = { ...on('claude').machine, ownModes: { modes: [own], problems: [] } };

  test('is refused where the built-in runner takes the task, with the nearest names', () => {
    const argv = [
      'npx flowx sparc run cdoe x',
      'npx flowx sparc run cdoe y',
      'sparc run swarm-coordinator z',
      'tdd: x',
    ];
    for (const use of CHECKS)
      expect(refusedBy(use, argv, on('claude'))).toEqual([
        'tasks 1 and 2: unknown mode "cdoe"\n  hint: did you mean code? `batchtool sparc modes` lists all',
        'task 3: unknown mode "swarm-coordinator"\n  hint: did you mean swarm? `batchtool sparc modes` lists all',
      ]);
  });

  test('is the business of a runner that takes the task', () => {
    expect(refused(['flowx sparc run whatever x'], on('flowx'))).toEqual([]);
    const file = 'tasks: {a: {prompt: x, mode: whatever}}';
    expect(refused([], { file, ...on('flowx') })).toEqual([]);
    expect(refused([], { file, ...on('claude') })[0]).toBe(
      'plan.yml:1:30: task a: unknown mode "whatever"\n  hint: `batchtool sparc modes` lists the modes; a project adds its own in .roomodes',
    );
  });

  test('may be one of the project', () => {
    expect(modeProblems(dry(['sparc run nestjs-coder x'], { machine: here }), [own])).toEqual([]);
    expect(refused(['sparc run nestjs-codr x'], { machine: here })[0]).toContain('did you mean nestjs-coder');
  });

  test('is told as well when only settings are for it', () => {
    const file = 'modes: {cdoe: {model: m}, tester: {model: m}}\ntasks: {a: {prompt: x}}';
    expect(refused([], { file, ...on('claude') })).toEqual([
      'plan.yml:1:9: modes: unknown mode "cdoe"\n  hint: did you mean code? `batchtool sparc modes` lists all',
    ]);
  });

  test('stands in a plan with what the project says it is, so that the plan can go elsewhere', () => {
    const plan = looked(['nestjs-coder: x', 'tdd: y'], { machine: here });
    expect(plan.modes).toEqual({ 'nestjs-coder': { role: 'You are ours.' } });
    const elsewhere = dry([], { file: JSON.stringify(plan), name: 'p.json', ...on('claude') });
    expect(elsewhere.modes).toEqual(plan.modes);
    expect(modeProblems(elsewhere)).toEqual([]);
    expect(dry(['nestjs-coder: x'], { machine: { ...here, resolves: having('flowx') } })).not.toHaveProperty(
      'modes',
    );
  });

  test('is not looked for in a .roomodes that cannot be read, which is told', () => {
    const broken = { modes: [], problems: [{ message: 'broken', place: { file: '.roomodes', line: 1 } }] };
    const around = { machine: { ...on('claude').machine, ownModes: broken } };
    for (const use of CHECKS) {
      expect(refusedBy(use, ['tdd: x'], around)).toEqual(['.roomodes:1: broken']);
      expect(refusedBy(use, ['true'], around)).toEqual([]);
    }
  });
});

describe('what is wrong with a plan, and not only missing here', () => {
  const saying = (use: Use, argv: readonly string[], around: Around): readonly string[] =>
    refusedBy(use, argv, around).map((text) => text.split('\n')[0] as string);

  test.each<[string, readonly string[], Around, string]>([
    [
      'an agent that cannot be asked so',
      [],
      { file: 'tasks: {a: {prompt: x, agent: claude, permission: nope}}', ...on('claude') },
      'plan.yml:1:9: task a: ',
    ],
    [
      'what only a shell can read, for the built-in runner alone',
      ['--runner', 'builtin', 'flowx sparc run code $X'],
      on('claude', 'flowx'),
      'task 1: "flowx sparc run code $X" calls flowx, and only a shell',
    ],
    [
      'an npx that may download',
      ['npx --yes flowx sparc run code x'],
      on('npx', 'flowx'),
      'task 1: "npx --yes"',
    ],
    [
      'what only an agent could heed, where none is called',
      ['--runner', 'as-written'],
      { file: 'tasks: {a: {prompt: x, model: m}}', ...on('flowx') },
      'plan.yml:1:9: task a: model can only be said to an agent',
    ],
  ])('is refused by validate and --dry-run as well: %s', (_, argv, around, said) => {
    for (const use of CHECKS) expect(saying(use, argv, around)).toEqual([expect.stringContaining(said)]);
    expect(refusedBy('look', argv, around)).toEqual([]);
  });

  test.each<[string, readonly string[], Around]>([
    ['an agent', ['tdd: x'], on()],
    ['an agent that is named', ['--agent', 'codex', 'tdd: x'], on('claude')],
    ['a runner', ['--runner', 'as-written', 'tdd: x'], on('claude')],
    ['a runner of what only a shell can read', ['flowx sparc run code $X'], on('claude')],
    ['a runner for npx', ['npx flowx build'], on('npx')],
  ])('is told apart from what is not there: %s', (_, argv, around) => {
    expect(saying('run', argv, around)).toHaveLength(1);
    for (const use of ['dry-run', 'validate'] as const) expect(saying(use, argv, around)).toEqual([]);
    expect(sparcMissing(dry(argv, around), machine(around.machine))).toHaveLength(1);
  });

  test('a budget over what nobody meters is for a run to say, which may be told to allow it', () => {
    const around = { file: 'budget: {cost: 1USD}\ntasks: {a: {prompt: x}}', ...on('flowx') };
    expect(saying('run', [], around)).toHaveLength(1);
    expect(saying('validate', [], around)).toEqual([]);
  });
});
