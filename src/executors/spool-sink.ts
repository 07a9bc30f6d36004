/**
 * The patient sink: output goes into files without a name, is read on from there, and what becomes of it is written to the
 * log. For programs that exit before their pipes are empty, as some coding agents do: in a file nothing is lost.
 */
import type { StdioOptions } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { LogFile } from './log-file.js';
import type { Intake } from './piped-sink.js';
import type { Sink, SinkEnd } from './sink.js';

const LOOK_MILLIS = 50;
const CHUNK_BYTES = 65_536;
const { O_RDWR, O_CREAT, O_EXCL, O_APPEND } = constants;

export interface SpoolSinkOptions {
  readonly log: string;
  /** Beside the log; the files have names with this beginning for a moment. */
  readonly spool: string;
  readonly intake: (stream: 'stdout' | 'stderr') => Intake;
  /** An open file that the process reads as its standard input; closed once it has been started. */
  readonly input: number | undefined;
}

export class SpoolSink implements Sink {
  readonly stdio: StdioOptions;
  /** Output is not in the log before it was looked at. */
  readonly fd = undefined;
  readonly #log: LogFile;
  readonly #input: number | undefined;
  readonly #spools: readonly Spool[];
  #timer: NodeJS.Timeout | undefined;
  #fault: string | undefined;

  /** Throws what `open` throws. */
  constructor({ log, spool, intake, input }: SpoolSinkOptions) {
    this.#log = new LogFile(log);
    this.#input = input;
    const streams = ['stdout', 'stderr'] as const;
    this.#spools = streams.map((stream) => new Spool(`${spool}.${stream}`, intake(stream)));
    this.stdio = [input ?? 'ignore', ...this.#spools.map(({ fd }) => fd)];
  }

  attach(): void {
    if (this.#input !== undefined) closeSync(this.#input);
    this.#timer = setInterval(() => this.#look(), LOOK_MILLIS);
  }

  bytes(): number {
    return this.#spools.reduce((sum, { fd }) => sum + fstatSync(fd).size, 0);
  }

  finish(): SinkEnd {
    clearInterval(this.#timer);
    this.#look();
    const bytes = this.bytes();
    for (const spool of this.#spools) {
      this.#write(() => spool.intake.end());
      closeSync(spool.fd);
    }
    this.#write(() => {
      this.#log.close();
      return Buffer.alloc(0);
    });
    return { bytes, ...(this.#fault === undefined ? {} : { fault: this.#fault }) };
  }

  #look(): void {
    for (const spool of this.#spools)
      for (let chunk = spool.next(); chunk.length > 0; chunk = spool.next()) {
        const read = chunk;
        this.#write(() => spool.intake.push(read));
      }
  }

  #write(taken: () => Buffer): void {
    try {
      const bytes = taken();
      if (this.#fault === undefined && bytes.length > 0) this.#log.write(bytes);
    } catch (error) {
      this.#fault ??= `its log could not be written: ${(error as Error).message}`;
    }
  }
}

/** A file that only its open ends know of: if we die, the system takes it away, with what no file may hold. */
class Spool {
  readonly fd: number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #at = 0;

  constructor(
    path: string,
    readonly intake: Intake,
  ) {
    this.fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0o600);
    rmSync(path);
  }

  /** What has come since; valid until the next call. Empty when there is nothing. */
  next(): Buffer {
    const size = readSync(this.fd, this.#chunk, 0, CHUNK_BYTES, this.#at);
    this.#at += size;
    return this.#chunk.subarray(0, size);
  }
}
