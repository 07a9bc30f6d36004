/** Puts names before lines many times as fast as JavaScript can. It costs a millisecond and a megabyte: for floods only. */
import { lineProgram } from './line-program.js';

/** What is used of it; the types of Node do not name it. */
declare const WebAssembly: {
  readonly Module: new (program: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  putLines(from: number, end: number, to: number, prefix: number, prefixBytes: number): number;
}

/** The memory: a prefix, lines to copy, what is put. The program goes a little beyond the end of each. */
const SLACK_BYTES = 16;
const ROOM_AT = 4096;
const MOST_PREFIX = ROOM_AT - SLACK_BYTES;
export const ROOM_BYTES = 1024 * 1024;
const PUT_AT = ROOM_AT + ROOM_BYTES + SLACK_BYTES;
const PAGE_BYTES = 64 * 1024;

export class LineMachine {
  private memory = Buffer.alloc(0);
  /** Lines that are read to here need not be copied before they are put. */
  room = this.memory;
  /** Where lines are put. */
  space = this.memory;

  private constructor(private readonly program: Exports) {}

  /** Undefined where there is no WebAssembly that can do this. */
  static build(): LineMachine | undefined {
    try {
      const module = new WebAssembly.Module(lineProgram());
      return new LineMachine(new WebAssembly.Instance(module).exports as Exports);
    } catch {
      return undefined;
    }
  }

  /** Makes room and space of at least these sizes; what they were before is void. False when there is not so much. */
  reserve(roomBytes: number, spaceBytes: number): boolean {
    const { memory } = this.program;
    const missing = PUT_AT + spaceBytes + SLACK_BYTES - memory.buffer.byteLength;
    try {
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch {
      return false;
    }
    this.memory = Buffer.from(memory.buffer);
    this.room = this.memory.subarray(ROOM_AT, ROOM_AT + Math.min(roomBytes, ROOM_BYTES));
    this.space = this.memory.subarray(PUT_AT, this.memory.length - SLACK_BYTES);
    return true;
  }

  canPut(prefix: Uint8Array, bytes: number): boolean {
    return prefix.length <= MOST_PREFIX && bytes <= ROOM_BYTES;
  }

  /** Whole lines, the last one's end included, each after the prefix, at this place of the space. Gives where they end. */
  putLines(prefix: Uint8Array, lines: Buffer, start: number, end: number, at: number): number {
    this.memory.set(prefix);
    let from = lines.byteOffset + start;
    if (lines.buffer !== this.memory.buffer) {
      from = ROOM_AT;
      lines.copy(this.memory, from, start, end);
    }
    return this.program.putLines(from, from + end - start, PUT_AT + at, 0, prefix.length) - PUT_AT;
  }
}
