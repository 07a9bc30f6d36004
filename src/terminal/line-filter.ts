/** Lets lines through that match an expression. Colours in a line do not hide a word from it; case does not matter. */
import { stripVTControlCharacters } from 'node:util';

export class LineFilter {
  private readonly expression: RegExp;
  /** A piece of the line that is being passed on in pieces has matched. */
  private hasMatched = false;

  constructor({ source, flags }: RegExp) {
    // `g` and `y` would make each answer depend on the one before.
    this.expression = new RegExp(source, `${flags.replace(/[giy]/g, '')}i`);
  }

  /** For a whole line. */
  keeps(line: Buffer): boolean {
    const text = line.toString('utf8').replace(/\r?\n$/, '');
    return this.expression.test(text.includes('\u001b') ? stripVTControlCharacters(text) : text);
  }

  /** For a piece of a long line: let through from the first that matches on. */
  keepsPiece(piece: Buffer): boolean {
    this.hasMatched ||= this.keeps(piece);
    return this.hasMatched;
  }

  /** For the last piece of a line, or all of it. */
  keepsRest(rest: Buffer): boolean {
    const kept = this.keepsPiece(rest);
    this.hasMatched = false;
    return kept;
  }
}
