/** Text of others within Markdown as GitHub reads it: as words of a line, as code, or as a block that nothing leaves. */
import { cleanText } from '../core/clean-text.js';
import { cleanLine } from './clean.js';
import { shortened } from './title.js';

/** Of names, labels and reasons this much is shown. */
const MOST_CHARACTERS = 300;
/** All but words and their punctuation. A colon with a blank behind it begins no emoji and no address. */
const HARMFUL = /(?!: |:$)[^\p{L}\p{M}\p{N}\p{Extended_Pictographic} .,;?%…→·/()"'-]/gu;
/** What GitHub makes of text after Markdown: mentions, references to issues, emoji by name, addresses. */
const LINKED = /([@#]|GH-|:(?=[\w/+-]))(?=[\w/+-])|(www)(?=\.)/gi;
/** No width, and no link goes across it. */
const BREAK = '\u200b';

/** One line of plain words: whatever could mean something to Markdown, HTML or a table is written as its number. */
export function inline(text: string, most: number = MOST_CHARACTERS): string {
  return shortened(cleanText(text).replace(/\s+/g, ' ').trim(), most)
    .replace(LINKED, `$&${BREAK}`)
    .replace(HARMFUL, (character) => `&#${character.codePointAt(0)};`);
}

/** The same as code. Elements and not backticks: within those neither numbers nor a `|` in a table would work. */
export function code(text: string): string {
  return `<code>${inline(text)}</code>`;
}

/** Lines as a block of code, behind a fence that is longer than any run of backticks in it. */
export function fenced(lines: readonly string[], language: string): string {
  const clean = lines.map(cleanLine);
  return block(clean.join('\n'), language);
}

/** As `fenced`, for a text that is to be copied and therefore keeps every character of its lines. */
export function block(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Of backticks. Counted and not matched: a log may hold millions of runs. */
function longestRun(text: string): number {
  let [longest, run] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    run = text[at] === '`' ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}

/** Something that is shown when it is asked for. `summary` is Markdown without blocks; `body` stands between empty lines. */
export function details(summary: string, body: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** A table of cells that are Markdown already. */
export function markdownTable(
  columns: readonly { readonly title: string; readonly right?: boolean }[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ right }) => (right === true ? '---:' : '---'))),
    ...rows.map(line),
  ].join('\n');
}
