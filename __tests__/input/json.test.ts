import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readJson } from '../../src/input/json.js';
import { countKeys } from '../../src/input/json-scan.js';
import { faultsOf, right } from './typed.js';

describe('JSON', () => {
  test('is the data that JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(right(readJson(text)).value).toEqual(JSON.parse(text));
      }),
    );
  });

  test('knows the place of keys and values, and of what is above a missing one', () => {
    const located = right(readJson('{"a": [1,\n  {"b": "x"}],\r\n"c": {}}', 'f.json'));
    expect(located.placeOf(['a', 1, 'b'], 'key')).toEqual({ file: 'f.json', line: 2, column: 4 });
    expect(located.placeOf(['a', 1, 'b'], 'value')).toEqual({ file: 'f.json', line: 2, column: 9 });
    expect(located.placeOf(['c', 'gone', 'x'], 'value')).toEqual({ file: 'f.json', line: 3, column: 6 });
    expect(located.placeOf([], 'value')).toEqual({ file: 'f.json', line: 1, column: 1 });
  });

  test('keeps the order of keys that JavaScript would sort', () => {
    expect(right(readJson('{"t":{"10":0,"b":0,"2":0}}')).keysAt(['t'])).toEqual(['10', 'b', '2']);
    expect(right(readJson('{"t":{"b":0,"2":0}}')).keysAt(['t'])).toEqual(['b', '2']);
    expect(right(readJson('{"t":1}')).keysAt(['t', 'x'])).toEqual([]);
  });

  test.each([
    ['{"a":1,"a":2}', 'JSON:1:8: duplicate key "a"'],
    ['{"a":{"b":1,"c":[{"d":1,"d":2}]}}', 'JSON:1:25: duplicate key "d"'],
    [String.raw`{"a":1,"\u0061":2}`, 'JSON:1:8: duplicate key "a"'],
    ['{"__proto__":{}}', 'JSON:1:2: "__proto__" cannot be a key'],
    [String.raw`{"\u005F_proto__":{}}`, '"__proto__" cannot be a key'],
    [
      '{"a":1,}',
      'JSON:1:8: expected a key in double quotes, found "}", so this is no JSON\n  hint: a comma before the end',
    ],
    ['[1,]', 'expected a value, found "]"'],
    ['{"a" 1}', 'JSON:1:6: expected ":", found "1}"'],
    ['{"a":1 "b":2}', 'expected "," or "}", found'],
    ['[1 2]', 'expected "," or "]", found'],
    ["{'a':1}", 'hint: JSON knows double quotes only'],
    ['{a:1}', 'expected a key in double quotes, found "a:1}"'],
    ['// x\n{}', 'hint: JSON knows no comments'],
    ['{"a":', 'JSON:1:6: expected a value, found the end'],
    ['{"a":"x', 'JSON:1:6: expected the closing " of a text'],
    ['{"a":"x\ny"}', 'JSON:1:6: expected a text in double quotes, found one with a line break'],
    [String.raw`{"a":"\x"}`, 'wrong escape'],
    ['', 'expected a value, found the end'],
    ['{} x', 'expected the end, found "x"'],
    ['undefined', 'expected a value'],
    ['01', 'expected the end, found "1"'],
    ['[1,\n\n  tru]', 'JSON:3:3: expected a value, found "tru]"'],
  ])('%j is refused', (text, message) => {
    expect(faultsOf(readJson(text))[0]).toContain(message);
  });

  test('that is nested too deeply is refused, closed or not', () => {
    for (const text of [
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      '['.repeat(50_000),
      `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    ])
      expect(faultsOf(readJson(text))[0]).toContain('nested deeper than 100 levels');
  });

  test('of any kind never throws, and a fault has a place', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n1eEtru-.') }),
        ),
        (text) => {
          const result = readJson(text);
          if (result.ok) return;
          expect(result.problems[0]?.place?.line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('has as many keys as are counted in its text', () => {
    const keysOf = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 0;
      const inner = Object.values(value).reduce((sum: number, one) => sum + keysOf(one), 0);
      return Array.isArray(value) ? inner : inner + Object.keys(value).length;
    };
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        expect(countKeys(JSON.stringify(value, null, indent))).toBe(keysOf(value));
      }),
    );
  });
});
