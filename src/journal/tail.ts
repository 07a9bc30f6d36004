/** Reads logs from behind or onwards while somebody else writes them. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { LogTail, OpenLog } from '../core/ports.js';
import { codeOf, stateFault } from './fault.js';
import type { RunFolder } from './folder.js';

const NOTHING = new Uint8Array(0);
/** Reads are synchronous, so one Buffer serves all tails; it grows to the largest read. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** The logs of a run's attempts. */
export function openLogs(run: RunFolder): OpenLog {
  return (attempt) => new FileTail(run.files(attempt).log);
}

/** Goes on where the last read ended; starts over if the file became shorter. */
export class FileTail implements LogTail {
  private fd: number | undefined;
  private offsetBytes = 0;

  constructor(private readonly path: string) {}

  read(maxBytes: number, room?: Uint8Array): Uint8Array {
    try {
      this.fd ??= openIfThere(this.path);
      if (this.fd === undefined) return NOTHING;
      const bytes = readAt(this.fd, this.offsetBytes, maxBytes, room);
      if (bytes.length > 0 || fstatSync(this.fd).size >= this.offsetBytes) return this.took(bytes);
      this.offsetBytes = 0;
      return this.took(readAt(this.fd, 0, maxBytes, room));
    } catch (error) {
      throw stateFault('read the log', this.path, error);
    }
  }

  /** Begins so many lines before the end instead of at the front. */
  skipToLast(lines: number): void {
    try {
      this.fd ??= openIfThere(this.path);
      if (this.fd !== undefined) this.offsetBytes = startOfLast(this.fd, lines);
    } catch (error) {
      throw stateFault('read the log', this.path, error);
    }
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private took(bytes: Uint8Array): Uint8Array {
    this.offsetBytes += bytes.length;
    return bytes;
  }
}

const STEP_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Where the last lines of a file begin; a line end at the very end of the file closes the last one. */
function startOfLast(fd: number, lines: number): number {
  const size = fstatSync(fd).size;
  let left = lines;
  for (let end = size; end > 0; end = Math.max(0, end - STEP_BYTES)) {
    const from = Math.max(0, end - STEP_BYTES);
    const bytes = readAt(fd, from, end - from);
    for (
      let at = bytes.lastIndexOf(NEWLINE);
      at >= 0;
      at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1)
    ) {
      if (from + at + 1 === size) continue;
      if (left <= 1) return left === 1 ? from + at + 1 : size;
      left--;
    }
  }
  return lines === 0 ? size : 0;
}

/** The end of a file, at most so many bytes; empty if there is no file. */
export function lastBytes(path: string, maxBytes: number): Uint8Array {
  return endOf(path, maxBytes).bytes.slice();
}

/** The last lines of a file, as far as they stand in its last `maxBytes`; a line that is cut there is left out unless it is alone. */
export function lastLines(path: string, count: number, maxBytes: number): string[] {
  const { bytes, isCut } = endOf(path, maxBytes);
  if (bytes.length === 0 || count <= 0) return [];
  const lines = textOf(bytes, isCut).split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (isCut && lines.length > 1) lines.shift();
  return lines.slice(-count).map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** A cut may have gone through a character: its rest at the front is dropped. */
function textOf(bytes: Uint8Array, isCut: boolean): string {
  let from = 0;
  while (isCut && from < 3 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from++;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.length - from).toString('utf8');
}

function endOf(path: string, maxBytes: number): { bytes: Uint8Array; isCut: boolean } {
  let fd: number | undefined;
  try {
    fd = openIfThere(path);
    if (fd === undefined) return { bytes: NOTHING, isCut: false };
    const from = Math.max(0, fstatSync(fd).size - maxBytes);
    return { bytes: readAt(fd, from, maxBytes), isCut: from > 0 };
  } catch (error) {
    throw stateFault('read the log', path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Valid until the next read: all share one Buffer, for copies would pile up faster than they are freed. */
function readAt(fd: number, offsetBytes: number, maxBytes: number, room?: Uint8Array): Uint8Array {
  if (room === undefined && scratch.length < maxBytes) scratch = Buffer.allocUnsafeSlow(maxBytes);
  const into = room ?? scratch;
  const length = readSync(fd, into, 0, maxBytes, offsetBytes);
  return length === 0 ? NOTHING : into.subarray(0, length);
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
