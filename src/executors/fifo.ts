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
  #stock: Fifo[] = [];
  #works = process.platform !== 'win32';

  /** Undefined where there is no `mkfifo`, or no file system for it. */
  take(): Fifo | undefined {
    if (this.#stock.length === 0 && this.#works) {
      this.#stock = makeFifos(BATCH);
      this.#works = this.#stock.length > 0;
    }
    return this.#stock.pop();
  }

  close(): void {
    for (const { readEnd, writeEnd } of this.#stock.splice(0)) {
      closeSync(readEnd);
      closeSync(writeEnd);
    }
    this.#works = false;
  }
}

function makeFifos(count: number): Fifo[] {
  let folder: string | undefined;
  const made: Fifo[] = [];
  try {
    folder = mkdtempSync(join(tmpdir(), 'batchtool-'));
    const paths = Array.from({ length: count }, (_, index) => join(folder as string, String(index)));
    spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' });
    for (const path of paths) {
      // In this order: a reader that does not wait, then a writer that finds one.
      const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      made.push({ readEnd, writeEnd: openSync(path, constants.O_WRONLY) });
    }
  } catch {
    // As many as there are now must do; with none, sockets do.
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  return made;
}
