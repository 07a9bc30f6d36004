/** The log of one attempt, held open until the attempt has ended. */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const CHUNK_BYTES = 65_536;

export class LogFile {
  readonly fd: number;
  readonly #path: string;
  #bytes = 0;

  /** Appends, so that stdout and stderr do not overwrite each other; reads, to bring back a deleted log. */
  constructor(path: string) {
    this.#path = path;
    this.fd = openSync(path, 'a+', 0o600);
  }

  bytes(): number {
    try {
      this.#bytes = fstatSync(this.fd).size;
    } catch {
      // A network file system can lose a file that is open. What is known has to do.
    }
    return this.#bytes;
  }

  write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
  }

  /** Closes it and says how long it is. A log that the task has deleted is there again afterwards. */
  close(): number {
    try {
      const { size, nlink } = fstatSync(this.fd);
      if (nlink === 0) this.#restore();
      this.#bytes = size;
    } catch {
      // As above.
    }
    closeSync(this.fd);
    return this.#bytes;
  }

  /** What was said in it can still be read through our descriptor. */
  #restore(): void {
    const fresh = `${this.#path}.restored`;
    try {
      // Only the one around it: if the run's own folder is gone, so is the run.
      if (!existsSync(dirname(this.#path))) mkdirSync(dirname(this.#path), 0o700);
      const fd = openSync(fresh, 'w', 0o600);
      try {
        copy(this.fd, fd);
      } finally {
        closeSync(fd);
      }
      renameSync(fresh, this.#path);
    } catch {
      // The disk is full or the whole run folder is gone, which is the journal's to find out.
    }
  }
}

function copy(from: number, to: number): void {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const size = readSync(from, chunk, 0, chunk.length, at);
    if (size === 0) return;
    for (let written = 0; written < size; ) written += writeSync(to, chunk, written, size - written);
    at += size;
  }
}
