import { describe, expect, it, test } from '@jest/globals';
import { lastVisibleLine, visible } from '../../src/terminal/visible.js';

test.each([
  ['colours', '\u001b[32mPASS\u001b[0m ok', 'PASS ok'],
  ['cursor movement', 'a\u001b[2J\u001b[Hb', 'ab'],
  ['a title for the window', '\u001b]0;evil\u0007text', 'text'],
  ['a title with the long end', '\u001b]2;evil\u001b\\text', 'text'],
  ['a link', '\u001b]8;;http://x\u0007here\u001b]8;;\u0007', 'here'],
  ['a device control string', 'a\u001bPq#0;2\u001b\\b', 'ab'],
  ['an eight-bit title', '\u009d0;evil\u009ctext', 'text'],
  ['a sequence that is cut off', 'text\u001b]0;evi', 'text'],
])('%s is gone from what is shown', (_what, text, shown) => {
  expect(visible(text)).toBe(shown);
});

describe('what is shown', () => {
  it('is the last state of a progress bar', () => {
    expect(visible(' 10%\r 50%\r100% done')).toBe('100% done');
    expect(visible('100% done\r')).toBe('100% done');
  });

  it('has pictures for controls and blanks for tabs', () => {
    expect(visible('a\u0000b\tc\nd\u007f')).toBe('a␀b c␊d␡');
  });

  it('has no marks that turn the direction of text', () => {
    expect(visible('user\u202e gpj.exe')).toBe('user\ufffd gpj.exe');
  });

  it('keeps letters, wide characters and emoji', () => {
    const text = 'é 漢字 👨‍👩‍👧 e\u0301';
    expect(visible(text)).toBe(text);
  });
});

test.each([
  ['the last line that says something', 'one\ntwo\n\n  \n', 'two'],
  ['a line that is not ended', 'one\ntw', 'tw'],
  ['the last state of a bar without line ends', '1%\r2%\r3%', '3%'],
  ['nothing from nothing', '', ''],
])('the end of a log gives %s', (_what, text, line) => {
  expect(lastVisibleLine(Buffer.from(text))).toBe(line);
});

it('the end of a log may begin within a character', () => {
  expect(lastVisibleLine(Buffer.from('漢字\n').subarray(1))).toContain('字');
});
