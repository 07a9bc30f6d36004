import { describe, expect, test } from '@jest/globals';
import type { Option, OptionKind } from '../../src/input/option.js';
import { readValue } from '../../src/input/value.js';
import { faultsOf, right } from './typed.js';

const option = (kind: OptionKind, rest: Partial<Option> = {}): Option => ({
  name: 'x',
  kind,
  help: '',
  verbs: ['run'],
  ...rest,
});
/** Kind, text, what comes of it, what else the option says. */
type Row<T> = [kind: OptionKind, text: string, result: T, rest?: Partial<Option>];

const read = (kind: OptionKind, text: string, rest: Partial<Option> = {}) =>
  readValue(option(kind, rest), [text], '--x');

describe('the value of an option', () => {
  test.each<Row<unknown>>([
    ['count', '5', 5],
    ['count', '007', 7],
    ['count', '0', 0, { min: 0 }],
    ['size', '2GB', 2e9],
    ['duration', '1h30m', 5_400_000],
    ['duration', '0', 0, { orZero: true }],
    ['priority', 'critical', 200],
    ['priority', 'HIGH', 100],
    ['priority', 'normal', 0],
    ['priority', 'low', -100],
    ['priority', '-10', -10],
    ['priority', '+7', 7],
    ['priority', '-0', 0],
    ['choice', 'b', 'b', { choices: ['a', 'b'] }],
    ['text', ' as is ', ' as is '],
    ['names', 'a, b,a', ['a', 'b']],
    ['pairs', 'A=b=c', { A: 'b=c' }],
    ['pairs', 'A=', { A: '' }],
    ['switch', 'yes', true],
    ['switch', '0', false],
  ])('%s %j is %j', (kind, text, value, rest = {}) => {
    expect(right(read(kind, text, rest))).toEqual(value);
  });

  test.each<Row<string>>([
    ['count', '0', '--x: expected a whole number from 1 to 1000000, found "0"'],
    ['count', '-1', 'found "-1"'],
    ['count', '1.5', 'found "1.5"'],
    ['count', '1e99', 'found "1e99"'],
    ['count', 'NaN', 'found "NaN"'],
    ['count', 'abc', 'found "abc"'],
    ['count', '99999999', 'found "99999999"'],
    ['size', '-2GB', '--x: expected a size above zero, found "-2GB"'],
    ['duration', '0', '--x: expected a time above zero with its unit, found "0"'],
    ['duration', '25d', '--x: expected a time of at most 24 days, found "25d"'],
    ['priority', 'urgent', '--x: expected a priority, found "urgent"'],
    ['priority', '1e99', 'found "1e99"'],
    ['priority', '99999999999', 'found'],
    [
      'choice',
      'skp',
      '--x: expected skip, stop; found "skp"\n  hint: did you mean skip?',
      { choices: ['skip', 'stop'] },
    ],
    ['text', 'a\0', 'holds a NUL'],
    ['names', 'a,,b', '--x: expected names with commas between'],
    ['pairs', 'A', '--x: expected K=V, found "A"'],
    ['pairs', '1A=b', '--x: "1A" is no name of a variable'],
    ['pairs', '=b', 'is no name of a variable'],
    ['pairs', 'A-B=b', 'is no name of a variable'],
    ['pairs', 'A=\0', 'the value of A holds a NUL'],
    ['pairs', 'BATCHTOOL_RUN_ID=x', 'batchtool sets BATCHTOOL_RUN_ID itself'],
    ['pairs', 'BATCHTOOL_OUTPUT_A_B=x', 'batchtool sets'],
    ['switch', 'maybe', '--x: expected true or false, found "maybe"'],
  ])('%s %j is refused', (kind, text, message, rest = {}) => {
    expect(faultsOf(read(kind, text, rest)).join()).toContain(message);
  });

  test('may be a time of any length where it sets no timer', () => {
    expect(right(read('duration', '90d', { verbs: ['clean'] }))).toBe(7_776_000_000);
  });

  test('of a variable is never shown when its name is wrong', () => {
    expect(faultsOf(read('pairs', 'API_TOKEN:geheim')).join()).not.toContain('geheim');
    expect(faultsOf(read('pairs', 'API-TOKEN=geheim')).join()).not.toContain('geheim');
  });

  test('of a variable given twice is refused', () => {
    expect(faultsOf(readValue(option('pairs'), ['A=1', 'A=2'], '--env'))).toEqual([
      '--env: A is given twice\n  hint: leave one of them out',
    ]);
  });
});
