import { describe, expect, test } from '@jest/globals';
import { idFault, planProblems, variableName } from '../../src/core/graph.js';
import type { Loop } from '../../src/core/plan.js';
import { plan, task } from '../fakes/plan.js';

const messages = (...args: Parameters<typeof plan>): string[] =>
  planProblems(plan(...args)).map(({ message }) => message);

describe('a plan', () => {
  test('with nothing wrong has no problems', () => {
    expect(messages([task('a'), task('b', { needs: ['a'] }), task('c', { needs: ['a', 'b'] })])).toEqual([]);
  });

  test('with two tasks of one id is refused as duplicate', () => {
    expect(messages([task('a'), task('a')])).toEqual(['duplicate task id "a"']);
  });

  test('with ids that give one variable name is refused', () => {
    expect(messages([task('a-b'), task('a_b')])).toEqual([
      'task ids "a-b" and "a_b" give the same variable name BATCHTOOL_OUTPUT_A_B_…',
    ]);
  });

  test('with a need on nothing is refused with the nearest id', () => {
    expect(planProblems(plan([task('build'), task('test', { needs: ['biuld'] })]))).toEqual([
      { message: 'task "test" needs "biuld", which is not in the plan', hint: 'did you mean "build"?' },
    ]);
  });

  test('with a need on nothing like anything is refused with the known ids', () => {
    expect(planProblems(plan([task('build'), task('test', { needs: ['zzz'] })]))[0]?.hint).toBe(
      'known ids: build, test',
    );
  });

  test('with a task that needs itself is refused', () => {
    expect(messages([task('a', { needs: ['a'] })])).toEqual(['task "a" needs itself']);
  });

  test('with a circle is refused and the whole circle is named', () => {
    expect(
      messages([
        task('x'),
        task('a', { needs: ['c'] }),
        task('b', { needs: ['a'] }),
        task('c', { needs: ['b'] }),
      ]),
    ).toEqual(['the tasks need each other in a circle: a → c → b → a']);
  });

  test('with a circle of mere order is refused as well', () => {
    expect(
      messages([
        task('a', { needs: [{ task: 'b', kind: 'order' }] }),
        task('b', { needs: [{ task: 'a', kind: 'order' }] }),
      ]),
    ).toEqual(['the tasks need each other in a circle: a → b → a']);
  });

  test('with a chain of fifty thousand tasks is looked at without running out of stack', () => {
    const tasks = Array.from({ length: 50_000 }, (_, i) =>
      task(`t${i}`, i === 0 ? {} : { needs: [`t${i - 1}`] }),
    );
    expect(messages(tasks)).toEqual([]);
  });

  test('is told all its faults at once', () => {
    expect(
      messages([task('../x'), task('a'), task('a'), task('b', { needs: ['q'], pools: ['gpu'] })], {
        pools: { main: 0 },
      }),
    ).toEqual([
      'task id "../x" may hold only letters, digits, ".", "_" and "-", and starts with a letter or digit',
      'duplicate task id "a"',
      'task "b" needs "q", which is not in the plan',
      'pool "main" must have at least 1 slot, found 0',
      'task "b" uses pool "gpu", which the plan does not have',
    ]);
  });
});

describe('a loop', () => {
  const loop = (rest: Partial<Loop>): Loop => ({
    id: 'l',
    tasks: ['a', 'b'],
    again: { kind: 'failed', tasks: ['b'] },
    max: 3,
    ...rest,
  });
  const tasks = [task('a'), task('b', { needs: ['a'] }), task('c', { needs: ['b'] })];

  test('around tasks in order is fine', () => {
    expect(messages(tasks, { loops: [loop({})] })).toEqual([]);
  });

  test('that repeats what is not there, or asks about what is not in it, is refused', () => {
    expect(
      messages(tasks, { loops: [loop({ tasks: ['a', 'z'], again: { kind: 'failed', tasks: ['c'] } })] }),
    ).toEqual([
      'loop "l" repeats "z", which is not in the plan',
      'loop "l" asks about "c", which is not in it',
    ]);
  });

  test('that overlaps another is refused; one inside another is not', () => {
    const other = loop({ id: 'm', tasks: ['b', 'c'] });
    expect(messages(tasks, { loops: [loop({}), other] })).toEqual([
      'loops "l" and "m" overlap; loops must be nested or apart',
    ]);
    const inner = loop({ id: 'm', tasks: ['b'] });
    expect(messages(tasks, { loops: [loop({}), inner] })).toEqual([]);
  });

  test('that would wait for itself through a task outside is a circle', () => {
    const around = [task('a'), task('out', { needs: ['a'] }), task('b', { needs: ['out'] })];
    expect(messages(around, { loops: [loop({})] })).toEqual([
      expect.stringMatching(/^the tasks need each other in a circle: /),
    ]);
  });
});

describe('an id', () => {
  test.each(['a', 'build-api', 'a.b', '1', 'test_2', 'größe', '研究', 'com', 'console', 'a'.repeat(100)])(
    '%j names a file everywhere',
    (id) => {
      expect(idFault(id)).toBeUndefined();
    },
  );

  test.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'a b',
    'a:b',
    '-a',
    '.hidden',
    'a.',
    'con',
    'CON',
    'nul.txt',
    'com1',
    'LPT9.log',
    'a\nb',
    'a\0b',
    '🙂',
    'a'.repeat(101),
    'a'.repeat(300),
  ])('%j does not', (id) => {
    expect(idFault(id)).toEqual(expect.any(String));
  });

  test('gives a variable name in upper case, every other character an underscore', () => {
    expect(variableName('build-api.v2')).toBe('BUILD_API_V2');
    expect(variableName('größe')).toBe('GR_SSE');
  });
});
