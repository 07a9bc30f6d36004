import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanLine } from '../../src/reports/clean.js';
import { block, code, fenced, inline, markdownTable } from '../../src/reports/markdown-text.js';
import { hostileLine, hostileText } from './hostile.js';
import { elementsIn, names, pageOf, textIn } from './page.js';

const squeezed = (text: string): string => text.replaceAll('\u200b', '').replace(/\s+/g, ' ').trim();

describe('words of others within a line', () => {
  it('stay in their cell, mean nothing, and are all there', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const page = pageOf(
          `${markdownTable(
            [{ title: 'A' }, { title: 'B' }],
            [
              [inline(text), 'next'],
              ['x', code(text)],
            ],
          )}\n\nafter`,
        );
        expect(names(page)).toEqual(['table', 'p']);
        const cells = elementsIn(page[0] as never).filter(({ tagName }) => tagName === 'td');
        expect(
          names(elementsIn(page[0] as never)).filter(
            (name) => !/^(table|thead|tbody|tr|td|th|code)$/.test(name),
          ),
        ).toEqual([]);
        expect(cells).toHaveLength(4);
        expect(cells.map(textIn)[1]).toBe('next');
        expect(squeezed(textIn(cells[0] as never))).toBe(squeezed(textIn(cells[3] as never)));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a | b', 'a &#124; b'],
    ['<b>&lt;', '&#60;b&#62;&#38;lt;'],
    ['\u001b[31mred\u001b[0m\u0007', 'red'],
    ['one\ntwo', 'one two'],
    ['failed: exited with code 1', 'failed: exited with code 1'],
  ])('%j is written %s', (text, written) => {
    expect(inline(text)).toBe(written);
  });

  it.each(['@alice', '#12', 'a/b#3', 'GH-7', ':smile:', 'https://x.example', 'www.x.example'])(
    'make no link, call nobody and refer to nothing: %s',
    (text) => {
      const shown = textIn(pageOf(inline(text))[0] as never);
      expect(shown.replaceAll('\u200b', '')).toBe(text);
      expect(shown).toMatch(/[@#:.-]?\u200b/);
      expect(names(elementsIn(pageOf(inline(text))[0] as never))).toEqual([]);
    },
  );

  it('are cut when they are long', () => {
    expect(inline('x'.repeat(1000))).toHaveLength(300);
  });
});

describe('lines of others as a block of code', () => {
  it('stay in it, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(hostileLine, { maxLength: 8 }), (lines) => {
        const page = pageOf(`${fenced(lines, 'text')}\n\nafter`);
        expect(names(page)).toEqual(['pre', 'p']);
        expect(names(elementsIn(page[0] as never))).toEqual(['code']);
        expect(textIn(page[0] as never)).toBe(`${lines.map(cleanLine).join('\n')}\n`);
      }),
      { numRuns: 1000 },
    );
  });

  it('stand behind a fence longer than any in them', () => {
    expect(block('a\n``````\nb', 'sh')).toBe('```````sh\na\n``````\nb\n```````');
  });
});
