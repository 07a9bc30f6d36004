/**
 * Merges the logs of several tasks into one stream of lines that each begin with their task's name. Bytes are passed on
 * as they are (as Latin-1 text, which holds every byte and is fast to search); only whole lines, so that two tasks never
 * share one. A line longer than 64 kB is passed on in pieces: it stays one line unless another task speaks in between.
 */
import type { LogTail } from '../core/ports.js';
import { LineFilter } from './line-filter.js';

const READ_BYTES = 64 * 1024;
const MOST_HELD = 64 * 1024;

/** One log that is followed. */
export class LogFeed {
  /** Begun lines whose end has not come, as Latin-1. */
  held = '';
  /** Nothing more will be written to the log. */
  private ended = false;
  private isDrained = false;
  readonly filter: LineFilter | undefined;

  constructor(
    private readonly tail: LogTail,
    /** Before each line, as Latin-1. */
    readonly prefix: string,
    filter: RegExp | undefined,
  ) {
    this.filter = filter && new LineFilter(filter);
  }

  /** Everything was read and passed on, and the log is closed. */
  get drained(): boolean {
    return this.isDrained;
  }

  /** Says that the log has its last byte: once what is there is read, the feed is drained. */
  end(): void {
    this.ended = true;
  }

  /** New bytes; undefined when there are none now. A log that cannot be read ends here. */
  read(): Buffer | undefined {
    if (this.isDrained) return undefined;
    try {
      const bytes = this.tail.read(READ_BYTES);
      if (bytes.length > 0) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    } catch (error) {
      this.held += latin1(`(its log cannot be read: ${error instanceof Error ? error.message : String(error)})`);
      this.ended = true;
    }
    return undefined;
  }

  /** True once, when the end was said and nothing is left to read. */
  settle(): boolean {
    if (!this.ended || this.isDrained) return false;
    this.isDrained = true;
    this.tail.close();
    return true;
  }

  /** Gives up whatever is left. */
  drop(): void {
    this.ended = true;
    this.settle();
    this.held = '';
  }
}

export class LineMerger {
  private readonly feeds: LogFeed[] = [];
  private turn = 0;
  private scratch = Buffer.allocUnsafeSlow(2 * READ_BYTES);
  /** Whose line stands open at the end of what was passed on. */
  private midLine: LogFeed | undefined;

  constructor(private readonly filter?: RegExp) {}

  /** Follows one more log. `name` is what its lines begin with, with whatever stands around it; empty for none. */
  add(name: string, tail: LogTail): LogFeed {
    const feed = new LogFeed(tail, latin1(name), this.filter);
    this.feeds.push(feed);
    return feed;
  }

  /** Feeds that are not drained. */
  get open(): number {
    return this.feeds.length;
  }

  /** The next new lines of any log, each log in its turn; undefined when there is nothing now. Valid until the next call. */
  next(): Uint8Array | undefined {
    for (let asked = 0; asked < this.feeds.length; asked++) {
      this.turn %= this.feeds.length;
      const feed = this.feeds[this.turn] as LogFeed;
      const text = this.take(feed);
      if (!feed.drained) this.turn++;
      if (text === undefined && feed.drained) asked--;
      if (text !== undefined && text !== '') return this.bytes(text);
      if (text === '') asked = -1;
    }
    return undefined;
  }

  /** As `next`, of one log alone. */
  nextOf(feed: LogFeed): Uint8Array | undefined {
    for (let text = this.take(feed); text !== undefined; text = this.take(feed))
      if (text !== '') return this.bytes(text);
    return undefined;
  }

  /** Ends a line that stands open, for something else that is to be shown in between. */
  breakLine(): string {
    if (this.midLine === undefined) return '';
    this.midLine = undefined;
    return '\n';
  }

  /** Closes all logs; what was not read stays unread. */
  close(): void {
    for (const feed of this.feeds.splice(0)) feed.drop();
  }

  /** What is new in one log; '' when it was read but nothing can be passed on yet, undefined when there was nothing to read. */
  private take(feed: LogFeed): string | undefined {
    const bytes = feed.read();
    if (bytes !== undefined) return this.lines(feed, bytes);
    if (!feed.settle()) return undefined;
    this.feeds.splice(this.feeds.indexOf(feed), 1);
    const rest = feed.held;
    feed.held = '';
    const open = this.midLine === feed ? this.breakLine() : '';
    return rest === '' ? open || undefined : this.whole(feed, rest, open !== '');
  }

  private lines(feed: LogFeed, bytes: Buffer): string {
    const end = bytes.lastIndexOf(10);
    if (end === -1) {
      feed.held += bytes.latin1Slice();
      return feed.held.length < MOST_HELD ? '' : this.piece(feed);
    }
    const complete = feed.held + bytes.latin1Slice(0, end);
    feed.held = bytes.latin1Slice(end + 1);
    return this.whole(feed, complete, this.midLine === feed);
  }

  /** Lines without the last line's end. `goesOn`: the first is the rest of one whose beginning was passed on. */
  private whole(feed: LogFeed, lines: string, goesOn: boolean): string {
    const kept = feed.filter === undefined ? lines : feed.filter.keep(lines);
    if (kept === undefined) return goesOn ? this.breakLine() : '';
    const before = goesOn ? '' : this.breakLine() + feed.prefix;
    this.midLine = undefined;
    const marked = feed.prefix === '' ? kept : kept.replaceAll('\n', `\n${feed.prefix}`);
    return `${before}${marked}\n`;
  }

  /** The beginning, or more, of a line that is too long to be held. */
  private piece(feed: LogFeed): string {
    const end = wholeCharacters(feed.held);
    const piece = feed.held.slice(0, end);
    feed.held = feed.held.slice(end);
    if (feed.filter?.keepPiece(piece) === false) return '';
    const before = this.midLine === feed ? '' : this.breakLine() + feed.prefix;
    this.midLine = feed;
    return before + piece;
  }

  private bytes(text: string): Uint8Array {
    if (this.scratch.length < text.length) this.scratch = Buffer.allocUnsafeSlow(text.length);
    return this.scratch.subarray(0, this.scratch.latin1Write(text));
  }
}

/** The UTF-8 bytes of a text, each as one character. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').latin1Slice();
}

/** Where to cut bytes so that no UTF-8 character is split; bytes that are no UTF-8 are cut at the end. */
function wholeCharacters(text: string): number {
  const { length } = text;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = text.charCodeAt(length - back);
    if (byte < 0x80) return length;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? length - back : length;
  }
  return length;
}
