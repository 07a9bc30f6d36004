import { describe, expect, test } from '@jest/globals';
import { problemText } from '../../src/core/problem.js';
import { changeConfig, keptNames, readConfig } from '../../src/input/file-config.js';
import { right } from './typed.js';

function faults(text: string): string[] {
  return readConfig('config.yml', text).problems.map(problemText);
}

describe('what config keeps', () => {
  test('is read as it would be typed, with its place', () => {
    const { settings, problems } = readConfig(
      'config.yml',
      '# ours\nmax-concurrent: 5\ntimeout: 1h30m\nverbose: true\ntag: [a, "1.10", 1.10]\n',
    );
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      'max-concurrent': { texts: ['5'], place: { file: 'config.yml', line: 2, column: 17 } },
      timeout: { texts: ['1h30m'], place: { file: 'config.yml', line: 3, column: 10 } },
      verbose: { texts: ['true'], place: { file: 'config.yml', line: 4, column: 10 } },
      tag: { texts: ['a', '1.10', '1.10'], place: { file: 'config.yml', line: 5, column: 6 } },
    });
  });

  test.each(['', ' \n', '# only words\n', '---\n'])('is nothing in %j', (text) => {
    expect(readConfig('config.yml', text)).toMatchObject({ settings: {}, problems: [] });
  });

  test('can be what concerns every run, not what concerns one', () => {
    expect(keptNames()).toEqual(expect.arrayContaining(['max-concurrent', 'timeout', 'output', 'pass-env']));
    for (const name of ['name', 'only', 'env', 'cwd', 'dry-run', 'state-dir', 'json', 'f', 'until'])
      expect(keptNames()).not.toContain(name);
  });
});

describe('a config file with faults', () => {
  test('still gives the settings that are right', () => {
    expect(readConfig('c', 'max-concurent: 5\ngrace: 1s\n').settings).toHaveProperty('grace');
  });

  test.each([
    ['max-concurent: 5', 'config.yml:1:1: "max-concurent" is no setting that is kept', '"max-concurrent"'],
    ['max-parallel: 5', 'config.yml:1:1: "max-parallel" is no setting that is kept', '"max-concurrent"'],
    ['name: x', 'config.yml:1:1: "name" is no setting that is kept', 'batchtool config --unset name'],
    ['timeout:', 'config.yml:1:9: timeout: expected TIME', ''],
    ['timeout: {a: 1}', 'config.yml:1:10: timeout: expected TIME', ''],
    ['timeout: [1s, 2s]', 'config.yml:1:10: timeout: expected TIME', ''],
    ['grace: 1s\ngrace: 2s', 'config.yml:2:1: duplicate key "grace"', ''],
    ['a: [b', 'config.yml:', 'lines of one map'],
    ['- a', 'config.yml:1: expected settings', ''],
  ])('%j is told with its place', (text, message, hint) => {
    const [first = ''] = faults(text);
    expect(first).toContain(message);
    expect(first).toContain(hint);
  });
});

describe('a change', () => {
  const OLD = '# ours\nmax-concurrent: 4 # four\nx-mine: [1, 2]\ntimeout: 30m\n';

  test('keeps comments, order and keys of others', () => {
    const set = new Map([['max-concurrent', 8]] as const);
    expect(right(changeConfig(OLD, set, ['timeout']))).toBe(
      '# ours\nmax-concurrent: 8 # four\nx-mine: [ 1, 2 ]\n',
    );
  });

  test('begins a file that is not there', () => {
    expect(right(changeConfig('', new Map([['tag', ['a', 'b']]]), []))).toBe('tag:\n  - a\n  - b\n');
  });

  test.each<[string, string | number | boolean | readonly string[]]>([
    ['max-concurrent', 5],
    ['timeout', '30m'],
    ['priority', -10],
    ['verbose', true],
    ['namespace', 'yes'],
    ['shell', 'bash -c # "x"'],
    ['tag', ['a: b', '1', 'true', '#x']],
  ])('of %s to %j is read again as it was said', (name, value) => {
    const text = right(changeConfig(OLD, new Map([[name, value]]), []));
    const { settings } = readConfig('config.yml', text);
    expect(settings[name]?.texts).toEqual((Array.isArray(value) ? value : [value]).map(String));
  });
});
