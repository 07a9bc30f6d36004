import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanText } from '../../src/core/clean-text.js';
import { hostileText } from '../reports/hostile.js';

describe('text of tasks', () => {
  it.each([
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\', 'link'],
    ['\u009b31mred\u001b(B', 'red'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['a\u0000\u0007\u202eb\ud800\ufffe', 'ab'],
    ['tab\tand 漢 👩‍💻', 'tab\tand 漢 👩‍💻'],
  ])('%j is %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('holds nothing that is no text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(cleanText(text)).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cs}]/u);
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
    );
  });
});
