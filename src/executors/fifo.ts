/**
 * Named pipes for output that must be looked at. What Node offers as a pipe is a socket, for stdout and for stderr
 * one each: a task could not open `/dev/stderr`, and the order of its lines would be lost. Node cannot make real
 * pipes, `mkfifo` can; many at a time, for it is a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** To make them takes as long as to start a process, however many they are. */
const BATCH = 64;

/** Both ends of a pipe that has no name any more. Who takes it closes them. */
export interface Fifo {
  /** Does not block. */
  readonly readEnd: number;
  readonly writeEnd: number;
}

export class FifoSupply {
  #folder: string | undefined;
  /** Pipes that are not open: there may be few numbers for open files. */
  #stock: string[] = [];
  #count = 0;
  #works = process.platform !== 'win32';

  /** Undefined where there is no `mkfifo`, or no file system for it, or too much is open. */
  take(): Fifo | undefined {
    if (this.#stock.length === 0 && this.#works) this.#works = this.#make();
    const path = this.#stock.pop();
    return path === undefined ? undefined : opened(path);
  }

  close(): void {
    this.#works = false;
    this.#stock = [];
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  #make(): boolean {
    try {
      this.#folder ??= mkdtempSync(join(tmpdir(), 'batchtool-'));
      const folder = this.#folder;
      const paths = Array.from({ length: BATCH }, () => join(folder, String(++this.#count)));
      const { status } = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' });
      if (status === 0) this.#stock = paths;
      return status === 0;
    } catch {
      // Without pipes, sockets do.
      return false;
    }
  }
}

function opened(path: string): Fifo | undefined {
  let readEnd: number | undefined;
  try {
    // In this order: a reader that does not wait, then a writer that finds one.
    readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { readEnd, writeEnd: openSync(path, constants.O_WRONLY) };
  } catch {
    if (readEnd !== undefined) closeSync(readEnd);
    return undefined;
  } finally {
    rmSync(path, { force: true });
  }
}
