/** Steps of `orchestrate`, as typed: what is one, what is not, and what is refused because it could be either. */
import { describe, expect, test } from '@jest/globals';
import { problemText } from '../../src/core/problem.js';
import type { VerbName } from '../../src/input/option.js';
import { typed } from './typed.js';

/** `build: a | b` in order, `build= a | b` side by side. */
function steps(verb: VerbName, ...argv: string[]): string[] {
  const { steps, problems } = typed(verb, ...argv);
  expect(problems).toEqual([]);
  return steps.map(
    ({ name, flow, texts }) => `${name}${flow === 'side-by-side' ? '=' : ':'} ${texts.join(' | ')}`,
  );
}

const otherwise = 'if it is a step, call it otherwise';

const faults = (verb: VerbName, ...argv: string[]): string[] =>
  typed(verb, ...argv).problems.map(problemText);

describe('steps', () => {
  test.each<[string[], string[]]>([
    [
      ['--a', 'x', '--b', 'y'],
      ['a: x', 'b: y'],
    ],
    [
      ['--a', 'x', 'y', '--b', 'z'],
      ['a: x | y', 'b: z'],
    ],
    [
      ['--a=x', '--b=y=z', 'w'],
      ['a: x', 'b: y=z | w'],
    ],
    [['--a-parallel', 'x', 'y'], ['a= x | y']],
    [['--mvp-parallel', 'x', 'y'], ['mvp= x | y']],
    [['--a-sequential', 'x', 'y'], ['a: x | y']],
    [['--a-parallel=x', 'y'], ['a= x | y']],
    [
      ['--enhance-1', 'x', '--enhance-2', 'y'],
      ['enhance-1: x', 'enhance-2: y'],
    ],
    [
      ['--test-all', 'x', '--Phase1', 'y', '--a.b_c', 'z'],
      ['test-all: x', 'Phase1: y', 'a.b_c: z'],
    ],
    [
      ['--größe', 'x', '--テスト', 'y'],
      ['größe: x', 'テスト: y'],
    ],
    [
      ['--constructor', 'x', '--__proto__', 'y'],
      ['constructor: x', '__proto__: y'],
    ],
    [['--a', 'x', '--', '--b', '-c', '--'], ['a: x | --b | -c | --']],
    [
      ['--a', '5 tests', '--b', 'sh: 5', '--c', 'prompt: {}'],
      ['a: 5 tests', 'b: sh: 5', 'c: prompt: {}'],
    ],
    [
      ['--a', '{ echo; }', '--b', '[ -f x ]', '--c', 'true'],
      ['a: { echo; }', 'b: [ -f x ]', 'c: true'],
    ],
    [
      ['--a', '1password', '--b', '2to3 x'],
      ['a: 1password', 'b: 2to3 x'],
    ],
    [
      ['--monitor-parallel', 'x', 'y', '--debug-sequential', 'z'],
      ['monitor= x | y', 'debug: z'],
    ],
  ])('are words that are no options: %j', (argv, expected) => {
    expect(steps('orchestrate', ...argv)).toEqual(expected);
    expect(steps('pipeline', ...argv)).toEqual(expected);
    expect(steps('export', ...argv)).toEqual(expected);
    expect(steps('run', '--component-parallel', ...argv)).toEqual(expected);
  });

  test('take texts before and after options, which may stand anywhere', () => {
    const argv = [
      '--timeout',
      '5s',
      '--a',
      'x',
      '--max-concurrent=2',
      'y',
      '--boomerang',
      '--b',
      'z',
      '--json',
    ];
    expect(steps('orchestrate', ...argv)).toEqual(['a: x | y', 'b: z']);
    expect(typed('orchestrate', ...argv).patterns).toEqual(['boomerang']);
    expect([...typed('orchestrate', ...argv).options.keys()]).toEqual(['timeout', 'max-concurrent', 'json']);
  });

  test('keep every text exactly as typed', () => {
    const texts = ['echo "a b"', 'x\ny', '$(date) `id`', '🙂 ümlaut', ' lead ', "it's", 'a:b:depends=c'];
    expect(typed('orchestrate', '--a', ...texts).steps[0]?.texts).toEqual(texts);
  });

  test('may be many', () => {
    const argv = Array.from({ length: 200 }, (_, index) => [`--phase${index}`, `echo ${index}`]).flat();
    expect(typed('orchestrate', ...argv).steps).toHaveLength(200);
    expect(faults('orchestrate', ...argv)).toEqual([]);
  });

  test('of a sprint follow its name', () => {
    const { steps, runName, patterns } = typed('orchestrate', '--sprint', 'week 7', '--plan', 'x');
    expect({ steps: steps.length, runName, patterns }).toEqual({
      steps: 1,
      runName: 'week 7',
      patterns: ['sprint'],
    });
    expect(typed('orchestrate', '--plan', 'x', '--sprint=--odd').runName).toBe('--odd');
  });

  test('of --ab-test are variants and what compares them', () => {
    const argv = ['--variant-a', 'x', '--ab-test', '--variant-z', 'y', '--compare', 'z'];
    expect(steps('run', ...argv)).toEqual(['variant-a: x', 'variant-z: y', 'compare: z']);
  });

  test('of export are told from texts by their dashes', () => {
    expect(typed('export', 'echo 1', 'echo 2')).toMatchObject({ texts: ['echo 1', 'echo 2'], steps: [] });
    expect(steps('export', '--boomerang', '--a', 'x')).toEqual(['a: x']);
    expect(typed('export', '--sequential', 'x', 'y')).toMatchObject({ texts: ['x', 'y'], problems: [] });
    expect(steps('export', '--component-parallel', '--a', 'x')).toEqual(['a: x']);
  });
});

