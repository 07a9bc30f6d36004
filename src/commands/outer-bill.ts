/** A run within a task of another run tells that one what it spends, as it spends it: it may be killed at any time. */
import { appendFileSync } from 'node:fs';
import { isHandedAllOut, isOverBudget, ranOutOfMoney } from '../core/budget.js';
import type { Event } from '../core/event.js';
import { sumOf } from '../core/ledger.js';
import type { Budget } from '../core/plan.js';
import type { Observer } from '../core/ports.js';
import { type RunState, taskOf } from '../core/state.js';
import { type BillEntry, billLine } from '../executors/bill.js';
import { BILL } from '../executors/variables.js';

/** Nobody where there is no run around this one. `failed` is told once if the bill cannot be written. */
export function outerBill(env: NodeJS.ProcessEnv, failed: (message: string) => void): Observer[] {
  const path = env[BILL];
  if (path === undefined || path === '') return [];
  let told = false;
  const tell = (event: Event, state: RunState): void => {
    const entry = entryOf(event, state);
    if (Object.keys(entry).length === 0) return;
    try {
      appendFileSync(path, billLine(entry), { mode: 0o600 });
    } catch (error) {
      if (!told) failed(`cannot tell the run around this one what was spent: ${(error as Error).message}`);
      told = true;
    }
  };
  return [
    {
      observe: (events, state) => {
        for (const event of events) tell(event, state);
      },
    },
  ];
}

/** Empty for what is none of a bill's matter. */
function entryOf(event: Event, state: RunState): BillEntry {
  switch (event.type) {
    case 'run.started':
    case 'run.resumed':
      return { run: 'begun' };
    case 'run.finished':
      return { run: stoppedForMoney(state) && isHandedAllOut(state) ? 'ran-out' : 'ended' };
    case 'attempt.exited':
      return sumOf(event.result ?? {}, assumedFor(event, state) ?? {});
    default:
      return {};
  }
}

function stoppedForMoney(state: RunState): boolean {
  return ranOutOfMoney(state) || isOverBudget(state);
}

/** What the agent of an attempt did not come to tell counts there as it does here. */
function assumedFor(
  { task, attempt }: Extract<Event, { type: 'attempt.exited' }>,
  state: RunState,
): Budget | undefined {
  return taskOf(state, task).attempts.find(({ number }) => number === attempt)?.assumed;
}
