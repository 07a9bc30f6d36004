/**
 * Looks at a text as a POSIX shell would, only far enough to tell a command from prose:
 * its words, what is quoted, and whether it holds signs that a shell acts on.
 */
import { closedAfter, type HereDocument, openedAt, substitutionsIn } from './heredoc.js';

export interface ShellWord {
  /** Quotes and backslashes removed. */
  readonly text: string;
  /** As written. */
  readonly raw: string;
  /** No character of it was quoted. */
  readonly plain: boolean;
  /** A shell would put something else in its place (a variable, what a command prints, names of files), or not take it. */
  readonly expands: boolean;
  /** It stands where a command begins: first, or after `;`, `&`, `|`, a line's end, `do`, `then`, `else`, `{`, `(`. */
  readonly leads: boolean;
}

export interface ShellText {
  readonly words: readonly ShellWord[];
  /** An unquoted `;`, `&`, `|`, `<` or `>`, or a backtick or `$(` outside single quotes. */
  readonly signs: boolean;
  /** What stands behind each backtick and `$(` outside single quotes, up to the next one; of a here-document what is in them. */
  readonly substitutions: readonly string[];
}

/** Outside of single quotes: a backtick, and a `$` before what makes it a variable or a command. */
const SUBSTITUTED = /(?<!\\)(?:\\\\)*(?:`|\$[\w{(?@*#!$-])/;
/** The part of it that holds a command. */
const SUBSTITUTION = /(?<!\\)(?:\\\\)*(?:`|\$\()/g;

const OPENERS = new Set(['do', 'then', 'else', '{', '(', '!']);

export interface Reading {
  /** A `'` between two letters is an apostrophe (`don't`) and quotes nothing. */
  readonly prose: boolean;
  /** It is a script for sure: comments and here-documents hold no words of it, but for those that a shell is to read. */
  readonly script?: true;
}

export function readShell(text: string, how: Reading): ShellText {
  return new Reader(text, how).read();
}

/** Whether a word calls a shell. */
export function isShell(word: string): boolean {
  return /^(?:.*\/)?(?:ba|da|k|z|fi)?sh$/.test(word);
}

/** The words up to the next one that begins a command of its own. */
export function firstCommand(words: readonly ShellWord[]): readonly string[] {
  const next = words.findIndex((word, index) => index > 0 && word.leads);
  return words.slice(0, next < 0 ? words.length : next).map((word) => word.text);
}

/** The words of each command after the first. */
export function laterCommands(words: readonly ShellWord[]): readonly (readonly string[])[] {
  return words.flatMap((word, index) => (index > 0 && word.leads ? [firstCommand(words.slice(index))] : []));
}

class Reader {
  private readonly words: ShellWord[] = [];
  private signs = false;
  /** Where a backtick or `$(` begins and ends. */
  private readonly openings: (readonly [number, number])[] = [];
  private word: string | undefined;
  private plain = true;
  private expands = false;
  private leads = true;
  private at = 0;
  private wordStart = 0;
  private readonly inDocuments: string[] = [];
  /** Opened in this line: they begin with the next one. */
  private documents: HereDocument[] = [];
  /** The first word of this line. */
  private lineStart = 0;

  constructor(
    private readonly source: string,
    private readonly how: Reading,
  ) {}

  read(): ShellText {
    while (this.at < this.source.length) this.step(this.source[this.at] as string);
    this.endWord();
    const { words, openings } = this;
    const outside = openings.map(([, end], index) => this.source.slice(end, openings[index + 1]?.[0]));
    const signs = this.signs || openings.length > 0;
    return { words, signs, substitutions: [...outside, ...this.inDocuments] };
  }

  private step(char: string): void {
    if (char === "'" || char === '"') this.quote(char);
    else if (char === '\\') this.escaped();
    else if (char === '\n') this.endLine();
    else if (char === ' ' || char === '\t' || char === '\r') this.endWord();
    else if (char === ';' || char === '&' || char === '|') this.operator();
    else if (char === '<' || char === '>') this.redirection();
    else if (char === '#' && this.how.script && this.word === undefined) this.comment();
    else this.letter(char);
    this.at++;
  }

  private redirection(): void {
    this.signs = true;
    this.endWord();
    if (!this.how.script) return;
    const opened = openedAt(this.source, this.at);
    if (opened !== undefined) {
      this.documents.push(opened.document);
      this.at = opened.after - 1;
    } else if (this.source.startsWith('<<<', this.at)) this.at += 2;
  }

  private comment(): void {
    const end = this.source.indexOf('\n', this.at);
    this.at = (end < 0 ? this.source.length : end) - 1;
  }

  private endLine(): void {
    this.endCommand();
    const isScript = this.words.slice(this.lineStart).some(({ text }) => isShell(text));
    if (!isScript) for (const document of this.documents) this.skip(document);
    this.documents = [];
    this.lineStart = this.words.length;
  }

  /** Stays before the end of a line. */
  private skip(document: HereDocument): void {
    const from = this.at + 1;
    const closed = closedAfter(this.source, from, document);
    if (closed === undefined) return;
    if (document.expands) this.inDocuments.push(...substitutionsIn(this.source.slice(from, closed.closing)));
    this.at = closed.after - 1;
  }

  private letter(char: string): void {
    if (char === '`') this.openings.push([this.at, this.at + 1]);
    if (char === '$' && this.source[this.at + 1] === '(') this.openings.push([this.at, this.at + 2]);
    if (this.isPattern(char) || this.isSubstituted(char)) this.expands = true;
    this.add(char);
  }

  /** Of names of files; at the beginning of a word also a home folder, or a comment. */
  private isPattern(char: string): boolean {
    return '*?['.includes(char) || (this.word === undefined && '~#'.includes(char));
  }

  private isSubstituted(char: string): boolean {
    return (char === '$' || char === '`') && SUBSTITUTED.test(this.source.slice(this.at, this.at + 2));
  }

  private add(part: string): void {
    if (this.word === undefined) this.wordStart = this.at;
    this.word = (this.word ?? '') + part;
  }

  private escaped(): void {
    this.add(this.source[this.at + 1] ?? '');
    this.at++;
    this.plain = false;
  }

  private operator(): void {
    this.signs = true;
    this.endCommand();
  }

  private endCommand(): void {
    this.endWord();
    this.leads = true;
  }

  private quote(mark: "'" | '"'): void {
    const end = this.closing(mark);
    if (end < 0) {
      this.letter(mark);
      this.expands = true;
      return;
    }
    const inner = this.source.slice(this.at + 1, end);
    if (mark === '"')
      for (const { 0: sign, index } of inner.matchAll(SUBSTITUTION))
        this.openings.push([this.at + 1 + index, this.at + 1 + index + sign.length]);
    if (mark === '"' && SUBSTITUTED.test(inner)) this.expands = true;
    this.add(mark === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner);
    this.plain = false;
    this.at = end;
  }

  private closing(mark: "'" | '"'): number {
    if (mark === '"') return this.closingDouble();
    return this.isApostrophe() ? -1 : this.source.indexOf("'", this.at + 1);
  }

  private closingDouble(): number {
    for (let i = this.at + 1; i < this.source.length; i++) {
      if (this.source[i] === '\\') i++;
      else if (this.source[i] === '"') return i;
    }
    return -1;
  }

  private isApostrophe(): boolean {
    if (!this.how.prose) return false;
    const letter = /\p{L}/u;
    return letter.test(this.source[this.at - 1] ?? '') && letter.test(this.source[this.at + 1] ?? '');
  }

  private endWord(): void {
    if (this.word === undefined) return;
    const raw = this.source.slice(this.wordStart, this.at);
    this.words.push({ text: this.word, raw, plain: this.plain, expands: this.expands, leads: this.leads });
    this.leads = this.plain && this.leads && OPENERS.has(this.word);
    this.word = undefined;
    this.plain = true;
    this.expands = false;
  }
}
