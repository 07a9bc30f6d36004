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
    [['--isolate', 'worktree'], '--isolate worktree is not part of this version\n  hint: possible now: none'],
  ])('with %j is refused in words, not silently accepted', (argv, message) => {
    expect(faults([...argv, 'x'])).toContain(message);
  });

  test('with a variable for what comes later is refused as well', () => {
    expect(faults(['x'], { machine: { env: { BATCHTOOL_ISOLATE: 'worktree' } } })).toContain(
      'BATCHTOOL_ISOLATE worktree is not part',
    );
  });

  test('with a key for what comes later is refused at its place', () => {
    const file = 'defaults: {isolate: worktree}\ntasks: {a: {run: x}}';
    expect(faults([], { file })).toBe(
      'plan.yml:1:12: "defaults.isolate" worktree is not part of this version\n  hint: possible now: none',
    );
  });

  test.each([
    ['--isolate', 'none'],
    ['--runner', 'builtin'],
    ['--agent', 'claude'],
  ])('with %s %s is fine', (...argv) => {
    expect(faults([...argv, 'x'])).toBe('');
  });

  test('with words of graph plans that need isolation is accepted with a notice', () => {
    const argv = ['--checkpoint-on-failure', '--rollback-enabled', '--checkpoint-strategy', 'tag', 'x'];
    expect(right(requestOf(argv)).notices).toEqual([
      '--checkpoint-on-failure has no effect yet: all tasks work in one tree',
      '--rollback-enabled has no effect yet: all tasks work in one tree',
      '--checkpoint-strategy has no effect yet: all tasks work in one tree',
      '--checkpoint-strategy "tag" is not known; commit is meant',
    ]);
  });

  test('tells such words of a plan file too, but not those of config each time', () => {
    const file = 'rollback-enabled: true\ncheckpoint-strategy: tag\ntasks: {a: {run: x}}';
    const config = { 'checkpoint-on-failure': 'true' };
    expect(right(requestOf([], { file, config })).notices).toEqual([
      '"rollback-enabled" has no effect yet: all tasks work in one tree',
      '"checkpoint-strategy" has no effect yet: all tasks work in one tree',
      '"checkpoint-strategy" "tag" is not known; commit is meant',
    ]);
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
