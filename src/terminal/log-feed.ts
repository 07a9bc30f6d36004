/** One log that is followed, with the beginning of the line whose end has not come yet. */
import type { LogTail } from '../core/ports.js';
import { READ_BYTES } from './line-buffer.js';
import { LineFilter } from './line-filter.js';
import { SafeTail } from './safe-tail.js';

const NOTHING = Buffer.alloc(0);

export class LogFeed {
  /** What each of its lines begins with. */
  readonly prefix: Buffer;
  readonly filter: LineFilter | undefined;
  private readonly tail: LogTail;
  private memory = NOTHING;
  private heldBytes = 0;
  private nextReadBytes = READ_BYTES;
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

  /**
   * New bytes, in `room` or elsewhere, valid until anything is read again; undefined when there are none now. While there
   * is more than one read gives, the next one asks for more, as far as there is room: every piece costs work of its own.
   */
  read(room?: Uint8Array): Buffer | undefined {
    if (this.isDrained) return undefined;
    const asked = Math.min(this.nextReadBytes, room?.length ?? READ_BYTES);
    const bytes = this.tail.read(asked, room);
    this.nextReadBytes = bytes.length < asked ? READ_BYTES : 2 * asked;
    return bytes.length === 0 ? undefined : asBuffer(bytes);
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

  get isHolding(): boolean {
    return this.heldBytes > 0;
  }

  hold(bytes: Buffer, start = 0): void {
    const length = bytes.length - start;
    // A line that is long is held in small pieces.
    if (length >= READ_BYTES / 2) this.nextReadBytes = READ_BYTES;
    const needed = this.heldBytes + length;
    if (this.memory.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(256, 2 * needed));
      this.memory.copy(larger, 0, 0, this.heldBytes);
      this.memory = larger;
    }
    bytes.copy(this.memory, this.heldBytes, start);
    this.heldBytes = needed;
  }

  /** Forgets so many bytes at the front of what is held. */
  release(bytes = this.heldBytes): void {
    if (bytes < this.heldBytes) this.memory.copy(this.memory, 0, bytes, this.heldBytes);
    this.heldBytes -= bytes;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
