import { describe, expect, test } from '@jest/globals';
import { readRunInput } from '../../src/input/command-line.js';

function wordsOf(text: string): readonly string[] {
  const read = readRunInput(text);
  if (!read.ok || read.value.kind !== 'command-line')
    throw new Error(`no command line: ${JSON.stringify(read)}`);
  return read.value.words;
}

describe('a command line', () => {
  test.each([
    ['blanks', 'batchtool  run\ta   b', ['run', 'a', 'b']],
    ['single quotes', `batchtool run 'a "b" \\ $c'`, ['run', 'a "b" \\ $c']],
    ['double quotes', `batchtool run "a 'b' \\"c\\" \\\\ \\$d \\e"`, ['run', `a 'b' "c" \\ $d \\e`]],
    ['quotes that touch', `batchtool run a'b 'c"d e"`, ['run', 'ab cd e']],
    ['an empty word', `batchtool run '' x`, ['run', '', 'x']],
    ['a backslash', 'batchtool run a\\ b \\\\ \\"', ['run', 'a b', '\\', '"']],
    ['a line that goes on', 'batchtool run \\\n  a \\\n  b', ['run', 'a', 'b']],
    [
      'a line that goes on within a word and double quotes',
      'batchtool run a\\\nb "c\\\nd"',
      ['run', 'ab', 'cd'],
    ],
    ['lines within quotes', `batchtool run 'a\nbatchtool b'`, ['run', 'a\nbatchtool b']],
    ['carriage returns', 'batchtool run \\\r\n  a\r\n', ['run', 'a']],
    [
      'what a shell would expand',
      'batchtool run $HOME `id` $(id) ~ * {a,b} #x',
      [...['run', '$HOME', '`id`', '$(id)', '~', '*', '{a,b}', '#x']],
    ],
    ['blank lines around it', '\n  batchtool run a\n\n', ['run', 'a']],
  ])('is divided by %s', (_, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test.each([
    ['a second one', 'batchtool run a\nbatchtool run b', /two batchtool command lines/],
    ['another line', 'batchtool run a\necho b', /"echo b" follows/],
    ['an operator', 'batchtool run a; rm -rf x', /; outside quotes/],
    ['a redirection', 'batchtool run a > b', /> outside quotes/],
    ['an open quote', 'batchtool run "a', /a " is never closed/],
  ])('cannot have %s', (_, text, said) => {
    const read = readRunInput(text);
    expect(read.ok ? [] : read.problems.map(({ message }) => message)).toEqual([expect.stringMatching(said)]);
  });
});

describe('texts', () => {
  test('are lines, as they stand', () => {
    expect(readRunInput(` npm test && echo 'a  b' \n\n\tbatchtool-like x\n`)).toEqual({
      ok: true,
      value: { kind: 'texts', texts: [`npm test && echo 'a  b'`, 'batchtool-like x'] },
    });
  });
});
