import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { taskMarkdown } from '../../src/reports/task-markdown.js';
import { hostileText } from './hostile.js';
import { elementsIn, isElement, names, pageOf, textIn } from './page.js';

const MARKDOWN = 'p|h[1-6]|ul|ol|li|em|strong|code|pre|blockquote|table|thead|tbody|tr|td|th|hr|br|a|img|s';
const HTML = 'details|summary|b|i|kbd|sub|sup|del|samp|colgroup';
const KNOWN = new RegExp(`^(${MARKDOWN}|${HTML})$`);

/** An empty one has no quote. */
const someText = hostileText.map((text) => `words\n\n${text}`);

describe('markdown of a task', () => {
  it('never leaves its quote, and reaches nothing outside of it', () => {
    fc.assert(
      fc.property(someText, someText, (one, two) => {
        const [frame, ...rest] = pageOf(
          `<details>\n\nbefore\n\n${taskMarkdown(one)}\n\n[between][x] [a][1]\n\n${taskMarkdown(two)}\n\n</details>\n\nafter`,
        );
        expect(rest.map(textIn)).toEqual(['after']);
        const page = (frame?.childNodes ?? []).filter(isElement);
        expect(names(page)).toEqual(['p', 'blockquote', 'p', 'blockquote']);
        expect([page[0], page[2]].map((words) => textIn(words as never))).toEqual([
          'before',
          '[between][x] [a][1]',
        ]);
        const inside = page.flatMap(elementsIn);
        expect(names(inside).filter((name) => !KNOWN.test(name))).toEqual([]);
        const attributes = inside.flatMap(({ attrs }) => attrs.map(({ name }) => name));
        expect(
          attributes.filter((name) => !/^(href|src|alt|title|class|start|style|open)$/.test(name)),
        ).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  const shown = (text: string): string => taskMarkdown(text);

  it('keeps headings, tables, code and folded parts', () => {
    const text =
      '## Done\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<details><summary>more</summary>\n\n```js\nlet a = <T>1;\n```\n\n</details>';
    expect(shown(text)).toBe(
      text
        .split('\n')
        .map((line) => (line === '' ? '>' : `> ${line}`))
        .join('\n'),
    );
  });

  it('closes what was left open', () => {
    expect(shown('<details>\n\n```\ncode')).toBe('> <details>\n>\n> ```\n> code\n> ```\n>\n> </details>');
  });

  it('takes an end of what never began for text', () => {
    expect(shown('</details><script>alert(1)</script>')).toBe(
      '> <\u200b/details><\u200bscript>alert(1)<\u200b/script>',
    );
  });

  it('takes away attributes and elements that could do something', () => {
    expect(shown('<details onclick="x"><img src=x onerror=y>\n</details>')).toBe(
      '> <details>&lt;img src=x onerror=y>\n> </details>',
    );
  });

  it.each([
    ['a blank that ends no block of HTML', '<ul>\n\u00a0\n```\n<script>'],
    ['a fence that ends with its list', '- a\n\n  ```\n<script>'],
    ['a fence within a block of HTML', '<ul>\n```\n<script>'],
    ['a fence that is part of a word', '```a`\n<script>'],
    ['an end that opens nothing', '</ul><details>\n\n</details>\n<script>'],
    ['a tag over two lines', '<details\n><script>'],
  ])('is not deceived by %s', (_, text) => {
    const [frame, ...rest] = pageOf(`<details>\n\n${shown(text)}\n\n</details>\n\nafter`);
    expect(rest.map(textIn)).toEqual(['after']);
    expect(names(elementsIn(frame as never))).not.toContain('script');
    expect(textIn(frame as never)).toMatch(/<\u200b?script>/);
  });

  it('lets a line break in a table stand, but begin nothing', () => {
    expect(shown('a<br>b')).toBe('> a<br>b');
    expect(shown('<br>\n```\n<script>')).toBe('> <\u200bbr>\n> ```\n> <script>\n> ```');
  });

  it.each(['<details>', '<a<a<a', '`', '<b', '> ', '\u001b]', '\u001b[', '<td>\n\n', '@', ']:', '<br'])(
    'takes time in proportion to its length: %j',
    (part) => {
      const began = performance.now();
      shown(part.repeat(100_000));
      expect(performance.now() - began).toBeLessThan(60_000);
    },
  );
});
