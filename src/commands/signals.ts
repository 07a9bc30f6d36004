/** Ctrl-C as a request: once to cancel politely, twice to kill at once. */
import type { Request } from '../core/event.js';
import type { Inbox } from '../core/ports.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * `timeout` and others tell both us and our whole group: what comes so soon after the first is the same wish, come by
 * another way. Nobody presses a key twice as fast.
 */
const SAME_WISH_MILLIS = 100;

/** While open, signals do not kill us: they are handed on. `received` is the one to die by in the end. */
export class SignalInbox implements Inbox {
  received: NodeJS.Signals | undefined;
  private handlers: (() => void)[] = [];
  private receivedAt = 0;

  /** `now` in milliseconds of a clock that does not go back. */
  constructor(
    private readonly say: (notice: string) => void,
    private readonly now: () => number,
  ) {}

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
    if (again && this.now() - this.receivedAt < SAME_WISH_MILLIS) return;
    if (!again) this.receivedAt = this.now();
    this.received ??= signal;
    // The first is told by whoever shows the run.
    if (again) this.say(`${signal} again: killing what is still running`);
    receive({ kind: 'cancel', by: signal, ...(again ? { now: true } : {}) });
  }
}
