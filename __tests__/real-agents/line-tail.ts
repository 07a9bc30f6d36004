/** The lines of a file that grows. */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export class LineTail {
  private at = 0;
  private rest = '';
  private readonly decoder = new StringDecoder('utf8');

  constructor(private readonly path: string) {}

  /** Those that have come to their end since the last look. */
  lines(): string[] {
    const file = openSync(this.path, 'r');
    const chunk = Buffer.alloc(1 << 20);
    for (;;) {
      const bytes = readSync(file, chunk, 0, chunk.length, this.at);
      if (bytes === 0) break;
      this.at += bytes;
      this.rest += this.decoder.write(chunk.subarray(0, bytes));
    }
    closeSync(file);
    const lines = this.rest.split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map((line) => line.replace(/\r$/, ''));
  }
}
