import { describe, expect, test } from '@jest/globals';
import { expandMatrix, instanceSuffix, type Matrix, matrixVariable } from '../../src/input/matrix.js';
import { faultsOf, right } from './typed.js';

const expand = (matrix: Partial<Matrix>) => expandMatrix({ axes: {}, include: [], exclude: [], ...matrix });

describe('a matrix', () => {
  test('gives every combination, the last axis changing fastest', () => {
    expect(right(expand({ axes: { os: ['a', 'b'], node: ['1', '2'] } }))).toEqual([
      { os: 'a', node: '1' },
      { os: 'a', node: '2' },
      { os: 'b', node: '1' },
      { os: 'b', node: '2' },
    ]);
  });

  test('leaves out what exclude names, also by a part', () => {
    const axes = { os: ['a', 'b'], node: ['1', '2'] };
    expect(right(expand({ axes, exclude: [{ os: 'a' }, { os: 'b', node: '1' }] }))).toEqual([
      { os: 'b', node: '2' },
    ]);
  });

  // The example of the GitHub documentation.
  test('adds include where it changes no value of an axis, else as a combination of its own', () => {
    const include = [
      { color: 'green' },
      { color: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ];
    expect(right(expand({ axes: { fruit: ['apple', 'pear'], animal: ['cat', 'dog'] }, include }))).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
  });

  test('may be include alone', () => {
    expect(right(expand({ include: [{ a: '1' }, { a: '2', b: '3' }] }))).toEqual([
      { a: '1' },
      { a: '2', b: '3' },
    ]);
  });

  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
  test.each<[string, Partial<Matrix>, string]>([
    ['nothing in it', {}, 'gives no task'],
    ['an empty axis', { axes: { a: ['1'], b: [] } }, 'gives no task'],
    ['all excluded', { axes: { a: ['1'] }, exclude: [{ a: '1' }] }, 'gives no task'],
    [
      'far too many',
      { axes: { a: many(3000), b: many(3000), c: many(3000) } },
      'gives 27,000,000,000 tasks, more than 10,000',
    ],
    [
      'endless comparisons',
      { axes: { a: many(9000) }, exclude: many(1000).map((a) => ({ a })) },
      'too many "include"',
    ],
  ])('with %s is refused', (_, matrix, message) => {
    expect(faultsOf(expand(matrix))[0]).toContain(message);
  });
});

describe('the name of an instance', () => {
  test.each([
    [{ node: '20', os: 'linux' }, 'node20-linux'],
    [{ os: 'mac os/14', arch: 'arm' }, 'mac-os-14-arm'],
    [{ v: '1.20' }, 'v1.20'],
    [{ debug: 'true', empty: '' }, 'debug-true-empty-empty'],
    [{ a: '../..', b: '🙂' }, ''],
    [{ a: '--' }, ''],
  ])('of %j ends in %j', (values, suffix) => {
    expect(instanceSuffix(values, Object.keys(values))).toBe(suffix);
  });

  test('says only the axes when include adds more', () => {
    expect(instanceSuffix({ extra: 'x', os: 'linux' }, ['os'])).toBe('linux');
    expect(instanceSuffix({ extra: 'x' }, ['os'])).toBe('x');
  });

  test('and the variable of a key are apart', () => {
    expect(matrixVariable('node-version')).toBe('BATCHTOOL_MATRIX_NODE_VERSION');
  });
});
