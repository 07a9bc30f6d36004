/** A log that says in its own place that it cannot be read, instead of throwing: showing a run must never end it. */
import type { LogTail } from '../core/ports.js';

const NOTHING = new Uint8Array(0);

export class SafeTail implements LogTail {
  private broken = false;

  constructor(private readonly tail: LogTail) {}

  read(maxBytes: number, room?: Uint8Array): Uint8Array {
    if (this.broken) return NOTHING;
    try {
      return this.tail.read(maxBytes, room);
    } catch (error) {
      this.broken = true;
      return Buffer.from(
        `(the log cannot be read: ${error instanceof Error ? error.message : String(error)})\n`,
      );
    }
  }

  close(): void {
    try {
      this.tail.close();
    } catch {
      // Nothing can be done about it, and nothing is lost: the log is only read.
    }
  }
}