describe('--monitor and --debug', () => {
  test.each<[string[], string[], string[]]>([
    [['--monitor', 'x', '--b', 'y'], ['monitor: x', 'b: y'], []],
    [['--monitor=x', 'y'], ['monitor: x | y'], []],
    [['--debug', 'x', '--monitor'], ['debug: x'], ['monitor']],
    [['--a', 'x', '--monitor', '--b', 'y'], ['a: x', 'b: y'], ['monitor']],
    [['--monitor', '--a', 'x', '--debug'], ['a: x'], ['monitor', 'debug']],
    [['--a', 'x', '--monitor', '--', 'y'], ['a: x | y'], ['monitor']],
  ])('are steps with a text and switches without: %j', (argv, expected, switches) => {
    expect(steps('orchestrate', ...argv)).toEqual(expected);
    expect([...typed('orchestrate', ...argv).options.keys()]).toEqual(switches);
    expect(steps('pipeline', ...argv)).toEqual(expected);
  });

  test('are always switches in run', () => {
    expect(typed('run', '--monitor', 'echo 1')).toMatchObject({ texts: ['echo 1'], problems: [] });
    expect(typed('run', '--monitor', 'echo 1').options.has('monitor')).toBe(true);
    expect(steps('run', '--component-parallel', '--monitor', '--a', 'x')).toEqual(['a: x']);
    expect(faults('run', '--component-parallel', '--a', 'x', '--monitor', 'y')).toEqual([
      '--monitor takes no text, found "y"\n  hint: in a mode of run --monitor is always the switch; call the step otherwise',
    ]);
    expect(faults('run', '--component-parallel', '--a', 'x', '--debug=y')[0]).toBe(
      '--debug takes no value, found "y"\n  hint: write --debug alone, or leave it out',
    );
  });

  test('as a step and as a switch are both', () => {
    const argv = ['--monitor', 'x', '--b', 'y', '--monitor'];
    expect(steps('orchestrate', ...argv)).toEqual(['monitor: x', 'b: y']);
    expect(typed('orchestrate', ...argv).options.has('monitor')).toBe(true);
  });
});

