import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Fatal } from '../../src/core/problem.js';
import { inState, makeTaskFolder } from '../../src/executors/state-files.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the folder of a task', () => {
  test('is made with the one around it, and may be there', () => {
    const path = join(folder, 'tasks', 'a');
    makeTaskFolder(path);
    makeTaskFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test('is not made when the folder of the run is gone', () => {
    expect(() => makeTaskFolder(join(folder, 'gone', 'tasks', 'a'))).toThrow('ENOENT');
    expect(existsSync(join(folder, 'gone'))).toBe(false);
  });
});

describe('a file of the run that cannot be written', () => {
  function failing(code: string): () => never {
    return () => {
      throw Object.assign(new Error(`${code}: it went wrong`), { code });
    };
  }

  test.each(['ENOSPC', 'EROFS', 'ENOENT', 'EACCES'])('ends the run: %s', (code) => {
    expect(() => inState('/s/1.log', failing(code))).toThrow(Fatal);
  });

  test('because the disk is full says what to do', () => {
    const message = 'cannot write /s/1.log: the disk is full (ENOSPC)';
    const hint = 'make room there (`batchtool clean` deletes old runs)';
    expect(() => inState('/s/1.log', failing('ENOSPC'))).toThrow(
      expect.objectContaining({ exitCode: 4, problem: { message, hint } }),
    );
  });

  test.each([
    ['EMFILE', 'too many files are open (see ulimit -n)'],
    ['ENFILE', 'too many files are open on this machine'],
    ['ENOMEM', 'there is not enough memory'],
  ])('does not end the run when it is this process that lacks something: %s', (code, message) => {
    expect(() => inState('/s/1.log', failing(code))).not.toThrow(Fatal);
    expect(() => inState('/s/1.log', failing(code))).toThrow(message);
  });
});
