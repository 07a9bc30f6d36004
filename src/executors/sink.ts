/** Where the output of an attempt goes. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { LogFile } from './log-file.js';

/** One attempt's output on its way into the log. Nothing of it piles up in memory. */
export interface Sink {
  readonly stdio: StdioOptions;
  /** The open file that takes all output, for a process that is not started with `stdio`; undefined if there is none. */
  readonly fd: number | undefined;
  /** The process has been started with `stdio`, or could not be. */
  attach(child: ChildProcess | undefined): void;
  /** What has come so far. */
  bytes(): number;
  /** The process has ended. A promise only when something may still be on its way. */
  finish(): SinkEnd | Promise<SinkEnd>;
}

export interface SinkEnd {
  readonly bytes: number;
  /** Why the log is not all that the task wrote. */
  readonly fault?: string;
}

/** The fast sink: the task writes straight into its log file, and batchtool never sees a byte of it. */
export class DirectSink implements Sink {
  readonly stdio: StdioOptions;
  readonly fd: number;
  readonly #log: LogFile;

  /** Throws what `open` throws. */
  constructor(path: string) {
    this.#log = new LogFile(path);
    this.fd = this.#log.fd;
    this.stdio = ['ignore', this.fd, this.fd];
  }

  attach(): void {}

  bytes(): number {
    return this.#log.bytes();
  }

  finish(): SinkEnd {
    return { bytes: this.#log.close() };
  }
}
