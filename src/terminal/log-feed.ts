/** One log that is followed, with the beginning of the line whose end has not come yet. */
import type { LogTail } from '../core/ports.js';
import { LineFilter } from './line-filter.js';
import { SafeTail } from './safe-tail.js';

export const READ_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

export class LogFeed {
  /** What each of its lines begins with. */
  readonly prefix: Buffer;
  readonly filter: LineFilter | undefined;
  private readonly tail: LogTail;
  private memory = NOTHING;
  private heldBytes = 0;
  private hasEnded = false;
  private isDrained = false;

  constructor(tail: LogTail, name: string, filter: RegExp | undefined) {
    this.tail = new SafeTail(tail);
    this.prefix = Buffer.from(name);
    this.filter = filter && new LineFilter(filter);
  }

  /** Everything was read and passed on, and the log is closed. */
  get drained(): boolean {
    return this.isDrained;
  }

  /** Says that the log has its last byte: once what is there was read, the feed is drained. */
  end(): void {
    this.hasEnded = true;
  }

  /** New bytes, valid until anything is read again; undefined when there are none now. */
  read(): Buffer | undefined {
    if (this.isDrained) return undefined;
    const { buffer, byteOffset, length } = this.tail.read(READ_BYTES);
    return length === 0 ? undefined : Buffer.from(buffer, byteOffset, length);
  }

  /** True once: the end was said, and nothing is left to read. */
  settle(): boolean {
    if (!this.hasEnded || this.isDrained) return false;
    this.close();
    return true;
  }

  /** Stops reading, whatever is left. */
  close(): void {
    if (!this.isDrained) this.tail.close();
    this.isDrained = true;
  }

  /** The begun line so far. */
  get held(): Buffer {
    return this.memory.subarray(0, this.heldBytes);
  }

  hold(bytes: Buffer): void {
    const needed = this.heldBytes + bytes.length;
    if (this.memory.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(256, 2 * needed));
      this.memory.copy(larger, 0, 0, this.heldBytes);
      this.memory = larger;
    }
    bytes.copy(this.memory, this.heldBytes);
    this.heldBytes = needed;
  }

  /** Forgets so many bytes at the front of what is held. */
  release(bytes = this.heldBytes): void {
    this.memory.copy(this.memory, 0, bytes, this.heldBytes);
    this.heldBytes -= bytes;
  }
}
