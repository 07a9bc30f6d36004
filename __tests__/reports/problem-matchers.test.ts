import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BUILT_IN_MATCHERS } from '../../src/reports/built-in-matchers.js';
import { readMatchers } from '../../src/reports/matcher.js';
import { findProblems } from '../../src/reports/problem-matchers.js';
import { hostileText } from './hostile.js';

const found = (...lines: string[]) => findProblems(lines, BUILT_IN_MATCHERS);

/** Taken from what the programs print. */
describe('the matchers that are always there', () => {
  it.each([
    [
      "src/a.ts(3,5): error TS2322: Type 'x' is wrong.",
      {
        owner: 'tsc',
        severity: 'error',
        file: 'src/a.ts',
        line: 3,
        column: 5,
        code: 'TS2322',
        message: "Type 'x' is wrong.",
      },
    ],
    [
      '\u001b[96msrc/a.ts\u001b[0m:\u001b[93m3\u001b[0m:\u001b[93m5\u001b[0m - \u001b[91merror\u001b[0m\u001b[90m TS2322: \u001b[0mNo.',
      {
        owner: 'tsc',
        severity: 'error',
        file: 'src/a.ts',
        line: 3,
        column: 5,
        code: 'TS2322',
        message: 'No.',
      },
    ],
    [
      'app/(shop)/page.tsx(1,2): error TS1005: ; expected.',
      {
        owner: 'tsc',
        severity: 'error',
        file: 'app/(shop)/page.tsx',
        line: 1,
        column: 2,
        code: 'TS1005',
        message: '; expected.',
      },
    ],
    [
      '/w/a.js: line 3, col 5, Warning - Unexpected var (no-var)',
      {
        owner: 'eslint-compact',
        severity: 'warning',
        file: '/w/a.js',
        line: 3,
        column: 5,
        code: 'no-var',
        message: 'Unexpected var',
      },
    ],
    [
      'main.c:10:3: fatal error: x.h: No such file',
      { owner: 'gcc', severity: 'error', file: 'main.c', line: 10, column: 3, message: 'x.h: No such file' },
    ],
    [
      'lib/x.cpp:7:1: note: declared here',
      { owner: 'gcc', severity: 'notice', file: 'lib/x.cpp', line: 7, column: 1, message: 'declared here' },
    ],
    [
      'mypkg/a.py:12: error: Incompatible types  [assignment]',
      {
        owner: 'gcc',
        severity: 'error',
        file: 'mypkg/a.py',
        line: 12,
        message: 'Incompatible types  [assignment]',
      },
    ],
    [
      './main.go:8:2: undefined: x',
      { owner: 'go', severity: 'error', file: './main.go', line: 8, column: 2, message: 'undefined: x' },
    ],
    [
      '    a_test.go:15: want 1, got 2',
      { owner: 'go', severity: 'error', file: 'a_test.go', line: 15, message: 'want 1, got 2' },
    ],
  ])('read %s', (line, finding) => {
    expect(found(line)).toEqual([finding]);
  });

  it('read the messages below a file of eslint', () => {
    expect(
      found(
        '',
        '/w/a.js',
        '  1:10  error    x is unused  no-unused-vars',
        '  2:1   warning  No console   no-console',
        '',
        '/w/b.js',
        '  3:1  error  Parsing error: no',
        '',
        '✖ 3 problems',
      ),
    ).toEqual([
      {
        owner: 'eslint-stylish',
        severity: 'error',
        file: '/w/a.js',
        line: 1,
        column: 10,
        code: 'no-unused-vars',
        message: 'x is unused',
      },
      {
        owner: 'eslint-stylish',
        severity: 'warning',
        file: '/w/a.js',
        line: 2,
        column: 1,
        code: 'no-console',
        message: 'No console',
      },
      {
        owner: 'eslint-stylish',
        severity: 'error',
        file: '/w/b.js',
        line: 3,
        column: 1,
        message: 'Parsing error: no',
      },
    ]);
  });

  it('read where a test of jest failed, some lines below its title, and not inside of packages', () => {
    expect(
      found(
        '  ● sums › adds',
        '',
        '    expect(received).toBe(expected) // Object.is equality',
        '',
        '    > 5 |   expect(1).toBe(2);',
        '',
        '      at fail (node_modules/expect/build/index.js:1:1)',
        '      at Object.<anonymous> (src/sum.test.ts:5:13)',
        '      at run (src/other.ts:9:9)',
      ),
    ).toEqual([
      {
        owner: 'jest',
        severity: 'error',
        file: 'src/sum.test.ts',
        line: 5,
        column: 13,
        message: 'sums › adds',
      },
    ]);
  });

  it.each([
    '12:30:01 INFO started',
    'http://localhost:3000: ready',
    'Error: no',
    'a:1:b',
    '  at x (a.ts:1:2)',
  ])('see nothing in %s', (line) => {
    expect(found(line)).toEqual([]);
  });

  it('look at no line that is longer than a message', () => {
    expect(found(`main.c:1:1: error: ${'x'.repeat(2000)}`, 'main.c:2:1: error: y')).toHaveLength(1);
  });

  it('are quick on any lines', () => {
    const began = performance.now();
    for (const part of [
      'a:1:',
      '(1,',
      ' line 1, col 1, Error - (',
      ' (x',
      '● ',
      '  1:1  error  ',
      'at (',
      '.go',
      '  ',
    ])
      found(...Array.from({ length: 2000 }, () => part.repeat(1000).slice(0, 1000)));
    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('never find what was not written', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const { message, file } of found(...text.split('\n'))) {
          expect(message).not.toBe('');
          expect(file).not.toBe('');
        }
      }),
    );
  });
});

