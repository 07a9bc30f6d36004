/** Where the output of an attempt goes. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { LogFile } from './log-file.js';

/** One attempt's output on its way into the log. Nothing of it piles up in memory. */
export interface Sink {
  readonly stdio: StdioOptions;
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
  readonly #log: LogFile;

  /** Throws what `open` throws. */
  constructor(path: string) {
    this.#log = new LogFile(path);
    this.stdio = ['ignore', this.#log.fd, this.#log.fd];
  }

  attach(): void {}

  bytes(): number {
    return this.#log.bytes();
  }

  finish(): SinkEnd {
    return { bytes: this.#log.close() };
  }
}
