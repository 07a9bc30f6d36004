/** From what is typed after `orchestrate`, `pipeline`, `export` and the modes of `run` with steps, up to the plan. */
import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/core/plan.js';
import type { VerbName } from '../../src/input/option.js';
import { asked, faultsOf, needsIn, right, textsIn } from './typed.js';

const machine = { resolves: (word: string): boolean => word === 'flowx' || word === 'test' };

const planned = (verb: VerbName, ...argv: string[]): Plan => right(asked(verb, argv, { machine }));
const refused = (verb: VerbName, ...argv: string[]): string =>
  faultsOf(asked(verb, argv, { machine })).join('\n');

/** Kind, or mode, and text of each task. */
const works = (plan: Plan): Record<string, string> =>
  Object.fromEntries(
    plan.tasks.map(({ id, work }) => [
      id,
      work.kind === 'prompt' ? `${work.mode}: ${work.text}` : work.kind === 'command' ? `$ ${work.text}` : '',
    ]),
  );

describe('a plan of steps', () => {
  test('is named after the pattern, the sprint, or what --name says', () => {
    const step = ['--plan', 'echo 1'];
    expect(planned('orchestrate', ...step)).toMatchObject({ name: 'pipeline', pattern: 'pipeline' });
    expect(planned('pipeline', ...step)).toMatchObject({ name: 'pipeline', pattern: 'pipeline' });
    expect(planned('orchestrate', '--boomerang', ...step)).toMatchObject({ name: 'boomerang' });
    expect(planned('orchestrate', '--sprint', 's 1', ...step)).toMatchObject({
      name: 's 1',
      pattern: 'sprint',
    });
    expect(planned('orchestrate', '--sprint', 's', '--name', 'n', ...step).name).toBe('n');
    const env = { BATCHTOOL_NAME: 'v' };
    const named = (...argv: string[]) => right(asked('orchestrate', argv, { machine: { env } })).name;
    expect([named(...step), named('--sprint', 's', ...step)]).toEqual(['v', 's']);
  });

  test('holds exactly the texts given, in the order given', () => {
    const argv = ['--a', 'echo 1', 'echo 2', '--timeout', '5s', 'echo 3', '--b-parallel', 'echo 4', 'echo 5'];
    expect(textsIn(planned('orchestrate', ...argv))).toEqual([
      'echo 1',
      'echo 2',
      'echo 3',
      'echo 4',
      'echo 5',
    ]);
  });

  test('understands its texts as work to be done, the name of the step first', () => {
    expect(
      works(
        planned(
          'orchestrate',
          ...[
            '--test',
            'look at everything',
            '--phase2',
            'Design based on research',
            '--idea-1',
            'keep it nice',
          ],
          ...['--mvp', 'task1', '--c', 'echo 1', '--d', 'prompt: echo', '--e', 'sh: nothing known'],
          ...['--f', 'flowx sparc run code "x"', '--g', 'ask: why?'],
        ),
      ),
    ).toEqual({
      test: 'tdd: look at everything',
      phase2: 'architect: Design based on research',
      'idea-1': 'code: keep it nice',
      mvp: 'code: task1',
      c: '$ echo 1',
      d: 'code: echo',
      e: '$ nothing known',
      f: '$ flowx sparc run code "x"',
      g: 'ask: why?',
    });
  });

  test.each<[string, string]>([
    [
      'test the login and fix it',
      '--a: "test the login and fix it" reads as prose but begins with a command',
    ],
    ['foo --bar', '--a: "foo --bar" has an option but begins with no command'],
    ['npmm test', '--a: "npmm test" begins with "npmm", which is no command'],
  ])('refuses %j as a text of a step', (text, message) => {
    expect(refused('orchestrate', '--a', text)).toContain(message);
  });

  test('tells all faults of its texts, each with its step', () => {
    expect(refused('orchestrate', '--a', 'echo 1', 'foo --bar', '--b', 'npmm x').match(/^--.*$/gm)).toEqual([
      '--a, text 2: "foo --bar" has an option but begins with no command',
      '--b: "npmm x" begins with "npmm", which is no command',
    ]);
  });

  test.each<[string[], string]>([
    [['--a-b', 'echo 1', '--a_b', 'echo 2'], 'task ids "a-b" and "a_b" give the same variable name'],
    [['--A', 'echo 1', '--a', 'echo 2'], 'task ids "A" and "a" give the same variable name'],
    [['--a', 'echo 1', 'echo 2', '--a-2', 'echo 3'], 'duplicate task id "a-2"'],
  ])('%j is refused', (argv, message) => {
    expect(refused('orchestrate', ...argv)).toContain(message);
  });

  test('can be chosen from by the name of a step and by its label', () => {
    const argv = [
      '--a',
      'echo 1',
      'echo 2',
      '--b-parallel',
      'Both Of Them',
      'echo 3',
      'echo 4',
      '--c',
      'echo 5',
    ];
    const ids = (...more: string[]) => Object.keys(needsIn(planned('orchestrate', ...argv, ...more)));
    expect(ids('--only', 'b')).toEqual(['b-1', 'b-2']);
    expect(ids('--only', 'Both Of Them')).toEqual(['b-1', 'b-2']);
    expect(ids('--skip', 'a')).toEqual(['b-1', 'b-2', 'c']);
  });

  test('keeps its order over what is left out', () => {
    const argv = [
      '--a-parallel',
      'echo 1',
      'echo 2',
      '--b-parallel',
      'echo 3',
      'echo 4',
      '--c',
      'echo 5',
      '--d',
      'x',
    ];
    expect(needsIn(planned('orchestrate', ...argv, '--skip', 'b,c'))).toEqual({
      'a-1': [],
      'a-2': [],
      d: ['~a-1', '~a-2'],
    });
    expect(needsIn(planned('orchestrate', ...argv, '--only', 'b-1,d'))).toEqual({ 'b-1': [], d: ['~b-1'] });
  });
});

