/**
 * Text in which nothing folds. The viewer of GitHub takes `[group]` and `[endgroup]`, with `##` before them or not, for its own
 * wherever they come from, also where the runner obeys nobody: a failure that prints one would be folded away. A backslash
 * makes them words, as the runner itself writes it into its other markers when a program prints them.
 */
import type { LogTail } from '../core/ports.js';

const MARKERS = ['[group]', '[endgroup]'];
const MARKER = /\[(?=(?:end)?group\])/gi;
const LONGEST = '[endgroup]'.length;
/** A marker of seven bytes becomes one of eight. */
const GROWTH = 8 / 7;

export function unfolding(text: string): string {
  return text.replace(MARKER, '[\\');
}

/** The same for a log, however it is cut into pieces. */
export class UnfoldingTail implements LogTail {
  /** The end of what was read, as far as it may be the beginning of a marker. One byte is one character. */
  private held = '';

  constructor(private readonly tail: LogTail) {}

  read(maxBytes: number): Uint8Array {
    for (;;) {
      const bytes = this.tail.read(Math.floor((maxBytes - LONGEST) / GROWTH));
      const text = this.held + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      const whole = bytes.length === 0 ? text : text.slice(0, beginOfMarker(text));
      this.held = text.slice(whole.length);
      if (whole !== '' || bytes.length === 0) return Buffer.from(unfolding(whole), 'latin1');
    }
  }

  close(): void {
    this.tail.close();
  }
}

/** Where a marker begins that the text breaks off, else the end of the text. */
function beginOfMarker(text: string): number {
  const at = text.lastIndexOf('[');
  const rest = text.slice(at).toLowerCase();
  return at >= 0 && MARKERS.some((marker) => marker.startsWith(rest) && marker !== rest) ? at : text.length;
}
