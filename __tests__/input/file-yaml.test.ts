import { describe, expect, test } from '@jest/globals';
import { readYaml } from '../../src/input/file-yaml.js';
import { faultsOf, right } from './typed.js';

const read = (text: string) => right(readYaml(text, 'f.yml')).value;
const faults = (text: string): string => faultsOf(readYaml(text, 'f.yml')).join('\n');

describe('YAML', () => {
  test('is 1.2: on, yes and no are texts', () => {
    expect(read('on: yes\nb: no\nc: true\nd: ~\ne: 0o17\nf: 1e3\ng: 2001-01-01')).toEqual({
      on: 'yes',
      b: 'no',
      c: true,
      d: null,
      e: 15,
      f: 1000,
      g: '2001-01-01',
    });
  });

  test('is not talked into another version', () => {
    expect(read('%YAML 1.1\n---\non: yes')).toEqual({ on: 'yes' });
  });

  test('shares anchors and merges maps, own keys first, earlier maps before later', () => {
    const text = `
a: &a {x: 1, y: 1}
b: &b {y: 2, z: 2}
c: {<<: *a, x: 9}
d: {<<: [*a, *b], w: 0}
e: [*a, *b]
f: {<<: {v: 1}}
"<<": plain
`;
    expect(read(text)).toEqual({
      a: { x: 1, y: 1 },
      b: { y: 2, z: 2 },
      c: { x: 9, y: 1 },
      d: { w: 0, x: 1, y: 1, z: 2 },
      e: [
        { x: 1, y: 1 },
        { y: 2, z: 2 },
      ],
      f: { v: 1 },
      '<<': 'plain',
    });
  });

  test('takes an anchor that is given again from there on', () => {
    expect(read('a: &x 1\nb: *x\nc: &x 2\nd: *x')).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  test('knows places, also through aliases and merges', () => {
    const located = right(readYaml('a: &a\n  x: 1\nb:\n  <<: *a\n  y: [1, two]\nc: *a', 'f.yml'));
    const at = (...path: (string | number)[]) => {
      const { line, column } = located.placeOf(path, 'value');
      return [line, column];
    };
    expect(at('b', 'y', 1)).toEqual([5, 10]);
    expect(at('b', 'x')).toEqual([2, 6]);
    expect(at('c', 'x')).toEqual([2, 6]);
    expect(located.placeOf(['b', 'y'], 'key')).toEqual({ file: 'f.yml', line: 5, column: 3 });
    expect(at('b', 'gone')).toEqual([4, 3]);
  });

  test('remembers how a number was written', () => {
    const located = right(readYaml('a: 1.10\nb: [010, x]\nc: "5"', 'f.yml'));
    expect(located.writtenAt(['a'])).toBe('1.10');
    expect(located.writtenAt(['b', 0])).toBe('010');
    expect(located.writtenAt(['c'])).toBeUndefined();
  });

  test('keeps the order of keys', () => {
    expect(right(readYaml('t: {10: a, b: b, 2: c}', 'f.yml')).keysAt(['t'])).toEqual(['10', 'b', '2']);
  });

  test.each([
    ['a: 1\nb: 2\na: 3', 'f.yml:3:1: duplicate key "a"\n  hint: it stands in line 1 too'],
    ['a: {x: 1, x: 2}', 'f.yml:1:11: duplicate key "x"'],
    ['a: 1\n1: b\n"1": c', 'duplicate key "1"'],
    ['a:\n\tb: 1', 'f.yml:2:1: Tabs are not allowed as indentation\n  hint: indent with spaces'],
    ['a: b: c', 'hint: a text with ": " in it is quoted'],
    ['a: "x', 'f.yml:1:6: Missing closing "quote'],
    ['a: [1, 2', 'f.yml:1:'],
    ['a: @x', 'hint: quote this text'],
    [
      'a: !!js/function x',
      'f.yml:1:4: Unresolved tag: tag:yaml.org,2002:js/function\n  hint: leave the tag out',
    ],
    ['a: *x', 'f.yml:1:4: the alias *x stands before its anchor'],
    ['a: &x [*x]', 'f.yml:1:8: the alias *x stands inside what it stands for'],
    ['a: {<<: 1}', 'f.yml:1:9: expected an alias of a map after "<<"'],
    ['a: {<<: {x: 1}, <<: {y: 1}}', 'duplicate key "<<"\n  hint: several maps are merged with <<: [*a, *b]'],
    ['? [a]\n: b', 'f.yml:1:3: expected a key that is a plain word'],
    [': b', 'expected a key that is a plain word'],
    ['null: b', 'expected a key that is a plain word'],
    ['__proto__: b', 'f.yml:1:1: "__proto__" cannot be a key'],
    ['a: 1\n---\nb: 2', 'a second document begins here'],
  ])('%j is refused', (text, message) => {
    expect(faults(text)).toContain(message);
  });

  const nested = 50_000;
  test.each([
    ['lists in brackets', `${'['.repeat(nested)}${']'.repeat(nested)}`],
    ['lists that never close', '['.repeat(nested)],
    ['lists by dashes', `${'- '.repeat(nested)}x`],
    ['maps by indentation', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['complex keys', `${'? '.repeat(nested)}x`],
  ])('with too deep %s is refused', (_, text) => {
    expect(faults(text)).toContain('nested deeper than 100 levels');
  });

  test('whose aliases multiply is refused at once', () => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`,
    );
    expect(faults(`a0: &a0 [x]\n${lines.join('\n')}`)).toContain(
      'its aliases stand for more than 2,000,000 values',
    );
  });

  test('whose merges multiply is refused before they fill the memory', () => {
    const keys = Array.from({ length: 3000 }, (_, i) => `k${i}: 1`).join(', ');
    const merges = Array.from({ length: 3000 }, (_, i) => `t${i}: {<<: *b}`).join('\n');
    expect(faults(`b: &b {${keys}}\n${merges}`)).toContain('its aliases stand for more than');
  });

  test('may use one anchor thousands of times', () => {
    const tasks = Array.from({ length: 5000 }, (_, i) => `t${i}: {<<: *c, run: x}`).join('\n');
    expect(faults(`c: &c {timeout: 1m}\n${tasks}`)).toBe('');
  });
});
