/** A patch on a terminal: in colour, and with everything in it that could move, hide or reorder shown as a sign. */
import { StringDecoder } from 'node:string_decoder';
import type { Tone } from '../core/shown.js';
import type { Style } from './style.js';
import { visibleSource } from './visible.js';

export class PatchPainter {
  private readonly decoder = new StringDecoder();
  private rest = '';
  /** Behind a `@@`, where a line that begins with `---` is one that was deleted. */
  private inHunk = false;

  constructor(private readonly style: Style) {}

  /** The whole lines that this chunk completes. */
  paint(chunk: Uint8Array): string {
    const lines = (this.rest + this.decoder.write(Buffer.from(chunk))).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map((line) => `${this.line(line)}\n`).join('');
  }

  /** What has no line end. */
  end(): string {
    const rest = this.rest + this.decoder.end();
    return rest === '' ? '' : `${this.line(rest)}\n`;
  }

  private line(line: string): string {
    if (line.startsWith('diff --git ')) this.inHunk = false;
    const isHunk = line.startsWith('@@ ');
    if (isHunk) this.inHunk = true;
    return this.style.paint(visibleSource(line), isHunk ? 'busy' : this.toneOf(line));
  }

  private toneOf(line: string): Tone | undefined {
    if (!this.inHunk) return 'strong';
    if (line.startsWith('+')) return 'good';
    return line.startsWith('-') ? 'bad' : undefined;
  }
}
