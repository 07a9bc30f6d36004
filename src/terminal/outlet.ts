/** A stream that we write to. When its reader goes away it falls silent: a run must not die because nobody looks. */

/** What is used of a stream; `process.stdout` and `process.stderr` are such. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Calls `done` when the chunk was handed on, or with the error that it met. */
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'resize', listener: () => void): unknown;
  removeListener(event: 'resize', listener: () => void): unknown;
}

export class Outlet {
  private gone = false;
  private waiting: (() => void) | undefined;

  constructor(readonly sink: Sink) {
    // For as long as the stream lives: an error without a listener ends the process.
    sink.on('error', () => this.fail());
  }

  /** Nobody reads any more (`| head -1`), or it cannot be written. */
  get isClosed(): boolean {
    return this.gone;
  }

  /** Resolves when the chunk was handed on, so that whoever waits never piles up more than one chunk; at once when nobody reads. */
  write(chunk: string | Uint8Array): Promise<void> {
    if (this.gone || chunk.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.sink.write(chunk, (error) => {
        if (error !== undefined && error !== null) this.fail();
        resolve();
      });
    });
  }

  private fail(): void {
    this.gone = true;
    this.waiting?.();
  }
}
