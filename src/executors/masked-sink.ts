/** The careful sink: output comes through a pipe, loses its secrets, and is written before more is read. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import type { Readable } from 'node:stream';
import type { Fifo } from './fifo.js';
import { LogFile } from './log-file.js';
import { Masker } from './mask.js';
import type { Sink, SinkEnd } from './sink.js';

/** How long output may still come after the exit: a process that got away could hold the pipe for ever. */
const DRAIN_MILLIS = 1000;
const CHUNK_BYTES = 65_536;

export class MaskedSink implements Sink {
  readonly stdio: StdioOptions;
  /** Nobody else may hold the pipe open, else it has no end. */
  readonly fd = undefined;
  readonly #log: LogFile;
  readonly #forms: readonly Buffer[];
  readonly #fifo: Fifo | undefined;
  readonly #open = new Map<Readable, Masker>();
  #bytes = 0;
  #fault: string | undefined;
  #onDrained: () => void = () => undefined;

  /** Throws what `open` throws. Without a named pipe, stdout and stderr come through two sockets. */
  constructor(path: string, forms: readonly Buffer[], takeFifo: () => Fifo | undefined) {
    this.#forms = forms;
    this.#log = new LogFile(path);
    this.#fifo = takeFifo();
    this.stdio =
      this.#fifo === undefined
        ? ['ignore', 'pipe', 'pipe']
        : ['ignore', this.#fifo.writeEnd, this.#fifo.writeEnd];
  }

  attach(child: ChildProcess | undefined): void {
    if (this.#fifo !== undefined) {
      closeSync(this.#fifo.writeEnd);
      this.#listenTo(this.#reader(this.#fifo.readEnd));
    }
    for (const stream of [child?.stdout, child?.stderr]) {
      if (stream == null) continue;
      stream.on('data', (chunk: Buffer) => this.#take(stream, chunk));
      this.#listenTo(stream);
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

  /** Reads into one and the same buffer: what has been read is masked and written before the next read. */
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

  #listenTo(stream: Readable): void {
    this.#open.set(stream, new Masker(this.#forms));
    stream.on('error', () => undefined);
    stream.once('close', () => this.#ended(stream));
  }

  #take(stream: Readable, chunk: Buffer): void {
    this.#bytes += chunk.length;
    const masker = this.#open.get(stream);
    if (masker !== undefined) this.#write(masker.push(chunk));
  }

  #ended(stream: Readable): void {
    const masker = this.#open.get(stream);
    if (masker === undefined) return;
    this.#open.delete(stream);
    this.#write(masker.end());
    if (this.#open.size === 0) this.#onDrained();
  }

  #write(bytes: Buffer): void {
    if (this.#fault !== undefined) return;
    try {
      this.#log.write(bytes);
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
