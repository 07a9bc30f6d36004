import { describe, expect, test } from '@jest/globals';
import { inState } from '../../src/executors/state-files.js';

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: as the system says it`), { code, syscall: 'open' });
  };
}

describe('a file of the run that cannot be written', () => {
  test('ends the run with exit 4, in words that say what to do on a full disk', () => {
    const message = 'cannot write /s/1.log: the disk is full (ENOSPC)';
    const hint = 'make room there (`batchtool clean` deletes old runs)';
    expect(() => inState('/s/1.log', failing('ENOSPC'))).toThrow(
      expect.objectContaining({ exitCode: 4, problem: { message, hint } }),
    );
  });

  test('is told as the system tells it otherwise', () => {
    expect(() => inState('/s/1.log', failing('ENOENT'))).toThrow(
      'cannot write /s/1.log: ENOENT: as the system',
    );
  });

  test.each(['EMFILE', 'ENFILE', 'ENOMEM'])('%s is no fault of the folder', (code) => {
    expect(() => inState('/s/1.log', failing(code))).toThrow(expect.not.objectContaining({ exitCode: 4 }));
  });
});
