import { describe, expect, test } from '@jest/globals';
import { allCommands } from '../../src/input/shell-commands.js';

const commands = (text: string): string[] => allCommands(text).map((words) => words.join(' '));

describe('the commands that a text hands to a shell', () => {
  test.each([
    ['a b; c | d && e', ['a b', 'c', 'd', 'e']],
    [`sh -c 'a "b c"; d'`, [`sh -c a "b c"; d`, 'a b c', 'd']],
    [`bash -eo pipefail -lc "a 'b'" c`, [`bash -eo pipefail -lc a 'b' c`, 'a b']],
    [`x /bin/dash -c 'a'`, ['x /bin/dash -c a', 'a']],
    [`eval 'a b' c`, ['eval a b c', 'a b c']],
    ['x $(a b) c', ['x $(a b) c', 'a b', 'c']],
    ['x "$(a "b c")"', ['x $(a b c)', 'a b c', '"']],
    ['x `a` y', ['x `a` y', 'a', 'y']],
    [`sh -c 'x "$(a)"'`, ['sh -c x "$(a)"', 'x $(a)', 'a', '"']],
  ])('%s', (text, expected) => {
    expect(commands(text)).toEqual(expected);
  });

  test.each([`x '$(a)' '\`b\`'`, String.raw`x "\$(a)" \`b`, `x 'a; b'`, `x -c 'a; b'`, 'sh a.sh', 'sh -c'])(
    'are one where nothing is handed on: %s',
    (text) => {
      expect(commands(text)).toHaveLength(1);
    },
  );

  test.each([
    ['here-documents that nothing ends', 'a <<b\n'],
    ['here-documents that open brackets', 'a <<b\n$($(\nb\n'],
  ])('are found in a text of many %s', (_, line) => {
    expect(commands(line.repeat(1000)).length).toBeGreaterThan(999);
  });

  test('are found in a text of many signs', () => {
    const text = `${"sh -c '".repeat(50)} ${'`a` $(b) "$(c)" '.repeat(5000)}`;
    expect(commands(text).length).toBeGreaterThan(10_000);
  });
});