test('what needs a task that is left out runs without it, and without what only that needed', () => {
  const tasks = ['--task', 'a:echo 1', '--task', 'b:echo 2:depends=a', '--task', 'c:echo 3:depends=b'];
  expect(needsIn(planned('run', ...tasks, '--skip', 'b'))).toEqual({ a: [], c: [] });
});

describe('the label of a group', () => {
  test.each<[string, string[], Record<string, string>]>([
    ['before commands', ['Test Phase', 'echo 1', 'echo 2'], { 'a-1': '$ echo 1', 'a-2': '$ echo 2' }],
    ['before what is prefixed', ['Research Phase', 'ask: x', 'sh: y'], { 'a-1': 'ask: x', 'a-2': '$ y' }],
    ['before one text', ['Integration', 'echo 1'], { a: '$ echo 1' }],
  ])('stands %s', (_, texts, expected) => {
    for (const ending of ['parallel', 'sequential'])
      expect(works(planned('orchestrate', `--a-${ending}`, ...texts))).toEqual(expected);
  });

  test.each<[string, string[], Record<string, string>]>([
    [
      'before a prompt',
      ['Look', 'echo 1', 'think'],
      { 'a-1': 'code: Look', 'a-2': '$ echo 1', 'a-3': 'code: think' },
    ],
    ['when it is prefixed', ['ask: Look', 'echo 1'], { 'a-1': 'ask: Look', 'a-2': '$ echo 1' }],
    ['when it is a command', ['make phase', 'echo 1'], { 'a-1': '$ make phase', 'a-2': '$ echo 1' }],
  ])('is a text %s', (_, texts, expected) => {
    expect(works(planned('orchestrate', '--a-parallel', ...texts))).toEqual(expected);
  });

  test('is a text in a step that is no group', () => {
    expect(works(planned('orchestrate', '--a', 'Test Phase', 'echo 1'))).toEqual({
      'a-1': 'tdd: Test Phase',
      'a-2': '$ echo 1',
    });
  });

  test('alone is refused, for it might be the text', () => {
    expect(refused('orchestrate', '--a-parallel', 'Research Phase')).toBe(
      '--a-parallel: "Research Phase" reads as the label of a group that has no texts\n' +
        '  hint: write the texts after it; if it is the text, leave the ending of --a-parallel out',
    );
  });
});

describe('a graph', () => {
  const graph = ['--dependency-graph', '{"b":["a"]}', '--tasks', '{"a":"echo 1","b":"echo 2"}'];

  test('is the same for orchestrate and run', () => {
    expect(needsIn(planned('orchestrate', ...graph))).toEqual({ a: [], b: ['a'] });
    expect(planned('orchestrate', ...graph)).toEqual(planned('run', ...graph));
    expect(planned('export', ...graph)).toEqual(planned('run', ...graph));
  });

  test.each<[VerbName, string[], string]>([
    [
      'orchestrate',
      ['--a', 'echo 1', ...graph],
      '--dependency-graph and --tasks and steps exclude each other',
    ],
    [
      'orchestrate',
      ['--boomerang', ...graph],
      '--boomerang takes steps, not --tasks\n  hint: leave --boomerang out',
    ],
    ['orchestrate', ['-f', 'x', '--a', 'echo 1'], '-f and steps exclude each other'],
    ['run', ['--ab-test', ...graph], '--ab-test takes steps, not --tasks'],
  ])('%s %j is refused', (verb, argv, message) => {
    expect(refused(verb, ...argv)).toContain(message);
  });

  test('is nothing for pipeline', () => {
    expect(refused('pipeline', ...graph)).toContain(
      '--dependency-graph is an option of run, orchestrate, export, validate, not of pipeline',
    );
  });
});

