import { expect, test } from '@jest/globals';
import { stateWords, withStateWords } from '../../src/commands/state-words.js';

test.each([
  [['run', 'x'], ''],
  [['run', '--state-dir', 'a', 'x'], ' --state-dir a'],
  [['status', '--state-dir=my state'], " --state-dir 'my state'"],
  [['run', '--state-dir', 'a', '--state-dir', "b's"], " --state-dir 'b'\\''s'"],
  [['run', '--state-dir'], ''],
  [['run', '--', '--state-dir', 'a'], ''],
])('of %j a proposed command repeats %j', (words, repeated) => {
  expect(stateWords(words)).toBe(repeated);
});

test('stand behind the commands in backticks that take them, and nowhere else', () => {
  const text = 'x: `batchtool logs --follow r1`, `batchtool init --force`, `mkdir a`; batchtool logs r1';
  expect(withStateWords(text, ' --state-dir a')).toBe(
    'x: `batchtool logs --follow r1 --state-dir a`, `batchtool init --force`, `mkdir a`; batchtool logs r1',
  );
});
