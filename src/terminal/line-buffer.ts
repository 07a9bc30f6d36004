/** Bytes put together to be written. One piece of memory is used again and again: garbage here would be the most of ours. */
import { keepHeapSmall, keepHeapSmallInFlood } from '../heap.js';
import { LineMachine, ROOM_BYTES } from './line-machine.js';

/** From here on, finding a line's end and copying it in one go beats copying byte by byte. */
const LONG_LINE = 128;
/** What is read at once, and held of a line, unless there is a room. */
export const READ_BYTES = 64 * 1024;
/** Lines that come in pieces of this size are a flood. */
const FLOOD_BYTES = READ_BYTES / 2;
/** What the prefixes of one read may come to. */
const MOST_PREFIXES_BYTES = 8 * 1024 * 1024;

export class LineBuffer {
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;
  private longestPrefix = 0;
  private machine: LineMachine | undefined;
  private wasMachineTried = false;

  /** Without a machine, a flood is put byte by byte as well. */
  constructor(private readonly buildMachine: () => LineMachine | undefined = LineMachine.build) {}

  /** A place for bytes that are to be put, which spares copying them. Valid until something is put or reserved. */
  get room(): Buffer | undefined {
    return this.machine?.room;
  }

  /** Makes room for lines with such a prefix. Only while it is empty. */
  reserve(prefixBytes: number): void {
    if (this.bytes.length > 0 && prefixBytes <= this.longestPrefix) return;
    this.longestPrefix = prefixBytes;
    this.machine = reserved(this.machine, prefixBytes);
    this.bytes = this.machine?.space ?? Buffer.allocUnsafeSlow(spaceFor(READ_BYTES, prefixBytes));
  }

  /** What was put since the last call; valid until something is put or reserved again. */
  take(): Uint8Array {
    const { length } = this;
    this.length = 0;
    return this.bytes.subarray(0, length);
  }

  put(from: Buffer, start = 0, end = from.length): void {
    from.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  putByte(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  /** Whole lines, the last one's end included, each after the prefix. */
  putLines(prefix: Uint8Array, from: Buffer, start: number, end: number): void {
    if (!this.wasMachineTried && end - start >= FLOOD_BYTES) this.speedUp();
    if (this.machine?.canPut(prefix, end - start) === true)
      this.length = this.machine.putLines(prefix, from, start, end, this.length);
    else this.putSlowly(prefix, from, start, end);
  }

  private putSlowly(prefix: Uint8Array, from: Buffer, start: number, end: number): void {
    const to = this.bytes;
    let length = this.length;
    let i = start;
    while (i < end) {
      for (let j = 0; j < prefix.length; j++) to[length++] = prefix[j] as number;
      const near = Math.min(end, i + LONG_LINE);
      let byte = 0;
      while (byte !== 10 && i < near) {
        byte = from[i++] as number;
        to[length++] = byte;
      }
      if (byte === 10) continue;
      const lineEnd = from.indexOf(10, i) + 1;
      from.copy(to, length, i, lineEnd);
      length += lineEnd - i;
      i = lineEnd;
    }
    this.length = length;
  }

  /** From now on in the memory of a machine, if there can be one. */
  private speedUp(): void {
    this.wasMachineTried = true;
    this.machine = reserved(this.buildMachine(), this.longestPrefix);
    void (this.machine === undefined ? keepHeapSmall() : keepHeapSmallInFlood());
    if (this.machine === undefined) return;
    this.bytes.copy(this.machine.space, 0, 0, this.length);
    this.bytes = this.machine.space;
  }
}

/** The machine with all that it needs for such a prefix, if it can have that. */
function reserved(machine: LineMachine | undefined, prefixBytes: number): LineMachine | undefined {
  let room = ROOM_BYTES;
  while (room > READ_BYTES && room * prefixBytes > MOST_PREFIXES_BYTES) room /= 2;
  return machine?.reserve(room, spaceFor(room, prefixBytes)) === true ? machine : undefined;
}

/** At worst a long line was held, and every byte that is read is a line of its own. What is never written takes no memory. */
function spaceFor(readBytes: number, prefixBytes: number): number {
  return readBytes * (3 + prefixBytes);
}
