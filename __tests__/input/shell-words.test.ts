import { describe, expect, test } from '@jest/globals';
import { readShell } from '../../src/input/shell-words.js';

const words = (text: string, prose = false): string[] =>
  readShell(text, { prose }).words.map((word) => word.text);

describe('the words of a text', () => {
  test.each([
    ['a b  c\td\ne', ['a', 'b', 'c', 'd', 'e']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`a'b'"c"d`, ['abcd']],
    [String.raw`a\ b \'c`, ['a b', "'c"]],
    [String.raw`"a\"b \$x \n"`, [String.raw`a"b $x \n`]],
    ['a;b&&c|d>e<f', ['a', 'b', 'c', 'd', 'e', 'f']],
    [`don't stop`, ["don't", 'stop']],
    [`say "hi`, ['say', '"hi']],
    ['', []],
    ['a\\', ['a']],
    [`''`, ['']],
  ])('%j are %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('keep an apostrophe in prose even when another follows', () => {
    expect(words(`it's the user's`, true)).toEqual(["it's", 'the', "user's"]);
    expect(words(`it's the user's`, false)).toEqual(['its the users']);
  });

  test.each([
    ['a $B "c $D" `e` f* ?g [h] ~i #j $1 "$(k)"', 10],
    [String.raw`a 'b $C *' "d \$E" f\$G h~i j#k "l * m" $ n$`, 0],
    [`a "b`, 1],
  ])('know which of them a shell would replace: %s', (text, count) => {
    expect(readShell(text, { prose: false }).words.filter(({ expands }) => expands)).toHaveLength(count);
  });

  test('know which of them begin a command', () => {
    const { words } = readShell('for a in 1; do for b; done; x | y\nz "do" w', { prose: false });
    expect(words.filter(({ leads }) => leads).map(({ text }) => text)).toEqual([
      'for',
      'do',
      'for',
      'done',
      'x',
      'y',
      'z',
    ]);
  });

  test('are found in linear time when no quote ever closes', () => {
    const text = `'${`a"`.repeat(1)}${'"x '.repeat(1)}${`b' `.repeat(200_001)}`;
    expect(words(text).length).toBeGreaterThan(1000);
  });
});
