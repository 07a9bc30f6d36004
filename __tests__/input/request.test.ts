import { describe, expect, test } from '@jest/globals';
import { planFileWanted } from '../../src/input/request.js';
import { type Around, refused, requestOf, right, typed } from './typed.js';

const faults = (argv: string[], around: Around = {}): string => refused(argv, around).join('\n');

describe('a plan file is wanted', () => {
  test.each([
    [['-f', 'a.yml'], { kind: 'path', path: 'a.yml' }],
    [['-f', '-'], { kind: 'stdin' }],
    [[], { kind: 'usual' }],
    [['--sequential', '--dry-run'], { kind: 'usual' }],
    [['x'], { kind: 'none' }],
    [['--task', 'a:x'], { kind: 'none' }],
    [['--tasks', '{}'], { kind: 'none' }],
  ])('%j: %j', (argv, wanted) => {
    expect(planFileWanted(typed('run', ...argv))).toEqual(wanted);
  });
});

describe('a request', () => {
  test.each([
    [[], 'nothing to run: no text, no -f, and no batchtool.yml here'],
    [['-f', 'a.yml', 'x'], '-f and texts exclude each other'],
    [['--task', 'a:x', 'y'], '--task and texts exclude each other'],
    [
      ['--task', 'a:x', '--tasks', '{"a":"x"}'],
      '--task and --dependency-graph and --tasks exclude each other',
    ],
    [['--dependency-aware', 'x'], '--dependency-aware takes its texts with ids'],
    [['--parallel', '--task', 'a:x'], '--parallel takes texts without ids, not --task'],
    [['--sequential', '--tasks', '{"a":"x"}'], '--sequential takes texts without ids, not --tasks'],
    [['--max-concurrent', '0', 'x'], '--max-concurrent: expected a whole number from 1'],
    [['--timeout', 'abc', 'x'], '--timeout: expected a time above zero'],
    [['--memory-limit', '-1', 'x'], '--memory-limit: expected a size above zero, found "-1"'],
    [
      ['--on-error', 'stopp', 'x'],
      '--on-error: expected skip, stop, fail-fast, continue, retry; found "stopp"\n  hint: did you mean stop?',
    ],
  ])('%j is refused', (argv, message) => {
    expect(faults(argv)).toContain(message);
  });

  test('with --task is a graph, with or without the flag', () => {
    for (const argv of [
      ['--task', 'a:x'],
      ['--dependency-aware', '--task', 'a:x'],
    ])
      expect(right(requestOf(argv)).source).toMatchObject({
        kind: 'texts',
        pattern: { name: 'dependency-aware' },
      });
  });

  test('is told all that is wrong with it at once', () => {
    const all = refused(['--nope', '--timeout', 'x', '--task', 'a', '--task', ':b', '--priority', 'y']);
    expect(all.map((text) => text.split('\n')[0])).toEqual([
      'unknown option --nope',
      '--priority: expected a priority, found "y"',
      '--timeout: expected a time above zero with its unit, found "x"',
      '--task: expected ID:TEXT, found "a"',
      '--task: expected ID:TEXT, found ":b"',
    ]);
  });

  test('with wrong options and nothing to run is not also told that', () => {
    expect(faults(['--nope'])).not.toContain('nothing to run');
  });

  test.each([
    ['--isolate', 'none'],
    ['--runner', 'builtin'],
    ['--agent', 'claude'],
  ])('with %s %s is fine', (...argv) => {
    expect(faults([...argv, 'x'])).toBe('');
  });

  test('takes the variables of a plan file for those of its plan, not for secrets of this call', () => {
    const { env, secretValues } = right(
      requestOf([], { file: 'env: {A_TOKEN: x, B: y}\ntasks: {a: {run: x}}' }),
    );
    expect([env, secretValues]).toEqual([{}, {}]);
  });

  test('from a plan file keeps the mode flag', () => {
    const { source } = right(requestOf(['--sequential'], { file: 'tasks: {a: {run: x}}' }));
    expect(source).toMatchObject({ kind: 'file', pattern: { name: 'sequential' } });
  });
});