describe('matchers that are given', () => {
  const json = (entry: object): string => JSON.stringify({ problemMatcher: [entry] });
  const pattern = [{ regexp: '^(E|W) (.+):(\\d+) (.+)$', severity: 1, file: 2, line: 3, message: 4 }];

  it('are read as GitHub reads them', () => {
    const read = readMatchers(json({ owner: 'mine', pattern }), 'm.json');
    expect(read.ok && findProblems(['W a.x:3 odd', 'E b.x:4 bad'], read.value)).toEqual([
      { owner: 'mine', severity: 'warning', file: 'a.x', line: 3, message: 'odd' },
      { owner: 'mine', severity: 'error', file: 'b.x', line: 4, message: 'bad' },
    ]);
  });

  it('may have several lines, of which the last comes again and again', () => {
    const entry = {
      owner: 'mine',
      severity: 'warning',
      pattern: [
        { regexp: '^FILE (.+)$', file: 1 },
        { regexp: '^RULE (.+)$', code: 1 },
        { regexp: '^ (\\d+) (.+)$', line: 1, message: 2, loop: true },
      ],
    };
    const read = readMatchers(json(entry), 'm.json');
    const lines = ['FILE a', 'RULE r', ' 1 one', ' 2 two', 'FILE b', ' 3 lacks its rule'];
    expect(read.ok && findProblems(lines, read.value)).toEqual([
      { owner: 'mine', severity: 'warning', file: 'a', code: 'r', line: 1, message: 'one' },
      { owner: 'mine', severity: 'warning', file: 'a', code: 'r', line: 2, message: 'two' },
    ]);
  });

  it.each([
    ['{', /^m\.json is no JSON: /],
    ['[]', /expected \{"problemMatcher": \[\.\.\.\]\}/],
    [json({ pattern }), /problemMatcher\[0\]: expected an owner/],
    [json({ owner: 'x', pattern: [] }), /expected 1 to 10 entries in "pattern"/],
    [json({ owner: 'x', severity: 'bad', pattern }), /severity is error, warning or notice, found "bad"/],
    [json({ owner: 'x', pattern: [{ regexp: '(', message: 1 }] }), /"\(" is no regular expression/],
    [json({ owner: 'x', pattern: [{ regexp: 'x' }] }), /which group is the message/],
    [
      json({ owner: 'x', pattern: [{ regexp: 'x', message: '1' }] }),
      /message is the number of a group, found "1"/,
    ],
    [
      json({ owner: 'x', pattern: [{ regexp: 'x', loop: true }, ...pattern] }),
      /only the last pattern may have "loop"/,
    ],
  ])('are refused in words: %s', (text, message) => {
    const read = readMatchers(text, 'm.json');
    expect(read.ok ? [] : read.problems.map((problem) => problem.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });
});
