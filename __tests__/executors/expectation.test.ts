import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { broken } from '../../src/executors/expectation.js';

let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
  log = join(folder, '1.log');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('what is expected of an attempt', () => {
  test('files, relative to its folder', async () => {
    writeFileSync(join(folder, 'there'), '');
    expect(await broken({ files: ['there'] }, log, folder)).toBeUndefined();
    expect(await broken({ files: ['there', 'not/there'] }, log, folder)).toBe(
      'expected the file not/there, which does not exist',
    );
  });

  test.each([
    ['a line that matches, whatever its case', { output: ['^ALL \\d+ passed$'] }, undefined],
    ['every one of several', { output: ['passed', 'nothing'] }, 'no line of its output matches "nothing"'],
    ['lines, not the whole', { output: ['start.*passed'] }, 'no line of its output matches "start.*passed"'],
    ['the last line without an end', { output: ['^end$'] }, undefined],
    ['none that matches', { notOutput: ['fatal'] }, undefined],
    ['none that matches', { notOutput: ['^warn'] }, 'its output matches "^warn": "Warning: slow"'],
    ['a regular expression', { output: ['('] }, '"(" is not a regular expression'],
  ])('of its output: %s', async (_, expected, fault) => {
    writeFileSync(log, 'start\nWarning: slow\r\nall 7 passed\r\nend');
    expect(await broken(expected, log, folder)).toBe(fault);
  });

  test('a line of many megabytes is looked at in pieces', async () => {
    writeFileSync(log, `${'x'.repeat(5_000_000)}needle${'y'.repeat(5_000_000)}`);
    expect(await broken({ output: ['needle'] }, log, folder)).toBeUndefined();
  });

  test('a character that is cut in two by a read is whole again', async () => {
    writeFileSync(log, `${'x'.repeat(65_535)}é!`);
    expect(await broken({ output: ['é!$'] }, log, folder)).toBeUndefined();
  });
});
