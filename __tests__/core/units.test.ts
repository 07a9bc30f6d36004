import { describe, expect, test } from '@jest/globals';
import {
  parseCost,
  parseDuration,
  parseSize,
  parseTokens,
  showBudget,
  showCost,
  showDuration,
  showSize,
  showTokens,
} from '../../src/core/units.js';

const right = (result: ReturnType<typeof parseSize>): number | string =>
  result.ok ? result.value : (result.problems[0]?.message ?? '');

describe('a size', () => {
  test.each([
    ['512MB', 512_000_000],
    ['2GB', 2_000_000_000],
    ['1.5GiB', 1_610_612_736],
    ['1KiB', 1024],
    ['3 kb', 3000],
    ['1TB', 1e12],
    ['1TiB', 2 ** 40],
    ['7B', 7],
    ['1048576', 1_048_576],
    [' 2GB ', 2_000_000_000],
  ])('%j is read as bytes', (text, bytes) => {
    expect(right(parseSize(text))).toBe(bytes);
  });

  test.each([
    '',
    '0',
    '0GB',
    '-1GB',
    '2XB',
    'abc',
    'GB',
    '1e99',
    '1e3',
    'NaN',
    'Infinity',
    '2GB2',
    '0.0001KB',
    '99999999TB',
    '1.5.5MB',
    '1.5',
  ])('%j is refused with the forms that work', (text) => {
    expect(parseSize(text)).toEqual({
      ok: false,
      problems: [
        {
          message: `expected a size above zero, found ${JSON.stringify(text)}`,
          hint: expect.stringContaining('1.5GiB'),
        },
      ],
    });
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [43_100_000, '43.1 MB'],
    [999_960, '1.0 MB'],
    [2e9, '2.0 GB'],
    [5e18, '5000.0 PB'],
  ])('of %d bytes is shown as %s', (bytes, text) => {
    expect(showSize(bytes)).toBe(text);
  });
});

describe('a time', () => {
  test.each([
    ['500ms', 500],
    ['5s', 5000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['1d', 86_400_000],
    ['1m500ms', 60_500],
  ])('%j is read as milliseconds', (text, millis) => {
    expect(right(parseDuration(text))).toBe(millis);
  });

  test.each([
    '',
    '0s',
    '0',
    '5',
    '-5s',
    '5 s',
    '1h 30m',
    '5x',
    'abc',
    's',
    '1e9s',
    '5s!',
    '99999999999999d',
    '30m1h',
    '1h1h',
    '5ms1s',
  ])('%j is refused with the forms that work', (text) => {
    expect(parseDuration(text)).toEqual({
      ok: false,
      problems: [
        {
          message: `expected a time above zero with its unit, found ${JSON.stringify(text)}`,
          hint: expect.stringContaining('1h30m'),
        },
      ],
    });
  });

  test.each(['0', '0s', '0ms'])('%j is no time at all only where zero is allowed', (text) => {
    expect(parseDuration(text, true)).toEqual({ ok: true, value: 0 });
  });

  test.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [4200, '4.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1m 00s'],
    [185_000, '3m 05s'],
    [7_800_000, '2h 10m'],
    [3_599_600, '1h 00m'],
    [90_000_000, '1d 01h'],
  ])('of %d ms is shown as %s', (millis, text) => {
    expect(showDuration(millis)).toBe(text);
  });
});

describe('an amount of money', () => {
  test.each([
    ['5USD', 5],
    ['5', 5],
    ['$5', 5],
    ['0.50USD', 0.5],
    ['12.5 usd', 12.5],
    ['$ 0.01', 0.01],
  ])('%j is read as dollars', (text, dollars) => {
    expect(right(parseCost(text))).toBe(dollars);
  });

  test.each([
    '',
    '0',
    '0USD',
    '-5',
    '$-5',
    '5EUR',
    '5€',
    'USD',
    '$',
    '$5USD',
    '1,50',
    '1e3',
    '5 $',
    'free',
    'NaN',
  ])('%j is refused with the forms that work', (text) => {
    expect(parseCost(text)).toEqual({
      ok: false,
      problems: [
        {
          message: `expected an amount of money above zero, found ${JSON.stringify(text)}`,
          hint: 'amounts are written 5USD, 0.50USD, $5 or 5, always in US dollars',
        },
      ],
    });
  });

  test.each([
    [0, '$0.00'],
    [0.0042, '$0.0042'],
    [0.1, '$0.10'],
    [12.345, '$12.35'],
  ])('%d is shown as %s', (dollars, text) => {
    expect(showCost(dollars)).toBe(text);
  });
});

describe('a number of tokens', () => {
  test.each([
    ['2M', 2_000_000],
    ['500k', 500_000],
    ['1.5m', 1_500_000],
    ['12', 12],
  ])('%j is read', (text, tokens) => {
    expect(right(parseTokens(text))).toBe(tokens);
  });

  test.each(['', '0', '0k', '-1', '1.5', '2MB', '2G', 'k', '1e6', 'many'])('%j is refused', (text) => {
    expect(right(parseTokens(text))).toBe(
      `expected a number of tokens above zero, found ${JSON.stringify(text)}`,
    );
  });

  test.each([
    [1, '1 token'],
    [812, '812 tokens'],
    [45_200, '45.2k tokens'],
    [999_960, '1.0M tokens'],
  ])('%d is shown as %s', (tokens, text) => {
    expect(showTokens(tokens)).toBe(text);
  });
});

test('an amount of both is shown with what another one has', () => {
  expect(showBudget({ costUsd: 1.2, tokens: 45_000 })).toBe('$1.20 and 45.0k tokens');
  expect(showBudget({ costUsd: 1.2, tokens: 45_000 }, { tokens: 1 })).toBe('45.0k tokens');
});
