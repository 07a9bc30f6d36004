/** Ctrl-C as a request: once to cancel politely, twice to kill at once. */
import type { Request } from '../core/event.js';
import type { Inbox } from '../core/ports.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** While open, signals do not kill us: they are handed on. `received` is the one to die by in the end. */
export class SignalInbox implements Inbox {
  received: NodeJS.Signals | undefined;
  private handlers: (() => void)[] = [];

  constructor(private readonly say: (notice: string) => void) {}

  open(receive: (request: Request) => void): void {
    this.handlers = SIGNALS.map((signal) => {
      const handler = (): void => this.handle(signal, receive);
      process.on(signal, handler);
      return () => process.off(signal, handler);
    });
  }

  close(): void {
    for (const remove of this.handlers) remove();
    this.handlers = [];
  }

  private handle(signal: NodeJS.Signals, receive: (request: Request) => void): void {
    const again = this.received !== undefined;
    this.received ??= signal;
    // The first is told by whoever shows the run.
    if (again) this.say(`${signal} again: killing what is still running`);
    receive({ kind: 'cancel', by: signal, ...(again ? { now: true } : {}) });
  }
}
