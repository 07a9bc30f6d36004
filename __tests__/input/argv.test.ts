import { describe, expect, test } from '@jest/globals';
import { problemText } from '../../src/core/problem.js';
import type { VerbName } from '../../src/input/option.js';
import { typed } from './typed.js';

const faults = (...argv: string[]): string[] => typed('run', ...argv).problems.map(problemText);
const options = (...argv: string[]) => {
  const { options, problems, texts } = typed('run', ...argv);
  expect(problems).toEqual([]);
  return { texts, ...Object.fromEntries([...options].map(([name, { values }]) => [name, values])) };
};

describe('arguments of run', () => {
  test.each([
    [['--timeout', '5s', 'a', 'b']],
    [['--timeout=5s', 'a', 'b']],
    [['a', '--timeout', '5s', 'b']],
    [['a', 'b', '--timeout=5s']],
    [['--parallel', 'a', '--timeout', '5s', '--', 'b']],
  ])('mean the same wherever the option stands: %j', (argv) => {
    expect(options(...argv)).toEqual({ timeout: ['5s'], texts: ['a', 'b'] });
  });

  test('keep texts exactly as typed', () => {
    const texts = ['echo "a b"', 'x\ny', '$(date) `id`', '🙂 ümlaut', ' lead', 'a=b', "it's"];
    expect(options(...texts)).toEqual({ texts });
  });

  test('after -- are texts, whatever they look like', () => {
    expect(options('--', '--timeout', '-1', '--')).toEqual({ texts: ['--timeout', '-1', '--'] });
  });

  test('may repeat what is made to be repeated', () => {
    expect(options('--tag', 'a', '--tag=b', '--env', 'A=1', '--env=B=2', 'x')).toEqual({
      tag: ['a', 'b'],
      env: ['A=1', 'B=2'],
      texts: ['x'],
    });
  });

  test('know an option by its other name', () => {
    expect(options('--max-parallel', '3', 'x')).toEqual({ 'max-concurrent': ['3'], texts: ['x'] });
  });

  test('choose a mode, before or after texts, and by both names', () => {
    expect(typed('run', 'a', '--sequential').patterns).toEqual(['sequential']);
    expect(typed('run', '--concurrent', 'a').patterns).toEqual(['parallel']);
    expect(typed('run', '--concurrent', '--parallel', 'a').problems).toEqual([]);
  });

  test('take a negative number and a lone dash as values', () => {
    expect(options('--priority', '-5', '-f', '-')).toEqual({ priority: ['-5'], f: ['-'], texts: [] });
  });

  test('take a value after = even if it looks like an option', () => {
    expect(options('--name=--x', 'a')).toEqual({ name: ['--x'], texts: ['a'] });
  });

  test('take -f with its value attached', () => {
    expect(options('-fplan.yml')).toEqual({ f: ['plan.yml'], texts: [] });
  });

  test.each<[string[], string]>([
    [['--paralel', 'x'], 'unknown option --paralel\n  hint: did you mean --parallel?'],
    [['--timout', '5s'], 'unknown option --timout\n  hint: did you mean --timeout?'],
    [['--max-conccurrent=3'], 'unknown option --max-conccurrent\n  hint: did you mean --max-concurrent?'],
    [['--jobs', '3'], 'unknown option --jobs\n  hint: did you mean --max-concurrent?'],
    [['-j', '3'], 'unknown option -j\n  hint: did you mean --max-concurrent?'],
    [['--file', 'x'], 'unknown option --file\n  hint: did you mean -f FILE?'],
    [['--f', 'x'], 'unknown option --f\n  hint: "batchtool run --help" lists'],
    [['--retries', '3'], 'unknown option --retries\n  hint: did you mean --max-retries?'],
    [
      ['--xyzzy'],
      'unknown option --xyzzy\n  hint: "batchtool run --help" lists the options; a text that begins',
    ],
    [['-1'], 'unknown option -1'],
    [['--__proto__'], 'unknown option --__proto__'],
    [['--constructor'], 'unknown option --constructor'],
    [['--timeout'], '--timeout has no value\n  hint: it is written --timeout TIME'],
    [['--timeout='], '--timeout has no value'],
    [['--timeout', ''], '--timeout has no value'],
    [
      ['--timeout', '--json', 'x'],
      '--timeout has no value: "--json" looks like an option\n  hint: if it is the value, write --timeout=--json',
    ],
    [['--timeout', '--'], '--timeout has no value: "--" looks like an option'],
    [['--env', '-1=x', 'x'], '--env has no value: "-1=x" looks like an option'],
    [['--json=yes'], '--json takes no value, found "yes"'],
    [['--parallel=3'], '--parallel takes no value, found "3"'],
    [['--timeout', '5s', '--timeout=5s'], '--timeout is given twice'],
    [
      ['--max-concurrent', '2', '--max-parallel', '3'],
      '--max-parallel is given twice (--max-concurrent is the same)',
    ],
    [['-f', 'a', '-f', 'b'], '-f is given twice'],
    [['--follow', 'x'], '--follow is an option of logs, not of run'],
    [['--parallel', '--sequential', 'x'], '--parallel and --sequential exclude each other'],
    [[''], 'text 1 is empty'],
    [['a', ' \n\t'], 'text 2 is empty'],
    [['-'], '"-" is no text\n  hint: "-f -" reads a plan file from standard input'],
    [['--', '-'], '"-" is no text'],
    [['a\0b'], 'text 1 holds a NUL character'],
    [['--variant-a', 'x'], '--variant-a belongs to --ab-test\n  hint: add --ab-test'],
  ])('%j are refused', (argv, message) => {
    expect(faults(...argv)[0]).toContain(message);
  });

  test('are told all their faults at once, a cluster of short options once', () => {
    expect(faults('--nope', '', '-abc', '--timeout')).toEqual([
      expect.stringContaining('unknown option --nope'),
      expect.stringContaining('unknown option -a'),
      expect.stringContaining('text 1 is empty'),
      expect.stringContaining('--timeout has no value'),
    ]);
  });

  test('may repeat a switch', () => {
    expect(faults('--json', '--json', 'x')).toEqual([]);
  });
});

