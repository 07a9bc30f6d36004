/** The snapshot of the machine: what of a project's own it finds. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { problemText } from '../src/core/problem.js';
import { takeMachine } from '../src/machine.js';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-machine-')));
  mkdirSync(join(root, 'a/b'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** From a folder of a project that begins at `top`. */
const found = (folder: string, top: string) => takeMachine(join(root, folder), {}, join(root, top)).roomodes;

test('the .roomodes of a project is found from any folder in it, the nearest first', () => {
  writeFileSync(join(root, '.roomodes'), 'top');
  expect(found('a/b', '.')).toEqual({ file: '../../.roomodes', content: { ok: true, value: 'top' } });
  writeFileSync(join(root, 'a/.roomodes'), 'near');
  expect(found('a/b', '.')).toMatchObject({ file: '../.roomodes', content: { value: 'near' } });
});

test('a .roomodes above the project is not looked at, and none without a project', () => {
  writeFileSync(join(root, '.roomodes'), 'x');
  expect(found('a/b', 'a')).toBeUndefined();
  expect(takeMachine(root, {}).roomodes).toBeUndefined();
});

test('a .roomodes that is no file, or far too large, is said to be so', () => {
  mkdirSync(join(root, 'a/.roomodes'));
  writeFileSync(join(root, '.roomodes'), ' '.repeat(1_000_001));
  const said = (folder: string): string[] => {
    const content = found(folder, folder)?.content;
    return content === undefined || content.ok ? [] : content.problems.map(problemText);
  };
  expect(said('a')).toEqual([expect.stringContaining('.roomodes: is no file')]);
  expect(said('.')).toEqual([expect.stringContaining('.roomodes: is larger than 1 MB')]);
});

test('without a PATH programs are looked for where the system does, with an empty one nowhere', () => {
  expect(takeMachine(root, {}).resolves('sh')).toBe(true);
  expect(takeMachine(root, { PATH: '' }).resolves('sh')).toBe(false);
});