describe('what is no step', () => {
  test.each<[string[], string]>([
    [['x'], `"x" belongs to no step\n  hint: it is written --NAME 'TEXT'`],
    [['--timeout', '5s', 'x', '--a', 'y'], '"x" belongs to no step'],
    [['--', 'x'], '"x" belongs to no step'],
    [['--a'], "the step a has no text\n  hint: it is written --a 'TEXT'"],
    [['--a', '--b', 'x'], 'the step a has no text'],
    [['--a', '--timeout', '5s', '--b', 'x'], 'the step a has no text'],
    [['--a-parallel', '--b', 'x'], "the step a has no text\n  hint: it is written --a-parallel 'TEXT'"],
    [['--a-sequential'], 'the step a has no text'],
    [
      ['--a', 'x', '--a', 'y'],
      'the step a is given twice (--a, --a)\n  hint: a step takes several texts: --a',
    ],
    [['--a', 'x', '--a-parallel', 'y'], 'the step a is given twice (--a, --a-parallel)'],
    [['--a', ''], 'text 1 of --a is empty'],
    [['--a='], 'text 1 of --a is empty'],
    [['--a', 'x', ' \n'], 'text 2 of --a is empty'],
    [['--a', '-'], '"-" is no text of --a'],
    [['--a', 'x\0'], 'text 1 of --a holds a NUL character'],
    [['--a', '-x'], 'unknown option -x'],
    [['--🙂', 'x'], 'the step name "🙂" may hold only letters'],
    [['--a/b', 'x'], 'the step name "a/b" may hold only letters'],
    [['---a', 'x'], 'the step name "-a" may hold only letters'],
    [['--nul', 'x'], 'the step name "nul" is not a file name on every system'],
    [[`--${'a'.repeat(101)}`, 'x'], 'is longer than 100 characters'],
    [['--dry-run', 'x'], '--dry-run takes no text, found "x"\n  hint: --dry-run is no step'],
    [['--a', 'x', '--verbose', 'y'], '--verbose takes no text, found "y"'],
    [['--boomerang', 'x'], '--boomerang takes no text, found "x"'],
    [['--dry-run=x', '--a', 'y'], '--dry-run takes no value, found "x"'],
    [['--json-parallel', 'x'], '--json-parallel is an option and no step'],
    [['--sprint', '--plan', 'x'], '--sprint has no value: "--plan" looks like an option'],
    [['--sprint'], '--sprint has no value\n  hint: it is written --sprint NAME'],
    [['--sprint', 'a', '--sprint', 'b', '--x', 'y'], '--sprint is given twice'],
    [['--boomerang', '--progressive', '--a', 'x'], '--boomerang and --progressive exclude each other'],
    [
      ['--parallel', '--a', 'x'],
      '--parallel is a mode of run, not of orchestrate\n  hint: it is written batchtool run --parallel',
    ],
    [['--component-parallel', '--a', 'x'], '--component-parallel is a mode of run'],
    [['--ab-test', '--variant-a', 'x'], '--ab-test is a mode of run'],
    [['--task', 'a:x'], '--task is an option of run, export, validate, logs, not of orchestrate'],
    [['--filter', 'x'], '--filter is an option of logs, not of orchestrate'],
    // Near misses: of options, of patterns, of the endings.
    [['--timout', 'x'], `unknown option --timout\n  hint: did you mean --timeout? ${otherwise}`],
    [['--monitr', 'x'], 'did you mean --monitor?'],
    [['--nmae', 'x'], 'did you mean --name?'],
    [['--max-concurent', 'x'], 'did you mean --max-concurrent?'],
    [['--mx-parallel', 'x'], 'did you mean --max-parallel?'],
    [['--max-paralel', 'x'], 'did you mean --max-parallel?'],
    [['--dry-rum'], 'did you mean --dry-run?'],
    [['--boomrang', '--a', 'x'], `did you mean --boomerang? ${otherwise}`],
    [['--prototype', 'x'], 'did you mean --prototypes?'],
    [['--sprnt', 'x'], 'did you mean --sprint?'],
    [['--a-paralel', 'x'], `unknown option --a-paralel\n  hint: did you mean --a-parallel? ${otherwise}`],
    [['--phase1-parrallel', 'x'], 'did you mean --phase1-parallel?'],
    [['--phase1-pralel', 'x'], 'did you mean --phase1-parallel?'],
    [['--phase1-paralell', 'x'], 'did you mean --phase1-parallel?'],
    [['--phase1_parallel', 'x'], 'did you mean --phase1-parallel?'],
    [['--phase1parallel', 'x'], 'did you mean --phase1-parallel?'],
    [['--phase1-Parallel', 'x'], 'did you mean --phase1-parallel?'],
    [['--phase1-sequentail', 'x'], 'did you mean --phase1-sequential?'],
    [['--phase1-seqential', 'x'], 'did you mean --phase1-sequential?'],
    // Values of options that are not ours.
    ...[
      '5',
      '-5',
      '1.5',
      '2GB',
      '512 MB',
      '1.5GiB',
      '5s',
      '30m',
      '1h30m',
      '500ms',
      '50%',
      '{"a":1}',
      '[]',
      ' {} ',
    ].map((value): [string[], string] => [
      ['--swarm', ...(value.startsWith('-') ? ['--'] : []), value],
      'is a value, not a text of the step --swarm',
    ]),
    [['--a', 'x', '7'], '"7" is a value, not a text of the step --a'],
    // Words that others use.
    [
      ['--model', 'opus'],
      `--model is no option here and no name of a step\n  hint: a plan file says the model, or for all runs .batchtool/config.yml: agents: {claude: {model: NAME}}; --agent NAME says who; ${otherwise}`,
    ],
    [['--concurrency', '5'], 'did you mean --max-concurrent?'],
    [['--jobs', 'x'], 'did you mean --max-concurrent?'],
    [['--workers', 'x'], 'did you mean --max-concurrent?'],
    [['--retries', 'x'], 'did you mean --max-retries?'],
    [['--limit', 'x'], 'did you mean --max-concurrent?'],
    [['--config', 'x'], 'did you mean -f FILE?'],
    [['--file', 'x'], 'did you mean -f FILE?'],
    [['--file-parallel', 'x'], '--file-parallel is no option here and no name of a step'],
  ])('%j is refused', (argv, message) => {
    expect(faults('orchestrate', ...argv).join('\n')).toContain(message);
  });

  test.each([['--boomerang'], ['--progressive'], ['--prototypes']])(
    '%s is no pattern of pipeline',
    (flag) => {
      expect(faults('pipeline', flag, '--a', 'x')).toEqual([
        `${flag} is a pattern of orchestrate, not of pipeline\n  hint: it is written batchtool orchestrate ${flag}; ${otherwise}`,
      ]);
    },
  );

  test.each<[string[], string]>([
    [['--boomerang', 'x'], '--boomerang is a pattern of orchestrate, not of run'],
    [['--until', 'x', 'y'], '--until is an option of orchestrate, export, validate, not of run'],
    [['--variant-a', 'x'], '--variant-a belongs to --ab-test\n  hint: add --ab-test'],
    [['--compare', 'x'], '--compare belongs to --ab-test'],
    [['--component-paralel', '--a', 'x'], 'did you mean --component-parallel?'],
    [['--abtest', '--a', 'x'], 'did you mean --ab-test?'],
    [['--component-parallel', 'x', '--a', 'y'], '--component-parallel takes no text, found "x"'],
    [['--component-parallel', '--sequental', 'x'], 'did you mean --sequential?'],
    [
      ['--ab-test', '--a', 'x'],
      'unknown option --a\n  hint: this mode takes --variant-a to --variant-z and --compare',
    ],
    [['--ab-test', '--variant-1', 'x'], 'unknown option --variant-1'],
    [['--ab-test', '--variant-aa', 'x'], 'unknown option --variant-aa'],
    [['--ab-test', '--parallel', '--variant-a', 'x'], '--ab-test and --parallel exclude each other'],
  ])('run %j is refused', (argv, message) => {
    expect(faults('run', ...argv).join('\n')).toContain(message);
  });

  test('is told all at once, once for each word', () => {
    expect(
      faults('orchestrate', '--timout', '5s', '--a', '--b', '7', '--b', 'x', '--jobs', '3', '-q').map(
        (text) => text.split('\n')[0],
      ),
    ).toEqual([
      'unknown option -q',
      'unknown option --timout',
      'the step a has no text',
      '"7" is a value, not a text of the step --b',
      'the step b is given twice (--b, --b)',
      '--jobs is no option here and no name of a step',
    ]);
  });
});
