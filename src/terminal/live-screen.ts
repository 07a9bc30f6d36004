/** The bottom lines of a terminal, drawn over again and again, with lines above them that stay. */
import process from 'node:process';
import { createLogUpdate } from 'log-update';
import type { Measure } from './measure.js';
import type { Outlet } from './outlet.js';

/** The terminal shows what comes between these at once, without flicker. */
const SYNC = '\u001b[?2026h';
const END_SYNC = '\u001b[?2026l';
/** No line of the view runs over into the next, even if a terminal draws a character wider than we think. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const UP_AND_ERASE = '\u001b[1A\u001b[2K';

export class LiveScreen {
  private readonly draw: ReturnType<typeof createLogUpdate>;
  /** What is to be written, put together so that it arrives in one piece. */
  private codes = '';
  private lines: readonly string[] = [];
  private widths: readonly number[] = [];
  private columns = 0;
  private isLive = false;
  private readonly restore = (): void => {
    this.out.sink.write(SHOW_CURSOR);
  };

  constructor(private readonly out: Outlet) {
    this.draw = createLogUpdate(this.collector() as NodeJS.WritableStream, { showCursor: true });
  }

  /** Puts `permanent` (whole lines) above and the lines below it; writes nothing when nothing has changed. */
  async show(permanent: string, lines: readonly string[], measure: Measure): Promise<void> {
    const columns = this.out.sink.columns ?? 80;
    const isResized = columns !== this.columns;
    if (permanent === '' && !isResized && isSame(lines, this.lines)) return;
    if (permanent !== '' || isResized) this.erase(columns);
    if (permanent !== '') this.codes += `${WRAP}${permanent}${NO_WRAP}`;
    this.draw(lines.join('\n'));
    this.lines = lines;
    this.widths = lines.map((line) => measure.width(line));
    this.columns = columns;
    const begin = this.isLive ? '' : HIDE_CURSOR;
    if (!this.isLive) process.once('exit', this.restore);
    this.isLive = true;
    await this.flush(begin, '');
  }

  /** Takes the view away, with `permanent` as the last that stays, and gives the cursor back. */
  async leave(permanent: string): Promise<void> {
    if (!this.isLive) {
      await this.out.write(permanent);
      return;
    }
    this.erase(this.out.sink.columns ?? 80);
    this.codes += `${WRAP}${permanent}`;
    this.isLive = false;
    process.removeListener('exit', this.restore);
    await this.flush('', SHOW_CURSOR);
  }

  /** A terminal that became narrower has broken lines into several: these are erased too. */
  private erase(columns: number): void {
    this.draw.clear();
    if (columns >= this.columns) return;
    const broken = this.widths.reduce((sum, width) => sum + Math.max(0, Math.ceil(width / columns) - 1), 0);
    this.codes += UP_AND_ERASE.repeat(broken);
  }

  private async flush(begin: string, end: string): Promise<void> {
    const { codes } = this;
    this.codes = '';
    await this.out.write(`${SYNC}${begin}${NO_WRAP}${codes}${WRAP}${end}${END_SYNC}`);
  }

  /** Stands in for the stream, for log-update writes piece by piece. */
  private collector(): object {
    const { sink } = this.out;
    return {
      get columns() {
        return sink.columns ?? 80;
      },
      get rows() {
        return sink.rows ?? 24;
      },
      write: (codes: string) => {
        this.codes += codes;
        return true;
      },
    };
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
