import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ExpectPolicy } from '../../src/core/expect.js';
import { contentsOf } from '../../src/executors/changes.js';
import { broken as brokenOf, type Delivered } from '../../src/executors/expectation.js';

let folder: string;
let log: string;

function delivered(parts: Partial<Delivered> = {}): Delivered {
  return { log, cwd: folder, before: new Map(), result: () => '', ...parts };
}

async function broken(...[expected, what]: Parameters<typeof brokenOf>): Promise<string | undefined> {
  return (await brokenOf(expected, what))?.reason;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
  log = join(folder, '1.log');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('what is expected of an attempt', () => {
  test('files, relative to its folder', async () => {
    writeFileSync(join(folder, 'there'), '');
    expect(await broken({ files: ['there'] }, delivered())).toBeUndefined();
    expect(await broken({ files: ['there', 'not/there'] }, delivered())).toBe(
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
    expect(await broken(expected, delivered())).toBe(fault);
  });

  const asks = 'the review asks for changes';
  const silent = 'the review gave no verdict (a line VERDICT: accept or VERDICT: reject)';
  test.each([
    ['all fine\nVERDICT: accept\n', undefined],
    ['> **Verdict:** accept (with thanks)', undefined],
    ['`VERDICT: Accepted.`', undefined],
    ['mend x\n**Verdict: reject**\n', asks],
    ['VERDICT: accept if the tests pass\nThey do not.\nVERDICT: reject, for x', asks],
    ['VERDICT: reject\nNo, I was wrong.\nVERDICT: accept', undefined],
    ['VERDICT: accept if the tests pass', silent],
    ['VERDICT: accept or VERDICT: reject', silent],
    ['The verdict: accept', silent],
    ['looks fine\n', silent],
  ])('of a review the last verdict of its result: %j', async (said, fault) => {
    writeFileSync(log, 'VERDICT: accept\nVERDICT: reject');
    expect(await broken({ verdict: true }, delivered({ result: () => said }))).toBe(fault);
  });

  test('a line of many megabytes is looked at in pieces', async () => {
    writeFileSync(log, `${'x'.repeat(5_000_000)}needle${'y'.repeat(5_000_000)}`);
    expect(await broken({ output: ['needle'] }, delivered())).toBeUndefined();
  });

  test('a character that is cut in two by a read is whole again', async () => {
    writeFileSync(log, `${'x'.repeat(65_535)}é!`);
    expect(await broken({ output: ['é!$'] }, delivered())).toBeUndefined();
  });

  test('files that it has made or changed, by what they hold', async () => {
    writeFileSync(join(folder, 'same'), 'a');
    writeFileSync(join(folder, 'other'), 'a');
    const before = contentsOf(['same', 'other', 'new', 'none'], folder);
    writeFileSync(join(folder, 'same'), 'a');
    writeFileSync(join(folder, 'other'), 'b');
    writeFileSync(join(folder, 'new'), '');
    const look = (changed: string[]) => broken({ changed }, delivered({ before }));
    expect(await look(['other', 'new'])).toBeUndefined();
    expect(await look(['other', 'same'])).toBe('expected the file same to be changed; it is as it was');
    expect(await look(['none'])).toBe('expected the file none to be made or changed; there is none');
  });
});

describe('the result of an attempt, by its schema', () => {
  const schema = { type: 'object', required: ['risk'], properties: { risk: { enum: ['low', 'high'] } } };
  const look = (result: string, wanted: ExpectPolicy['schema'] = schema) =>
    broken({ schema: wanted as NonNullable<ExpectPolicy['schema']> }, delivered({ result: () => result }));

  test.each([
    ['is JSON', '{"risk": "low"}'],
    [
      'is the last block of a text that is marked as JSON',
      'first\n```json\n{}\n```\nthen\n```json\n{"risk":"high"}\n```\nbye',
    ],
  ])('it %s', async (_, result) => {
    expect(await look(result)).toBeUndefined();
  });

  test.each([
    ['prose', 'All is well.', 'its result is no JSON: "All is well."'],
    ['nothing', ' \n', 'its result is no JSON: it is empty'],
    [
      'other JSON',
      '{"risk": 3}',
      'its result does not follow the schema: /risk must be equal to one of the allowed values',
    ],
    ['JSON that lacks something', '[]', 'its result does not follow the schema: it must be object'],
  ])('%s is no such result', async (_, result, fault) => {
    expect(await look(result)).toBe(fault);
  });

  test('may be in a file of the folder', async () => {
    writeFileSync(join(folder, 's.json'), JSON.stringify(schema));
    expect(await look('{"risk": "low"}', 's.json')).toBeUndefined();
    expect(await look('{}', 's.json')).toContain("must have required property 'risk'");
    expect(await look('{}', 'none.json')).toMatch(/^the schema none.json cannot be read: ENOENT/);
  });

  test.each<[string, ExpectPolicy['schema'], string]>([
    [
      'no schema',
      { type: 'thing' },
      'of its result cannot be used: /type must be equal to one of the allowed',
    ],
    ['a list', [] as never, 'of its result cannot be used: it is neither a map nor true or false'],
    ['a misspelt keyword', { requird: ['a'] }, 'of its result cannot be used: unknown keyword: "requird"'],
    [
      'a misspelt keyword within it',
      { properties: { a: { propertys: {} } } },
      'of its result cannot be used: unknown keyword: "propertys"',
    ],
    ['a format that nobody knows', { format: 'dat' }, 'of its result cannot be used: unknown format "dat"'],
    [
      'a part that is nowhere',
      { $ref: '#/$defs/a' },
      "of its result cannot be used: can't resolve reference",
    ],
    [
      'of a draft that nobody knows',
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      'of its result cannot be used: its "$schema" is "http://json-schema.org/draft-04/schema#"',
    ],
    ['asynchronous', { $async: true }, 'of its result cannot be used: "$async" is no keyword'],
    ['a file that is not there', 'none.json', 'none.json cannot be read: ENOENT'],
    ['a file that holds no JSON', 'broken.json', 'broken.json cannot be read: '],
  ])('a schema that is %s is never tried again', async (_, wanted, fault) => {
    writeFileSync(join(folder, 'broken.json'), '{');
    const result = () => '{"a": 1}';
    const found = await brokenOf({ schema: wanted as never }, delivered({ result }));
    expect(found).toMatchObject({ final: true, reason: expect.stringContaining(`the schema ${fault}`) });
  });

  test('formats and the keywords of 2020-12 count', async () => {
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    const pair = { $schema, prefixItems: [{ type: 'string', format: 'date-time' }], items: false };
    expect(await look('["2026-11-26T07:00:00Z"]', pair)).toBeUndefined();
    expect(await look('["soon"]', pair)).toContain('/0 must match format "date-time"');
    expect(await look('["2026-11-26T07:00:00Z", 2]', pair)).toContain('must NOT have more than 1 items');
    expect(
      await look('"soon"', { $schema: 'http://json-schema.org/draft-07/schema#', format: 'date' }),
    ).toContain('it must match format "date"');
  });
});
