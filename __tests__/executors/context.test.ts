import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ContextEntry } from '../../src/core/launch.js';
import type { AttemptFiles, AttemptRef } from '../../src/core/ports.js';
import { ContextFolders } from '../../src/executors/context.js';
import { LOG_END_BYTES } from '../../src/executors/log-end.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function files({ task, attempt }: AttemptRef): AttemptFiles {
  mkdirSync(join(folder, task), { recursive: true });
  const base = join(folder, task, String(attempt));
  return {
    log: `${base}.log`,
    result: `${base}.md`,
    prompt: `${base}.prompt.md`,
    raw: `${base}.raw`,
    output: `${base}.o`,
    summary: `${base}.s`,
    bill: `${base}.b`,
    context: `${base}.c`,
    patch: `${base}.patch`,
  };
}

function entry(task: string, parts: Partial<ContextEntry> = {}): ContextEntry {
  return {
    task,
    label: `label of ${task}`,
    attempt: 1,
    exit: { kind: 'code', code: 0 },
    status: 'succeeded',
    outputs: {},
    ...parts,
  };
}

function provide(entries: ContextEntry[], task = 'later'): string {
  const { context } = files({ task, attempt: 1 });
  new ContextFolders(files).provide(context, entries);
  return context;
}

describe('the context of an attempt', () => {
  test('holds the result of each earlier task, and all that is known about them', () => {
    writeFileSync(files({ task: 'a', attempt: 2 }).log, 'what a said\n');
    const path = provide([entry('a', { attempt: 2, outputs: { k: 'v' } }), entry('b')]);
    expect(readdirSync(path).sort()).toEqual(['a.md', 'b.md', 'context.json']);
    expect(readFileSync(join(path, 'a.md'), 'utf8')).toBe('what a said\n');
    expect(JSON.parse(readFileSync(join(path, 'context.json'), 'utf8'))).toEqual([
      {
        ...entry('a', { attempt: 2, outputs: { k: 'v' } }),
        result: 'a.md',
        log: files({ task: 'a', attempt: 2 }).log,
      },
      { ...entry('b'), result: 'b.md', log: files({ task: 'b', attempt: 1 }).log },
    ]);
  });

  test('prefers the result that an agent gave over its log', () => {
    const { log, result } = files({ task: 'a', attempt: 1 });
    writeFileSync(log, 'noise\n');
    writeFileSync(result, '# Result\n');
    expect(readFileSync(join(provide([entry('a')]), 'a.md'), 'utf8')).toBe('# Result\n');
  });

  test('holds the whole lines at the end of a long log', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join('');
    writeFileSync(files({ task: 'a', attempt: 1 }).log, lines);
    const tail = readFileSync(join(provide([entry('a')]), 'a.md'), 'utf8');
    const end = tail.slice(tail.indexOf('\n') + 1);
    expect(end.length).toBeGreaterThan(LOG_END_BYTES - 20);
    expect(end.length).toBeLessThan(LOG_END_BYTES + 1);
    expect(end).toMatch(/^line \d+\n/);
    expect(end.endsWith('line 4999\n')).toBe(true);
    const { log } = files({ task: 'a', attempt: 1 });
    const left = (lines.length - end.length).toLocaleString('en');
    expect(tail.split('\n')[0]).toBe(
      `[… the first ${left} bytes of this output are left out; all of it is in ${log} …]`,
    );
  });

  test('holds the end of one endless line, without half a character', () => {
    writeFileSync(files({ task: 'a', attempt: 1 }).log, `x${'é'.repeat(20_000)}`);
    const tail = readFileSync(join(provide([entry('a')]), 'a.md'), 'utf8');
    expect(tail).toMatch(/^\[… .* left out; .*\]\né+$/);
  });

  test('is empty for a task that has no log', () => {
    expect(readFileSync(join(provide([entry('a')]), 'a.md'), 'utf8')).toBe('');
  });

  test('is shared by attempts that look back at the same results, and by no others', () => {
    const contexts = new ContextFolders(files);
    const [one, two, other] = ['one', 'two', 'other'].map((task) => files({ task, attempt: 1 }).context);
    contexts.provide(one as string, [entry('a')]);
    contexts.provide(two as string, [entry('a')]);
    contexts.provide(other as string, [entry('a', { attempt: 2 })]);
    expect(lstatSync(two as string).isSymbolicLink()).toBe(true);
    expect(readdirSync(two as string)).toEqual(['a.md', 'context.json']);
    expect(lstatSync(other as string).isDirectory()).toBe(true);
  });
});

test('the context of a judge holds what each isolated task changed', () => {
  writeFileSync(files({ task: 'a', attempt: 1 }).patch, 'diff');
  const changes = { files: [], omitted: 0, added: 1, deleted: 0 };
  const path = provide([entry('a', { commit: 'abc', changes }), entry('b')]);
  expect(readFileSync(join(path, 'a.patch'), 'utf8')).toBe('diff');
  const [a, b] = JSON.parse(readFileSync(join(path, 'context.json'), 'utf8'));
  expect(a).toMatchObject({ commit: 'abc', changes, patch: 'a.patch' });
  expect(b).not.toHaveProperty('patch');
});

test('a folder that holds what has to be done again is not shared, and loses nothing', () => {
  const folders = new ContextFolders(files);
  const { context: first } = files({ task: 'first', attempt: 1 });
  const { context: later } = files({ task: 'later', attempt: 1 });
  folders.provide(first, [entry('a')]);
  mkdirSync(later);
  writeFileSync(join(later, 'conflict.md'), 'again');
  folders.provide(later, [entry('a')]);
  expect(readdirSync(later).sort()).toEqual(['a.md', 'conflict.md', 'context.json']);
  expect(readdirSync(first).sort()).toEqual(['a.md', 'context.json']);
});
