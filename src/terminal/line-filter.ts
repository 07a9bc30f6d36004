/** Lets lines through that match an expression. Colours in a line do not hide a word from it; case does not matter. */
import { stripVTControlCharacters } from 'node:util';

export class LineFilter {
  private readonly expression: RegExp;
  /** A piece of the line that is being passed on in pieces has matched. */
  private matched = false;

  constructor({ source, flags }: RegExp) {
    // `g` and `y` would make each answer depend on the one before.
    this.expression = new RegExp(source, `${flags.replace(/[giy]/g, '')}i`);
  }

  /** Of lines as Latin-1 those that match, joined again; undefined when none does. The first may be the rest of a long one. */
  keep(lines: string): string | undefined {
    const kept = lines.split('\n').filter((line, i) => (i === 0 && this.matched) || this.matches(line));
    this.matched = false;
    return kept.length === 0 ? undefined : kept.join('\n');
  }

  /** A long line is let through from its first piece that matches on. */
  keepPiece(piece: string): boolean {
    this.matched ||= this.matches(piece);
    return this.matched;
  }

  private matches(line: string): boolean {
    const text = /^[\x20-\x7e]*$/.test(line) ? line : stripVTControlCharacters(Buffer.from(line, 'latin1').toString('utf8'));
    return this.expression.test(text);
  }
}
