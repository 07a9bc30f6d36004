/** A run within a task of another run tells that one what it spends, as it spends it: it may be killed at any time. */
import { appendFileSync } from 'node:fs';
import type { Event } from '../core/event.js';
import type { Observer } from '../core/ports.js';
import { billLine } from '../executors/bill.js';
import { BILL } from '../executors/variables.js';

/** Nobody where there is no run around this one. `failed` is told once if the bill cannot be written. */
export function outerBill(env: NodeJS.ProcessEnv, failed: (message: string) => void): Observer[] {
  const path = env[BILL];
  if (path === undefined || path === '') return [];
  let told = false;
  const tell = (event: Event): void => {
    if (event.type !== 'attempt.exited' || event.result === undefined) return;
    const { costUsd, tokens } = event.result;
    if (costUsd === undefined && tokens === undefined) return;
    try {
      appendFileSync(path, billLine(event.result), { mode: 0o600 });
    } catch (error) {
      if (!told) failed(`cannot tell the run around this one what was spent: ${(error as Error).message}`);
      told = true;
    }
  };
  return [{ observe: (events) => events.forEach(tell) }];
}
