import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { LogTail } from '../../src/core/ports.js';
import { FileTail, lastBytes, lastLines, openLogs } from '../../src/journal/tail.js';
import { atEnd, fatalOf, scratchFolder, scratchRun } from './scratch.js';

function logOf(text?: string | Uint8Array): string {
  const path = join(scratchFolder(), '1.log');
  if (text !== undefined) writeFileSync(path, text);
  return path;
}

function open(path: string): LogTail {
  const tail = new FileTail(path);
  atEnd(() => tail.close());
  return tail;
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('a tail', () => {
  test('gives what is new, at most so many bytes at once', () => {
    const path = logOf('hello');
    const tail = open(path);
    const reads = [1, 2, 3].map(() => textOf(tail.read(3)));
    appendFileSync(path, '!');
    expect([...reads, textOf(tail.read(3))]).toEqual(['hel', 'lo', '', '!']);
  });

  test('waits for a file that is not there yet', () => {
    const path = logOf();
    const tail = open(path);
    expect(tail.read(10)).toHaveLength(0);
    writeFileSync(path, 'late');
    expect(textOf(tail.read(10))).toBe('late');
  });

  test('starts over when the file became shorter', () => {
    const path = logOf('a long first text');
    const tail = open(path);
    tail.read(100);
    writeFileSync(path, 'short');
    const again = textOf(tail.read(100));
    appendFileSync(path, '!');
    expect([again, textOf(tail.read(100))]).toEqual(['short', '!']);
  });

  test('reads on after the task deleted its own log', () => {
    const path = logOf('before');
    const tail = open(path);
    tail.read(3);
    rmSync(path);
    expect(textOf(tail.read(100))).toBe('ore');
  });

  test.each([
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb\nc', 2, 'b\nc'],
    ['a\nb\n', 5, 'a\nb\n'],
    ['a\nb\n', 0, ''],
    ['a', 0, ''],
    ['', 3, ''],
    [`${'x'.repeat(200_000)}\nb\n`, 1, 'b\n'],
    [`a\n${'x'.repeat(200_000)}\n`, 1, `${'x'.repeat(200_000)}\n`],
  ])('may begin at the last lines: case %#', (text, lines, rest) => {
    const tail = new FileTail(logOf(text));
    atEnd(() => tail.close());
    tail.skipToLast(lines);
    expect(textOf(tail.read(1_000_000))).toBe(rest);
  });

  test('takes reads larger than any before', () => {
    const content = 'x'.repeat(300_000);
    expect(textOf(open(logOf(content)).read(1_000_000))).toBe(content);
  });

  test('reads to where there is room for it', () => {
    const tail = open(logOf('hello'));
    const room = Buffer.alloc(8);
    expect(
      [tail.read(2, room), tail.read(8, room)].map(({ byteOffset, length }) => [byteOffset, length]),
    ).toEqual([
      [room.byteOffset, 2],
      [room.byteOffset, 3],
    ]);
    expect(room.toString()).toBe('llo\0\0\0\0\0');
  });

  test('says that what should be a log is a folder', () => {
    const path = logOf();
    mkdirSync(path);
    expect(fatalOf(() => open(path).read(10)).problem.message).toContain(path);
  });

  test('of an attempt reads the log of that attempt', async () => {
    const run = await scratchRun();
    mkdirSync(join(run.tasks, 'a'));
    writeFileSync(run.files({ task: 'a', attempt: 2 }).log, 'second');
    const tail = openLogs(run)({ task: 'a', attempt: 2 });
    atEnd(() => tail.close());
    expect(textOf(tail.read(100))).toBe('second');
  });
});

describe('lastLines', () => {
  test.each([
    ['the last ones', 'a\nb\nc\n', 2, ['b', 'c']],
    ['all, when there are fewer', 'a\nb', 5, ['a', 'b']],
    ['a last line that has no end yet', 'a\nb', 1, ['b']],
    ['empty lines too', 'a\n\n\n', 2, ['', '']],
    ['lines of Windows without their end', 'a\r\nb\r\n', 2, ['a', 'b']],
    ['none of an empty file', '', 3, []],
    ['none when none are wanted', 'a\n', 0, []],
  ])('gives %s', (_, text, count, lines) => {
    expect(lastLines(logOf(text), count, 1000)).toEqual(lines);
  });

  test('gives none where there is no file', () => {
    expect(lastLines(logOf(), 3, 1000)).toEqual([]);
  });

  test('leaves out a line that the limit cuts', () => {
    expect(lastLines(logOf('aaaa\nbbbb\ncccc\n'), 9, 12)).toEqual(['bbbb', 'cccc']);
  });

  test('gives the end of a line that is longer than the limit, cut between characters', () => {
    expect(lastLines(logOf('x'.repeat(50) + '漢'.repeat(10)), 3, 8)).toEqual(['漢漢']);
  });
});

describe('lastBytes', () => {
  test('gives the end of a file', () => {
    expect(textOf(lastBytes(logOf('0123456789'), 4))).toBe('6789');
  });

  test('gives all of a short one, and nothing of none', () => {
    expect([lastBytes(logOf('ab'), 4), lastBytes(logOf(), 4)].map(textOf)).toEqual(['ab', '']);
  });
});
