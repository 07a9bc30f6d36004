/**
 * Markdown that a task wrote, made so that it cannot leave its place: nothing in it is open at its end, and nothing in it
 * means anything to what stands elsewhere. It is put into a quote, which ends every list, block of code and table that
 * it leaves open. HTML is the one thing that a quote does not hold together: only some elements stay, each closed in
 * its place and without attributes, and only in blocks that begin at the start of a line. Everywhere else a tag might
 * stand in a code span, where nobody but the real parser knows whether it counts; there a `<` is kept from opening one.
 */
import { cleanText } from '../core/clean-text.js';

/** Begin a block of HTML whatever stands before them, up to the next empty line (CommonMark's kind 6). */
const BLOCKS = ['details', 'summary', 'table', 'thead', 'tbody', 'tr', 'td', 'th', 'ul', 'ol', 'li'];
const HEADINGS = ['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
const INLINES = ['b', 'i', 'em', 'strong', 'code', 'kbd', 'sub', 'sup', 'del', 's', 'samp'];
const ALLOWED = new Set([...BLOCKS, ...HEADINGS, ...INLINES]);
const SHORT_LIVED = new Set(INLINES);
const TAG = /<(\/?)([a-z][a-z0-9]*)(?=[\s/>])[^<>]*>/gi;
const BLOCK_START = new RegExp(`^</?(?:${[...BLOCKS, ...HEADINGS].join('|')})(?=[\\s/>])[^<>]*>`, 'i');
const FENCE = /^(`{3,})[^`]*$|^(~{3,})/;
const LINE_BREAK = /^<br\s*\/?>/i;
/** No width. Between two characters it keeps them from meaning something together, also in code, and is not seen. */
const BREAK = '\u200b';
const DEEPEST = 30;

/** The end of a text that was cut is said by whoever cut it. */
export function taskMarkdown(text: string): string {
  const writer = new Writer();
  for (const line of cleanText(text).split('\n')) writer.take(line);
  return writer
    .close()
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

class Writer {
  private readonly lines: string[] = [];
  private readonly open: string[] = [];
  private fence: string | undefined;
  private inHtml = false;

  take(line: string): void {
    if (this.fence !== undefined) this.takeCode(line, this.fence);
    else if (/^[ \t]*$/.test(line)) this.endBlock('');
    else if (this.inHtml) this.lines.push(this.html(line));
    else if (FENCE.test(line)) this.openFence(line);
    else this.takeText(line);
  }

  close(): readonly string[] {
    if (this.fence !== undefined) this.lines.push(this.fence);
    this.endBlock();
    if (this.open.length > 0) this.lines.push('', this.closing(0));
    while (this.lines.at(-1) === '') this.lines.pop();
    return this.lines;
  }

  /** Only at the very start of a line is it certain that a fence is one. */
  private openFence(line: string): void {
    this.fence = /^(`+|~+)/.exec(line)?.[0];
    this.lines.push(line);
  }

  private takeCode(line: string, fence: string): void {
    const sign = fence[0] as string;
    const closes = new RegExp(`^ {0,3}(${sign}{${fence.length},})[ \t]*$`).test(line);
    if (closes) this.fence = undefined;
    this.lines.push(line);
  }

  private takeText(line: string): void {
    const before = [...this.open];
    const html = BLOCK_START.test(line) ? this.html(line) : '';
    // An end of what was never begun is no tag, and then nothing of the line is.
    this.inHtml = BLOCK_START.test(html);
    if (!this.inHtml) this.open.splice(0, this.open.length, ...before);
    this.lines.push(this.inHtml ? html : harmless(line));
  }

  /** A block of HTML ends with an empty line. */
  private endBlock(...after: string[]): void {
    this.inHtml = false;
    const lasting = this.open.findLastIndex((name) => !SHORT_LIVED.has(name)) + 1;
    if (lasting < this.open.length) this.lines.push(`${this.lines.pop() ?? ''}${this.closing(lasting)}`);
    this.lines.push(...after);
  }

  private closing(from: number): string {
    return this.open
      .splice(from)
      .reverse()
      .map((name) => `</${name}>`)
      .join('');
  }

  /** Within a block of HTML, tags that stay are written anew; every other `<` is a sign like any. */
  private html(line: string): string {
    let [result, from] = ['', 0];
    for (const match of line.matchAll(TAG)) {
      result += plain(line.slice(from, match.index)) + this.tag(match);
      from = match.index + match[0].length;
    }
    return result + plain(line.slice(from));
  }

  private tag([whole, slash, word = '']: RegExpMatchArray): string {
    const name = word.toLowerCase();
    if (name === 'br' || name === 'hr') return `<${name}>`;
    if (!ALLOWED.has(name)) return plain(whole);
    if (slash === '/') {
      if (this.open.at(-1) !== name) return plain(whole);
      this.open.pop();
      return `</${name}>`;
    }
    if (this.open.length >= DEEPEST) return plain(whole);
    this.open.push(name);
    return name === 'details' && /\sopen[\s>]/.test(whole) ? '<details open>' : `<${name}>`;
  }
}

function plain(text: string): string {
  return unlinked(text).replaceAll('<', '&lt;');
}

/** Outside of HTML and of code. Definitions of links count for a whole document and are therefore none. */
function harmless(line: string): string {
  return unlinked(line)
    .replace(/<(?=[a-z/!?])/gi, (sign, at: number, whole: string) =>
      isLineBreak(whole, at) ? sign : `${sign}${BREAK}`,
    )
    .replaceAll(']:', `]${BREAK}:`);
}

/** At the start of a line it would begin a block of HTML. */
function isLineBreak(line: string, at: number): boolean {
  return LINE_BREAK.test(line.slice(at, at + 12)) && /[^ \t]/.test(line.slice(0, Math.min(at, 200)));
}

/** Nobody is called and nothing is referred to by what a task wrote. */
function unlinked(text: string): string {
  return text.replace(/@(?=[\w-])/g, `@${BREAK}`).replace(/(?<!&)#(?=\d)/g, `#${BREAK}`);
}
