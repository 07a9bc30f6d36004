import { FakeSink } from './fakes.js';

/** A control sequence, or one character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const PIECE = /\u001b\[([?\d;]*)([A-Za-z])|([^\u001b])/gu;

/** Understands as much of a terminal as is needed to see what a person would see. ASCII only. */
export class FakeTerminal extends FakeSink {
  override isTTY = true;
  override rows = 24;
  isCursorShown = true;
  private drawn: string[] = [''];
  private row = 0;
  private column = 0;

  constructor(override columns: number) {
    super();
  }

  override write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): boolean {
    for (const [, csi, final, plain] of String(chunk).matchAll(PIECE)) {
      if (plain !== undefined) this.print(plain);
      else this.control(csi ?? '', final ?? '');
    }
    return super.write(chunk, done);
  }

  /** Lines from the top of what was ever printed, without blanks at their ends and empty lines at the end. */
  get shown(): string[] {
    return this.drawn
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()
      .split('\n');
  }

  /** As most terminals do: what no longer fits goes on in the next row. */
  narrow(columns: number): void {
    this.columns = columns;
    const broken = this.drawn.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
    this.row += broken.length - this.drawn.length;
    this.drawn = broken;
  }

  private print(character: string): void {
    if (character === '\n') {
      this.row++;
      this.column = 0;
      this.drawn[this.row] ??= '';
      return;
    }
    const line = (this.drawn[this.row] ?? '').padEnd(this.column);
    this.drawn[this.row] = line.slice(0, this.column) + character + line.slice(this.column + 1);
    this.column++;
  }

  private control(parameters: string, final: string): void {
    const count = Number.parseInt(parameters, 10) || 1;
    if (final === 'A') this.row = Math.max(0, this.row - count);
    else if (final === 'B') this.row += count;
    else if (final === 'G') this.column = 0;
    else if (final === 'K' && parameters === '2') this.drawn[this.row] = '';
    else if (final === 'K') this.eraseRest();
    else if (parameters === '?25') this.isCursorShown = final === 'h';
  }

  /** Behind the last column there is no place: the cursor still stands on it. */
  private eraseRest(): void {
    const from = Math.min(this.column, this.columns - 1);
    this.drawn[this.row] = (this.drawn[this.row] ?? '').slice(0, from);
  }
}
