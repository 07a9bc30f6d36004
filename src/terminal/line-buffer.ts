/** Bytes put together to be written. One piece of memory is used again and again: garbage here would be the most of ours. */

/** From here on, finding a line's end and copying it in one go beats copying byte by byte. */
const LONG_LINE = 128;

export class LineBuffer {
  private bytes = Buffer.alloc(0);
  private length = 0;

  /** Makes room for so many bytes. What is never written takes no memory. Only while it is empty. */
  reserve(bytes: number): void {
    if (this.bytes.length < bytes) this.bytes = Buffer.allocUnsafeSlow(bytes);
  }

  /** What was put since the last call; valid until something is put again. */
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
}
