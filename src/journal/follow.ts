/** Reads a journal while another process writes it. The caller owns the timer; readers never lock. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Event } from '../core/event.js';
import { codeOf, stateFault } from './fault.js';
import { checkHeader, journalFault, parseEvent } from './journal-format.js';

const WINDOW_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** A follower of the journal at `path`, which need not exist yet. */
export function followJournal(path: string, windowBytes = WINDOW_BYTES): JournalFollower {
  return new JournalFollower(path, windowBytes);
}

/** Where the reading of one journal stands. */
export class JournalFollower {
  private fd: number | undefined;
  private line = 0;
  private end = 0;
  private tornBytes = 0;
  private window: Buffer;

  constructor(
    private readonly path: string,
    windowBytes: number,
  ) {
    this.window = Buffer.allocUnsafeSlow(windowBytes);
  }

  /** The end of the last whole line that was read: from there a writer may go on. */
  get endBytes(): number {
    return this.end;
  }

  /** The last read found a piece of a line behind the last whole one: it is being written, or its writer died. */
  get torn(): boolean {
    return this.tornBytes > 0;
  }

  /** The next events, a part of those that are there; empty only if there are none. Throws `Fatal` at damage. */
  read(): Event[] {
    try {
      return this.readNext();
    } catch (error) {
      throw stateFault('read', this.path, error);
    }
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private readNext(): Event[] {
    this.fd ??= openIfThere(this.path);
    if (this.fd === undefined) return [];
    const events: Event[] = [];
    for (let sizeBytes = this.sizeOf(this.fd); events.length === 0; ) {
      this.tornBytes = sizeBytes - this.end;
      if (this.tornBytes === 0) break;
      const bytes = this.fill(this.fd);
      const before = this.end;
      this.takeLines(bytes, sizeBytes, events);
      this.tornBytes = sizeBytes - this.end;
      if (this.end > before) continue;
      // No whole line: either this is all that there is, or the line is longer than the window.
      if (before + bytes.length >= sizeBytes) break;
      this.window = Buffer.allocUnsafeSlow(this.window.length * 4);
    }
    return events;
  }

  private sizeOf(fd: number): number {
    const { size } = fstatSync(fd);
    if (size >= this.end) return size;
    throw journalFault(
      this.path,
      this.line,
      'the journal became shorter while it was read',
      'look at the run again',
    );
  }

  private fill(fd: number): Buffer {
    return this.window.subarray(0, readSync(fd, this.window, 0, this.window.length, this.end));
  }

  /** Takes the whole lines of `bytes`, which begin at `end`. What is no event may only be the last of the file. */
  private takeLines(bytes: Buffer, sizeBytes: number, events: Event[]): void {
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to !== -1; to = bytes.indexOf(NEWLINE, from)) {
      const text = bytes.toString('utf8', from, to);
      const lineBytes = to + 1 - from;
      if (this.line === 0) checkHeader(text, this.path);
      else {
        const event = parseEvent(text, this.path, this.line + 1);
        if (event === undefined && this.end + lineBytes >= sizeBytes) return;
        if (event === undefined) throw this.damage();
        events.push(event);
      }
      this.line++;
      this.end += lineBytes;
      from = to + 1;
    }
  }

  private damage(): Error {
    return journalFault(
      this.path,
      this.line + 1,
      'a line in the middle of the journal is damaged',
      'the run cannot be resumed; start it anew',
    );
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