describe('modes of run with steps', () => {
  test('--component-parallel takes suffixes, all colons of texts besides', () => {
    const argv = ['--component-parallel', '--web', "echo 'a: b'", '--api', 'echo 2:depends=web'];
    const plan = planned('run', ...argv, '--all', 'echo 3:wait-for=all', '--none', 'echo 4:depends=none');
    expect(needsIn(plan)).toEqual({ web: [], api: ['web'], all: ['web', 'api', 'none'], none: [] });
    expect(textsIn(plan)).toEqual(["echo 'a: b'", 'echo 2', 'echo 3', 'echo 4']);
  });

  test.each<[string[], string]>([
    [['--a', 'echo 1:depends=b, c'], '--a: ":depends=b, c" is malformed'],
    [['--a', 'echo 1:waits=all'], '--a: ":waits=all" is no suffix'],
    [['--a', 'echo 1:depends=zzz'], 'task "a" needs "zzz", which is not in the plan'],
    [['--a', 'echo 1:depends=b', '--b', 'echo 2:depends=a'], 'in a circle: a → b → a'],
  ])('--component-parallel %j is refused', (argv, message) => {
    expect(refused('run', '--component-parallel', ...argv)).toContain(message);
  });

  test('--component-parallel reads a label and suffixes in one group', () => {
    const argv = [
      '--component-parallel',
      '--a-parallel',
      'The Label',
      'echo 1:depends=b',
      'echo 2',
      '--b',
      'echo 3',
    ];
    expect(needsIn(planned('run', ...argv))).toEqual({ 'a-1': ['b'], 'a-2': [], b: [] });
  });

  test('orchestrate calls a step as it is written, be it named like a variant', () => {
    const { tasks } = right(asked('orchestrate', ['--variant-a', 'echo 1', '--a', 'echo 2']));
    expect(tasks.map(({ id }) => id)).toEqual(['variant-a', 'a']);
  });

  test('--ab-test calls its tasks by the letters of the variants', () => {
    const argv = ['--ab-test', '--variant-b', 'echo 1', '--variant-a', 'echo 2', '--compare', 'compare both'];
    expect(works(planned('run', ...argv))).toEqual({
      b: '$ echo 1',
      a: '$ echo 2',
      compare: 'code: compare both',
    });
  });
});

describe('a plan file', () => {
  const file = 'tasks: {a: {run: x}, b: {run: y}}';
  const staged = 'stages: [s, t]\ntasks: {a: {run: x, stage: t}, b: {run: y, stage: s}}';

  test.each(['pipeline', 'boomerang', 'sprint', 'progressive'])(
    'takes pattern %s: stages, or the order of the tasks',
    (pattern) => {
      const plan = (text: string) =>
        right(asked('orchestrate', [], { file: `pattern: ${pattern}\n${text}` }));
      expect(needsIn(plan(file))).toEqual({ a: [], b: ['~a'] });
      expect(needsIn(plan(staged))).toEqual({ a: ['~b'], b: [] });
      expect(plan(file).pattern).toBe(pattern);
    },
  );

  test('takes the flag of a pattern', () => {
    expect(right(asked('orchestrate', ['--progressive'], { file }))).toMatchObject({
      pattern: 'progressive',
      name: 'plan',
    });
    expect(right(asked('orchestrate', [], { file })).pattern).toBe('file');
    expect(right(asked('orchestrate', ['--sprint', 'week 7'], { file })).name).toBe('week 7');
    expect(faultsOf(asked('orchestrate', ['--prototypes'], { file }))[0]).toContain(
      '--prototypes takes steps, not a plan file',
    );
    expect(faultsOf(asked('run', ['--ab-test'], { file }))[0]).toContain(
      '--ab-test takes steps, not a plan file',
    );
  });
});

test.each<[VerbName, string]>([
  ['orchestrate', 'nothing to run: no step, no -f, and no batchtool.yml here'],
  ['pipeline', "hint: for example batchtool pipeline --build 'npm run build'"],
  ['export', 'nothing to export: no text, no -f, no run yet, and no batchtool.yml here'],
])('%s with nothing to run says so', (verb, message) => {
  expect(refused(verb)).toContain(message);
});

test('export means what run and orchestrate mean', () => {
  const steps = ['--boomerang', '--a', 'echo 1', '--b-parallel', 'echo 2', 'echo 3', '--until', 'true'];
  expect(planned('export', ...steps)).toEqual(planned('orchestrate', ...steps));
  expect(planned('export', '--a', 'echo 1')).toEqual(planned('pipeline', '--a', 'echo 1'));
  const tasks = ['--dependency-aware', '--task', 'a:echo 1', '--task', 'b:echo 2:depends=a'];
  expect(planned('export', ...tasks)).toEqual(planned('run', ...tasks));
  expect(planned('export', 'echo 1', 'echo 2')).toEqual(planned('run', 'echo 1', 'echo 2'));
});
