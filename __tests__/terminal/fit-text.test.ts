import { describe, expect, test } from '@jest/globals';
import { helpText } from '../../src/commands/help.js';
import { PLANNING } from '../../src/input/option.js';
import { fitTerminal, fitText } from '../../src/terminal/fit-text.js';

describe('help on a terminal', () => {
  test('keeps its second column, and puts it below where that would be narrow', () => {
    const text =
      'Options:\n  --name NAME  what the run is called by those who look for it\n  --x          short';
    expect(fitText(text, 50)).toBe(
      'Options:\n  --name NAME  what the run is called by those who\n               look for it\n  --x          short',
    );
    expect(fitText(text, 40)).toBe(
      'Options:\n  --name NAME\n      what the run is called by those\n      who look for it\n  --x          short',
    );
  });

  test('lets a paragraph flow anew, but not lines that ended before the margin', () => {
    const full = 'word '.repeat(19).trim();
    expect(fitText(`${full}\nand more.`, 60).split('\n')[1]).toMatch(/^(word )+and more\.$/);
    expect(fitText(`one\ntwo\n${full}`, 60).split('\n').slice(0, 2)).toEqual(['one', 'two']);
  });

  test('leaves whole what is to be copied', () => {
    const example = "  batchtool run --parallel 'echo one' 'echo two'";
    expect(fitText(`Examples:\n${example}`, 20)).toBe(`Examples:\n${example}`);
  });

  test.each([40, 80, 300])('fits into %i columns, word for word', (columns) => {
    for (const verb of PLANNING) {
      const text = helpText(verb);
      const fitted = fitText(text, columns);
      const wide = fitted
        .split('\n')
        .filter((line) => line.length > columns && !line.startsWith('  batchtool '));
      expect(wide.filter((line) => line.trim().includes(' ') && !/^ {2}-/.test(line))).toEqual([]);
      expect(fitted.split(/\s+/)).toEqual(text.split(/\s+/));
    }
  });

  test('is as it is where there is no terminal', () => {
    expect(fitTerminal('a b', { isTTY: false, columns: 1 })).toBe('a b');
    expect(fitTerminal('a b', { isTTY: true, columns: 1 })).toBe('a\nb');
  });
});
