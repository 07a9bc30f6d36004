/** What a first and a second signal ask for. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { SignalInbox } from '../../src/commands/signals.js';
import type { Request } from '../../src/core/event.js';

const opened: SignalInbox[] = [];
afterEach(() => {
  for (const inbox of opened.splice(0)) inbox.close();
});

/** An inbox with a clock of its own, to which signals come at a time. */
function listening() {
  let now = 1000;
  const requests: Request[] = [];
  const inbox = new SignalInbox(
    () => undefined,
    () => now,
  );
  opened.push(inbox);
  inbox.open((request) => requests.push(request));
  const comes = (signal: NodeJS.Signals, at: number): void => {
    now = at;
    process.emit(signal);
  };
  return { inbox, requests, comes };
}

describe('signals', () => {
  it('ask for a cancel once, and to kill at once when they come again', () => {
    const { inbox, requests, comes } = listening();
    comes('SIGINT', 1000);
    comes('SIGTERM', 1100);
    expect(requests).toEqual([
      { kind: 'cancel', by: 'SIGINT' },
      { kind: 'cancel', by: 'SIGTERM', now: true },
    ]);
    expect(inbox.received).toBe('SIGINT');
  });

  it('that come by two ways at once are one: tasks keep their grace time', () => {
    const { requests, comes } = listening();
    comes('SIGTERM', 1000);
    comes('SIGTERM', 1005);
    comes('SIGINT', 1099);
    expect(requests).toEqual([{ kind: 'cancel', by: 'SIGTERM' }]);
  });
});
