/** The problem matchers that are always there. Each of their expressions takes time in proportion to a line. */
import type { Matcher } from './matcher.js';

export const BUILT_IN_MATCHERS: readonly Matcher[] = [
  {
    // src/a.ts(3,5): error TS2322: …   or, pretty: src/a.ts:3:5 - error TS2322: …
    owner: 'tsc',
    severity: 'error',
    patterns: [
      {
        regexp: /^(\S.*?)[(:](\d+)[,:](\d+)(?:\):| -) (error|warning|info) (TS\d+): (.*)$/,
        groups: { file: 1, line: 2, column: 3, severity: 4, code: 5, message: 6 },
        loop: false,
      },
    ],
  },
  {
    // /project/a.js: line 3, col 5, Error - … (rule)
    owner: 'eslint-compact',
    severity: 'error',
    patterns: [
      {
        regexp: /^(.+): line (\d+), col (\d+), (Error|Warning|Info) - (.+?)(?: \(([^()]+)\))?$/,
        groups: { file: 1, line: 2, column: 3, severity: 4, message: 5, code: 6 },
        loop: false,
      },
    ],
  },
  {
    // A file on a line of its own, then one line for each message.
    owner: 'eslint-stylish',
    severity: 'error',
    patterns: [
      { regexp: /^(\S.*)$/, groups: { file: 1 }, loop: false },
      {
        regexp: /^\s+(\d+):(\d+)\s+(error|warning|info)\s+(\S.*?)(?:\s\s+(\S+))?$/,
        groups: { line: 1, column: 2, severity: 3, message: 4, code: 5 },
        loop: true,
      },
    ],
  },
  {
    // The title of a test that failed; some lines below, where it failed.
    owner: 'jest',
    severity: 'error',
    patterns: [
      { regexp: /^\s*● (?!Console$)(.+)$/, groups: { message: 1 }, loop: false },
      {
        regexp: /^\s+at (?:[^()]* \()?((?!node:)[^()\s]+\.[cm]?[jt]sx?):(\d+):(\d+)\)?$/,
        groups: { file: 1, line: 2, column: 3 },
        loop: false,
        within: 80,
        not: /node_modules/,
      },
    ],
  },
  {
    // gcc, clang and many others: a.c:3:5: error: …
    owner: 'gcc',
    severity: 'error',
    patterns: [
      {
        regexp:
          /^((?:[A-Za-z]:)?[^\s:][^:]*):(\d+):(?:(\d+):)? *(?:fatal )?(error|warning|note|info): +(.+)$/,
        groups: { file: 1, line: 2, column: 3, severity: 4, message: 5 },
        loop: false,
      },
    ],
  },
  {
    // go build, go vet, and what t.Errorf says: main.go:3:5: …
    owner: 'go',
    severity: 'error',
    patterns: [
      {
        regexp: /^\s*(?:vet: )?([^\s:]+\.go):(\d+):(?:(\d+):)? +(.+)$/,
        groups: { file: 1, line: 2, column: 3, message: 4 },
        loop: false,
      },
    ],
  },
];