describe('arguments of other verbs', () => {
  test.each<[VerbName, string[], string]>([
    ['logs', ['--parallel'], '--parallel'],
    ['logs', ['--folow'], 'did you mean --follow?'],
    [
      'status',
      ['--timeout', '5s'],
      '--timeout is an option of run, orchestrate, pipeline, export, validate, sparc, not of status',
    ],
    ['cancel', ['--failed'], '--failed is an option of resume, not of cancel'],
  ])('%s %j are refused', (verb, argv, message) => {
    expect(
      typed(verb, ...argv)
        .problems.map(problemText)
        .join('\n'),
    ).toContain(message);
  });

  test('are told of once, whatever stood beside them', () => {
    const told = (verb: VerbName, ...words: string[]) =>
      typed(verb, ...words).problems.map(({ message }) => message);
    expect(told('orchestrate', '--sprint', '--a', 'true')).toEqual([
      '--sprint has no value: "--a" looks like an option',
    ]);
    expect(told('status', '')).toEqual(['the name of the run is empty']);
  });

  test('take names of runs as texts', () => {
    expect(typed('status', 'nightly', '--json')).toMatchObject({ texts: ['nightly'], problems: [] });
  });

  test('take logs --task as ids and run --task as texts', () => {
    expect(typed('logs', '--task', 'a', '--task', 'b').options.get('task')?.values).toEqual(['a', 'b']);
    expect(typed('run', '--task', 'a:x').options.get('task')?.values).toEqual(['a:x']);
  });

  test.each<VerbName>(['run', 'status', 'logs', 'stats', 'report', 'list', 'resume', 'cancel', 'clean'])(
    '%s takes --help and -h',
    (verb) => {
      expect(typed(verb, '--help').options.has('help')).toBe(true);
      expect(typed(verb, '-h').options.has('help')).toBe(true);
    },
  );
});
