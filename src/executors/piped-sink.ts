/** The careful sink: output comes through a pipe, and what becomes of it is written before more is read. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import type { Readable } from 'node:stream';
import type { Fifo } from './fifo.js';
import { LogFile } from './log-file.js';
import type { Sink, SinkEnd } from './sink.js';

/** How long output may still come after the exit: a process that got away could hold the pipe for ever. */
const DRAIN_MILLIS = 1000;
const CHUNK_BYTES = 65_536;

/** Makes of one stream of output what stands in the log. What it returns may share memory with the chunk. */
export interface Intake {
  push(chunk: Buffer): Buffer;
  /** The rest, when the stream has ended. */
  end(): Buffer;
}

export interface PipedSinkOptions {
  readonly log: string;
  /** One for each stream of the attempt. Together: stdout and stderr as they came. */
  readonly intake: (stream: 'stdout' | 'stderr' | 'together') => Intake;
  /** Without a named pipe, stdout and stderr come through two sockets. */
  readonly takeFifo?: () => Fifo | undefined;
  /** An open file that the process reads as its standard input; closed once it has been started. */
  readonly input?: number | undefined;
}

export class PipedSink implements Sink {
  readonly stdio: StdioOptions;
  readonly fd: number | undefined;
  readonly #log: LogFile;
  readonly #options: PipedSinkOptions;
  readonly #fifo: Fifo | undefined;
  readonly #open = new Map<Readable, Intake>();
  #bytes = 0;
  #fault: string | undefined;
  #onDrained: () => void = () => undefined;

  /** Throws what `open` throws. */
  constructor(options: PipedSinkOptions) {
    this.#options = options;
    this.#log = new LogFile(options.log);
    this.#fifo = options.takeFifo?.();
    this.fd = this.#fifo?.writeEnd;
    const output = this.#fifo?.writeEnd ?? 'pipe';
    this.stdio = [options.input ?? 'ignore', output, output];
  }

  attach(child: ChildProcess | undefined): void {
    if (this.#options.input !== undefined) closeSync(this.#options.input);
    if (this.#fifo !== undefined) {
      // Nobody else may hold the pipe open, else it has no end.
      closeSync(this.#fifo.writeEnd);
      this.#listenTo(this.#reader(this.#fifo.readEnd), 'together');
    }
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = child?.[name];
      if (stream == null) continue;
      stream.on('data', (chunk: Buffer) => this.#take(stream, chunk));
      this.#listenTo(stream, name);
    }
  }

  bytes(): number {
    return this.#bytes;
  }

  async finish(): Promise<SinkEnd> {
    if (this.#open.size > 0) await this.#drained();
    for (const [stream] of this.#open) {
      stream.destroy();
      this.#ended(stream);
    }
    try {
      this.#log.close();
    } catch (error) {
      this.#fail(error);
    }
    return { bytes: this.#bytes, ...(this.#fault === undefined ? {} : { fault: this.#fault }) };
  }

  /** Reads into one and the same buffer: what has been read is looked at and written before the next read. */
  #reader(fd: number): Socket {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const callback = (size: number): boolean => {
      this.#take(socket, buffer.subarray(0, size));
      return true;
    };
    // `onread` is documented for connections and works for every socket; the types know only the former.
    const options = { fd, readable: true, writable: false, onread: { buffer, callback } };
    const socket: Socket = new Socket(options as SocketConstructorOpts);
    socket.resume();
    return socket;
  }

  #listenTo(stream: Readable, name: 'stdout' | 'stderr' | 'together'): void {
    this.#open.set(stream, this.#options.intake(name));
    stream.on('error', () => undefined);
    stream.once('close', () => this.#ended(stream));
  }

  #take(stream: Readable, chunk: Buffer): void {
    this.#bytes += chunk.length;
    const intake = this.#open.get(stream);
    if (intake !== undefined) this.#write(() => intake.push(chunk));
  }

  #ended(stream: Readable): void {
    const intake = this.#open.get(stream);
    if (intake === undefined) return;
    this.#open.delete(stream);
    this.#write(() => intake.end());
    if (this.#open.size === 0) this.#onDrained();
  }

  #write(taken: () => Buffer): void {
    try {
      const bytes = taken();
      if (this.#fault === undefined) this.#log.write(bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The task may go on; what it says from here on is lost, and its end will tell. */
  #fail(error: unknown): void {
    this.#fault ??= `its log could not be written: ${(error as Error).message}`;
  }

  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, DRAIN_MILLIS);
      this.#onDrained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
