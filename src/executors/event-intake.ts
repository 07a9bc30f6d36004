/** What an agent prints: events, one in a line, of which people can read a part. */
import { StringDecoder } from 'node:string_decoder';
import type { LogFile } from './log-file.js';
import { Masker } from './mask.js';
import type { Intake } from './piped-sink.js';

/** A longer line is kept among the raw events but not read: no event of an agent is that long. */
export const MAX_EVENT_CHARACTERS = 33_554_432;

/**
 * Keeps the events as they came (but for secrets), hands them to who reads them, and gives what is readable of them to
 * the log.
 */
export class EventIntake implements Intake {
  readonly #raw: LogFile | undefined;
  readonly #read: (event: string) => string;
  readonly #rawMasker: Masker;
  readonly #masker: Masker;
  readonly #decoder = new StringDecoder('utf8');
  #line: string[] = [];
  #length = 0;

  /** `read` makes of one line, empty if there is no word in it, what people are to see of it, without a line end; empty for nothing. Without `raw` nothing else is kept. */
  constructor(raw: LogFile | undefined, forms: readonly Buffer[], read: (event: string) => string) {
    this.#raw = raw;
    this.#read = read;
    this.#rawMasker = new Masker(forms);
    this.#masker = new Masker(forms);
  }

  push(chunk: Buffer): Buffer {
    this.#raw?.write(this.#rawMasker.push(chunk));
    return this.#masker.push(Buffer.from(this.#readable(this.#decoder.write(chunk))));
  }

  end(): Buffer {
    this.#raw?.write(this.#rawMasker.end());
    this.#raw?.close();
    const last = this.#readable(this.#decoder.end()) + this.#endOfLine();
    return Buffer.concat([this.#masker.push(Buffer.from(last)), this.#masker.end()]);
  }

  #readable(text: string): string {
    const parts = text.split('\n');
    let readable = '';
    for (const part of parts.slice(0, -1)) {
      this.#add(part);
      readable += this.#endOfLine();
    }
    this.#add(parts.at(-1) ?? '');
    return readable;
  }

  #add(part: string): void {
    this.#length += part.length;
    if (this.#length <= MAX_EVENT_CHARACTERS) this.#line.push(part);
    else this.#line = [];
  }

  #endOfLine(): string {
    const line = this.#line.join('');
    const tooLong = this.#length > MAX_EVENT_CHARACTERS;
    this.#line = [];
    this.#length = 0;
    if (tooLong) return '[an event of more than 32 MB was left out]\n';
    const readable = this.#read(line.trim() === '' ? '' : line);
    return readable === '' ? '' : `${readable}\n`;
  }
}
