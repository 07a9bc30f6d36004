import type { Event, Request } from '../../src/core/event.js';
import type { Inbox, Journal } from '../../src/core/ports.js';

/** Keeps what was written; `failWith` makes the next write fail. */
export class FakeJournal implements Journal {
  readonly events: Event[] = [];
  readonly batches: Event[][] = [];
  failWith: Error | undefined;
  closed = false;

  append(events: readonly Event[]): void {
    if (this.failWith !== undefined) throw this.failWith;
    this.events.push(...events);
    this.batches.push([...events]);
  }

  close(): void {
    this.closed = true;
  }

  get types(): string[] {
    return this.events.map((event) => event.type);
  }
}

export class FakeInbox implements Inbox {
  private receive: ((request: Request) => void) | undefined;

  open(receive: (request: Request) => void): void {
    this.receive = receive;
  }

  close(): void {
    this.receive = undefined;
  }

  post(request: Request): void {
    this.receive?.(request);
  }
}
