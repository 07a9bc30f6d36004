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

interface Reader {
  isGone: boolean;
}

/** One for each stream, however many write to it. */
const readers = new WeakMap<Sink, Reader>();

export class Outlet {
  private readonly reader: Reader;

  constructor(readonly sink: Sink) {
    this.reader = readers.get(sink) ?? watch(sink);
  }

  /** Nobody reads any more (`| head -1`), or the stream cannot be written. */
  get isClosed(): boolean {
    return this.reader.isGone;
  }

  /** Resolves when the chunk was handed on, so that who waits never piles up more than one; at once when nobody reads. */
  write(chunk: string | Uint8Array): Promise<void> {
    if (this.isClosed || chunk.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.sink.write(chunk, (error) => {
        if (error !== undefined && error !== null) this.reader.isGone = true;
        resolve();
      });
    });
  }
}

/** From now on it ends nothing that nobody reads the stream any more, whoever writes to it. */
export function bearGoneReader(sink: Sink): void {
  if (!readers.has(sink)) watch(sink);
}

/** For as long as the stream lives: an error that nobody listens to would end the process. */
function watch(sink: Sink): Reader {
  const reader: Reader = { isGone: false };
  readers.set(sink, reader);
  sink.on('error', () => {
    reader.isGone = true;
  });
  return reader;
}
