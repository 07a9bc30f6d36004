/** What runs within a task have spent: they append it to the file BATCHTOOL_BILL, and it counts for the attempt around them. */
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import type { AttemptResult } from '../core/event.js';
import { sumOf } from '../core/ledger.js';
import type { Budget } from '../core/plan.js';

/** A longer one was written by something else. */
const MOST_BYTES = 1_048_576;

/** What runs within a task told of themselves. */
export interface InnerBill extends Budget {
  /** One that began has not told its end. */
  readonly untold?: true;
  /** One stopped, for what it was handed of the budget was used up. */
  readonly ranOut?: true;
}

/** One line of a bill: what an attempt used, or that a run began or ended. */
export interface BillEntry extends Budget {
  readonly run?: 'begun' | 'ended' | 'ran-out';
}

/** The sum of all lines, undefined if there are none. The file is gone then, so that nothing counts twice. */
export function takeBill(path: string): InnerBill | undefined {
  if (!existsSync(path)) return undefined;
  const bill = readBill(path);
  try {
    rmSync(path, { force: true });
    return bill;
  } catch {
    // The task has made something else of it; then it told nothing.
    return undefined;
  }
}

/** The same, and the file stays. */
export function readBill(path: string): InnerBill | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true || found.size > MOST_BYTES) return undefined;
    return sumOfBill(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** One line of a bill, as `sumOfBill` reads it. */
export function billLine({ costUsd, tokens, run }: BillEntry): string {
  return `${JSON.stringify({ costUsd, tokens, run })}\n`;
}

/** Lines that are none are passed over: a run may be killed while it writes one. */
export function sumOfBill(text: string): InnerBill | undefined {
  const entries = text.split('\n').map(lineOf);
  const count = (...kinds: BillEntry['run'][]): number =>
    entries.filter(({ run }) => kinds.includes(run)).length;
  const sum: InnerBill = {
    ...entries.reduce<Budget>(sumOf, {}),
    ...(count('begun') > count('ended', 'ran-out') ? { untold: true } : {}),
    ...(count('ran-out') > 0 ? { ranOut: true } : {}),
  };
  return Object.keys(sum).length === 0 ? undefined : sum;
}

function lineOf(line: string): BillEntry {
  try {
    const { costUsd, tokens, run } = JSON.parse(line) as Readonly<Record<keyof BillEntry, unknown>>;
    return {
      ...(isAmount(costUsd) ? { costUsd } : {}),
      ...(isAmount(tokens) ? { tokens } : {}),
      ...(run === 'begun' || run === 'ended' || run === 'ran-out' ? { run } : {}),
    };
  } catch {
    return {};
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** What an attempt handed over, and what else was spent in it. */
export function withBill(
  result: AttemptResult | undefined,
  bill: InnerBill | undefined,
): AttemptResult | undefined {
  if (bill === undefined) return result;
  const both = {
    ...result,
    ...sumOf(result ?? {}, bill),
    ...(bill.untold === true ? { untold: true as const } : {}),
  };
  return Object.keys(both).length === 0 ? undefined : both;
}
