/** The snapshot of the machine: what of a project's own it finds. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { problemText } from '../src/core/problem.js';
import { takeMachine } from '../src/machine.js';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(place(), 'batchtool-machine-')));
  mkdirSync(join(root, 'a/b'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Somebody may have made a repository of the whole temporary folder. */
function place(): string {
  const isFree = (folder: string): boolean =>
    existsSync(folder) &&
    !existsSync(join(folder, '.git')) &&
    (dirname(folder) === folder || isFree(dirname(folder)));
  const free = [tmpdir(), '/var/tmp', '/dev/shm'].find(isFree);
  if (free === undefined) throw new Error('no temporary folder is outside of a repository');
  return free;
}

const found = (folder: string) => takeMachine(join(root, folder), {}).roomodes;

test('the .roomodes of the repository is found from any folder in it, the nearest first', () => {
  mkdirSync(join(root, '.git'));
  writeFileSync(join(root, '.roomodes'), 'top');
  expect(found('a/b')).toEqual({ file: '../../.roomodes', content: { ok: true, value: 'top' } });
  writeFileSync(join(root, 'a/.roomodes'), 'near');
  expect(found('a/b')).toMatchObject({ file: '../.roomodes', content: { value: 'near' } });
});

test('outside of a repository only the .roomodes of the folder itself counts', () => {
  writeFileSync(join(root, 'a/.roomodes'), 'x');
  expect(found('a/b')).toBeUndefined();
  expect(found('a')).toMatchObject({ file: '.roomodes' });
});

test('a .roomodes above the repository is not looked at', () => {
  mkdirSync(join(root, 'a/.git'));
  writeFileSync(join(root, '.roomodes'), 'x');
  expect(found('a/b')).toBeUndefined();
});

test('a .roomodes that is no file, or far too large, is said to be so', () => {
  mkdirSync(join(root, 'a/.roomodes'));
  writeFileSync(join(root, '.roomodes'), ' '.repeat(1_000_001));
  const said = (folder: string): string[] => {
    const content = found(folder)?.content;
    return content === undefined || content.ok ? [] : content.problems.map(problemText);
  };
  expect(said('a')).toEqual([expect.stringContaining('.roomodes: is no file')]);
  expect(said('.')).toEqual([expect.stringContaining('.roomodes: is larger than 1 MB')]);
});
