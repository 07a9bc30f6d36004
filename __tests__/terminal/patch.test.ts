import { describe, expect, it } from '@jest/globals';
import { PatchPainter } from '../../src/terminal/patch.js';
import { style } from '../../src/terminal/style.js';

const GREEN = '\u001b[32m';

describe('a patch on a terminal', () => {
  const painted = (text: string, coloured = false, size = 7): string => {
    const painter = new PatchPainter(style(coloured));
    const bytes = Buffer.from(text);
    let out = '';
    for (let at = 0; at < bytes.length; at += size) out += painter.paint(bytes.subarray(at, at + size));
    return out + painter.end();
  };

  it('is the same text, wherever the chunks end', () => {
    const text = 'diff --git a/ü b/ü\n@@ -1 +1 @@\n-größer\n+漢字\n';
    expect(painted(text, false, 1)).toBe(text);
  });

  it('shows what controls as signs, and hides nothing', () => {
    expect(painted('+ok\u001b[8mhidden\rover\u202eevil\tx\r\n')).toBe('+ok␛[8mhidden␍over�evil    x\n');
  });

  it('tells a deleted line that begins with dashes from the head of a file', () => {
    const text = painted('diff --git a b\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- gone\n+++ new\n', true);
    const lines = text.split('\n');
    expect([
      lines[2]?.startsWith(GREEN),
      lines[5]?.startsWith(GREEN),
      lines[4]?.startsWith('\u001b[31m'),
    ]).toEqual([false, true, true]);
  });
});
