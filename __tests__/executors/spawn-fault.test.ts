import { expect, test } from '@jest/globals';
import { spawnFault } from '../../src/executors/spawn-fault.js';

test.each([
  ['ENOENT', 'missing', 'sh', 'the folder /w does not exist'],
  ['ENOTDIR', 'file', 'sh', '/w is not a folder'],
  ['ENOENT', 'folder', 'sh', 'the program sh is not on PATH'],
  ['ENOENT', 'folder', './x.sh', 'the program ./x.sh does not exist'],
  ['EACCES', 'folder', 'sh', 'sh may not be executed, or the folder /w may not be entered'],
  ['EMFILE', 'folder', 'sh', 'too many files are open (see ulimit -n)'],
  ['EOTHER', 'unknown', 'sh', 'spawn EOTHER'],
] as const)('%s with the folder %s: %s → %s', (code, cwdIs, file, message) => {
  expect(spawnFault({ code, message: `spawn ${code}` }, { file, cwd: '/w', cwdIs })).toBe(message);
});
