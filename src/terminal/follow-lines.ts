/**
 * Merges the logs of several tasks into one stream of lines that each begin with their task's name. Bytes are passed on
 * as they are, and only whole lines, so that two tasks never share one. A line that is longer than can be held is passed on
 * in pieces: it stays one line unless another task speaks in between, and no UTF-8 character is split.
 */
import type { LogTail } from '../core/ports.js';
import { LineBuffer, READ_BYTES } from './line-buffer.js';
import { LogFeed } from './log-feed.js';

const MOST_HELD = READ_BYTES;
const NEWLINE = 10;

export class LineMerger {
  private readonly feeds: LogFeed[] = [];
  private readonly buffer = new LineBuffer();
  private turn = 0;
  /** Whose line stands open at the end of what was passed on. */
  private midLine: LogFeed | undefined;

  /** With a filter, only lines that match it are passed on, whatever the case of their letters. */
  constructor(private readonly filter?: RegExp) {}

  /** Follows one more log. `name` is what its lines begin with, blank included; empty for nothing. */
  add(name: string, tail: LogTail): LogFeed {
    const feed = new LogFeed(tail, name, this.filter);
    this.buffer.reserve(feed.prefix.length);
    this.feeds.push(feed);
    return feed;
  }

  /** Logs that are not drained. */
  get open(): number {
    return this.feeds.length;
  }

  /**
   * What is new in one log, each in its turn: whole lines, perhaps none yet. Undefined when there is nothing new in any.
   * The bytes are valid until the next call.
   */
  next(): Uint8Array | undefined {
    for (let left = this.feeds.length; left > 0; left--) {
      this.turn %= this.feeds.length;
      const feed = this.feeds[this.turn] as LogFeed;
      const bytes = this.nextOf(feed);
      // A drained log has left the list: the next one stands in its place.
      if (!feed.drained) this.turn++;
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  /** As `next`, of one log alone. */
  nextOf(feed: LogFeed): Uint8Array | undefined {
    const bytes = feed.read(this.buffer.room);
    if (bytes !== undefined) this.putNew(feed, bytes);
    else if (feed.settle()) this.putRest(feed);
    else return undefined;
    return this.buffer.take();
  }

  /** Ends a line that stands open, for something else that is to be shown now. */
  breakLine(): string {
    const isOpen = this.midLine !== undefined;
    this.midLine = undefined;
    return isOpen ? '\n' : '';
  }

  /** Stops following a log; what was not read stays unread. */
  drop(feed: LogFeed): void {
    feed.close();
    this.remove(feed);
  }

  /** Stops following all logs. */
  close(): void {
    for (const feed of [...this.feeds]) this.drop(feed);
  }

  private putNew(feed: LogFeed, bytes: Buffer): void {
    const first = bytes.indexOf(NEWLINE);
    if (first === -1) {
      feed.hold(bytes);
      if (feed.held.length >= MOST_HELD) this.putPiece(feed);
      return;
    }
    const isBegun = feed.isHolding || this.midLine !== undefined || feed.filter !== undefined;
    const start = isBegun ? first + 1 : 0;
    if (isBegun) this.putBegun(feed, bytes, start);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (feed.filter === undefined) this.buffer.putLines(feed.prefix, bytes, start, end);
    else this.putMatching(feed, bytes.subarray(start, end));
    if (end < bytes.length) feed.hold(bytes, end);
  }

  /** What a log that has ended leaves behind: a last line without an end. */
  private putRest(feed: LogFeed): void {
    this.remove(feed);
    if (feed.held.length > 0) this.putBegun(feed, Buffer.of(NEWLINE), 1);
    else if (this.midLine === feed) this.endLine();
  }

  /** The line that is held, with its end: the first bytes of these. */
  private putBegun(feed: LogFeed, bytes: Buffer, end: number): void {
    const { filter } = feed;
    if (filter?.keepsRest(Buffer.concat([feed.held, bytes.subarray(0, end)])) === false) {
      if (this.midLine === feed) this.endLine();
    } else {
      this.beginLine(feed);
      if (feed.isHolding) this.buffer.put(feed.held);
      this.buffer.put(bytes, 0, end);
      this.midLine = undefined;
    }
    feed.release();
  }

  private putMatching(feed: LogFeed, lines: Buffer): void {
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      if (feed.filter?.keeps(lines.subarray(start, end)) === true) {
        this.buffer.put(feed.prefix);
        this.buffer.put(lines, start, end);
      }
      start = end;
    }
  }

  /** The beginning, or more, of a line that is too long to be held. */
  private putPiece(feed: LogFeed): void {
    const end = wholeCharacters(feed.held);
    const piece = feed.held.subarray(0, end);
    if (feed.filter?.keepsPiece(piece) !== false) {
      this.beginLine(feed);
      this.buffer.put(piece);
      this.midLine = feed;
    }
    feed.release(end);
  }

  /** Whatever is put next belongs to a line of this log. */
  private beginLine(feed: LogFeed): void {
    if (this.midLine === feed) return;
    this.endLine();
    this.buffer.put(feed.prefix);
  }

  private endLine(): void {
    if (this.breakLine() !== '') this.buffer.putByte(NEWLINE);
  }

  private remove(feed: LogFeed): void {
    const at = this.feeds.indexOf(feed);
    if (at !== -1) this.feeds.splice(at, 1);
  }
}

/** Where to cut bytes so that no UTF-8 character is split; bytes that are not UTF-8 are cut at their end. */
function wholeCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] as number;
    if (byte < 0x80) return length;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? length - back : length;
  }
  return length;
}
