/** Starts processes in the way that suits their pace: a few by ourselves, many through a fork server. */
import { ForkServer } from './fork-server.js';
import { startProcess } from './start-process.js';
import type { Start, Starter, StartListener } from './starter.js';

/** So many starts within so long call for a fork server, which costs as much as two or three starts. */
const QUICK_STARTS = 12;
const QUICK_MILLIS = 1000;

export class QuickStarter implements Starter {
  readonly #now: () => number;
  #server: ForkServer | undefined;
  #count = 0;
  #since = Number.NEGATIVE_INFINITY;

  /** `now` in monotonic milliseconds; `server`: one that is there already. */
  constructor(now: () => number, server?: ForkServer) {
    this.#now = now;
    this.#server = server;
  }

  start(start: Start, listener: StartListener): void {
    // One that has died is not replaced: who ended it may do so again, and each time attempts are lost.
    if (this.#server?.state === 'ready' && this.#server.carries(start)) this.#server.start(start, listener);
    else startProcess(start, listener);
    if (this.#server === undefined && this.#isQuick()) this.#server = new ForkServer();
  }

  close(): void {
    this.#server?.close();
  }

  #isQuick(): boolean {
    if (!ForkServer.possible) return false;
    const now = this.#now();
    if (now - this.#since > QUICK_MILLIS) {
      this.#since = now;
      this.#count = 0;
    }
    return ++this.#count >= QUICK_STARTS;
  }
}
