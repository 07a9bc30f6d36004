/**
 * A log without what would move the cursor, clear the screen or rename the window of whoever looks at it: of all control
 * sequences only colours are passed on. The log itself keeps every byte.
 */
import type { LogTail } from '../core/ports.js';

const [ESCAPE, BELL, NEWLINE, C1_LEAD] = [0x1b, 0x07, 0x0a, 0xc2];
/** More than any colour takes; what is longer is none. */
const MOST_SEQUENCE_BYTES = 64;
/** Of `]`, `P`, `X`, `^`, `_`: a text for the terminal follows, up to its end. */
const STRINGS = new Set([0x5d, 0x50, 0x58, 0x5e, 0x5f]);

type Where = 'text' | 'escape' | 'sequence' | 'string' | 'string-escape' | 'string-c1' | 'c1';

export class HarmlessTail implements LogTail {
  private where: Where = 'text';
  /** The sequence that has begun and may be a colour. */
  private held: number[] = [];

  constructor(private readonly tail: LogTail) {}

  read(maxBytes: number, room?: Uint8Array): Uint8Array {
    for (;;) {
      const bytes = this.tail.read(maxBytes, room);
      if (this.where === 'text' && !bytes.includes(ESCAPE) && !bytes.includes(C1_LEAD)) return bytes;
      if (bytes.length === 0) return bytes;
      const kept = this.cleaned(bytes);
      // Nothing would mean that nothing is left to read.
      if (kept.length > 0) return kept;
    }
  }

  close(): void {
    this.tail.close();
  }

  private cleaned(bytes: Uint8Array): Uint8Array {
    const kept = new Uint8Array(bytes.length + this.held.length);
    const [escapes, c1s] = [new Finder(bytes, ESCAPE), new Finder(bytes, C1_LEAD)];
    let length = 0;
    for (let at = 0; at < bytes.length; ) {
      if (this.where === 'text') {
        const end = Math.min(escapes.next(at), c1s.next(at));
        kept.set(bytes.subarray(at, end), length);
        length += end - at;
        at = end;
        if (at < bytes.length) this.begin(bytes[at++] as number);
      } else {
        for (const byte of this.step(bytes[at++] as number)) kept[length++] = byte;
      }
    }
    return kept.subarray(0, length);
  }

  private begin(byte: number): void {
    this.where = byte === ESCAPE ? 'escape' : 'c1';
    this.held = [byte];
  }

  /** Takes one byte of a sequence; gives what is to be passed on when it is over. A line's end ends all of them. */
  private step(byte: number): readonly number[] {
    if (byte === NEWLINE) return this.end(this.where === 'c1' ? [C1_LEAD, byte] : [byte]);
    switch (this.where) {
      case 'escape':
        if (byte === 0x5b) return this.goOn('sequence', byte);
        if (STRINGS.has(byte)) return this.goOn('string', byte);
        // Others have bytes from 0x20 on in between, and one from 0x30 on at their end.
        return byte >= 0x20 && byte < 0x30 ? [] : this.end([]);
      case 'sequence':
        return this.sequence(byte);
      case 'string':
        if (byte === BELL) return this.end([]);
        if (byte === ESCAPE) this.where = 'string-escape';
        if (byte === C1_LEAD) this.where = 'string-c1';
        return [];
      case 'string-escape':
        if (byte === 0x5c) return this.end([]);
        this.begin(ESCAPE);
        return this.step(byte);
      case 'string-c1':
        if (byte === 0x9c) return this.end([]);
        this.where = 'string';
        return [];
      default:
        return this.c1(byte);
    }
  }

  private sequence(byte: number): readonly number[] {
    if (this.held.length < MOST_SEQUENCE_BYTES) this.held.push(byte);
    if (byte >= 0x20 && byte < 0x40) return [];
    const isColour = byte === 0x6d && this.held.slice(2, -1).every((each) => each >= 0x30 && each <= 0x3b);
    return this.end(isColour ? this.held : []);
  }

  /** What follows 0xC2 in UTF-8: a control of one character, or a character like any other. */
  private c1(byte: number): readonly number[] {
    if (byte < 0x80 || byte > 0x9f) return this.end([C1_LEAD, byte]);
    if (byte === 0x9b) {
      this.held = [ESCAPE];
      return this.goOn('sequence', 0x5b);
    }
    return STRINGS.has(byte - 0x40) ? this.goOn('string', byte) : this.end([]);
  }

  private goOn(where: Where, byte: number): readonly number[] {
    this.where = where;
    this.held.push(byte);
    return [];
  }

  private end(passedOn: readonly number[]): readonly number[] {
    this.where = 'text';
    this.held = [];
    return passedOn;
  }
}

/** Finds the same byte again and again, without looking twice at what lies before it. */
class Finder {
  private found = -1;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly byte: number,
  ) {}

  /** Where it stands from there on, else the end. */
  next(from: number): number {
    if (this.found >= from) return this.found;
    const at = this.bytes.indexOf(this.byte, from);
    this.found = at === -1 ? this.bytes.length : at;
    return this.found;
  }
}
