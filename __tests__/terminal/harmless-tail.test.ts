import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { HarmlessTail } from '../../src/terminal/harmless-tail.js';

/** What is passed on of a log that is read in pieces of so many bytes. */
function shown(text: string, pieceBytes = 1000): string {
  const bytes = Buffer.from(text);
  let at = 0;
  const tail = new HarmlessTail({
    read: () => {
      at += pieceBytes;
      return bytes.subarray(at - pieceBytes, at);
    },
    close: () => {},
  });
  const pieces: Buffer[] = [];
  for (let piece = tail.read(1); piece.length > 0; piece = tail.read(1)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

describe('a log that is shown', () => {
  test.each([
    ['colours', '\u001b[1;31mred\u001b[0m \u001b[38;5;7mx\u001b[m'],
    ['text of all languages', 'café £ é\u00a0漢字 👍🏽'],
  ])('keeps %s', (_, text) => {
    for (let bytes = 1; bytes < 9; bytes++) expect(shown(text, bytes)).toBe(text);
  });

  test.each([
    ['a cleared screen', 'a\u001b[2Jb\u001b[Hc'],
    ['a title', 'a\u001b]0;mine\u0007b\u001b]0;mine\u001b\\c'],
    ['a link', 'a\u001b]8;;http://x\u001b\\b\u001b]8;;\u001b\\c'],
    ['a reset, another screen, another alphabet', 'a\u001bcb\u001b[?1049h\u001b(0c'],
    ['controls of one character', 'a\u009b2Jb\u009d0;mine\u009cc'],
    ['what asks the terminal for something', 'a\u001b[>0mb\u001b[6nc'],
  ])('loses %s', (_, text) => {
    for (let bytes = 1; bytes < 9; bytes++) expect(shown(text, bytes)).toBe('abc');
  });

  it('keeps all lines, also behind a sequence that does not end', () => {
    expect(shown('a\u001b]0;never\nb\u001b[12\nc\u001b\nd\u001bP')).toBe('a\nb\nc\nd');
  });

  it('does not end before its log does', () => {
    expect(shown(`a${'\u001b[2J'.repeat(50)}b`, 3)).toBe('ab');
  });

  it('is the same however it is cut into pieces', () => {
    const part = fc.constantFrom(
      'a',
      '\n',
      '\u001b',
      '[',
      ']',
      '2',
      ';',
      'm',
      'J',
      '\u0007',
      '\\',
      '\u009b',
      '\u009c',
      'é',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (parts, bytes) => {
        const text = parts.join('');
        expect(shown(text, bytes)).toBe(shown(text));
        const [, ...sequences] = shown(text).split('\u001b');
        for (const sequence of sequences) expect(sequence).toMatch(/^\[[0-9;]*m/);
        expect(shown(text)).not.toContain('\u009b');
      }),
    );
  });
});
