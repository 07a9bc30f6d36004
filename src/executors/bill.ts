/** What runs within a task have spent: they append it to the file BATCHTOOL_BILL, and it counts for the attempt around them. */
import { existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import type { AttemptResult } from '../core/event.js';
import { sumOf } from '../core/ledger.js';
import type { Budget } from '../core/plan.js';

/** A longer one was written by something else. */
const MOST_BYTES = 1_048_576;

/** The sum of all lines, undefined if there are none. The file is gone then, so that nothing counts twice. */
export function takeBill(path: string): Budget | undefined {
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
export function readBill(path: string): Budget | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile() !== true || found.size > MOST_BYTES) return undefined;
    return sumOfBill(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** One line of a bill, as `sumOfBill` reads it. */
export function billLine({ costUsd, tokens }: Budget): string {
  return `${JSON.stringify({ costUsd, tokens })}\n`;
}

/** Lines that are none are passed over: a run may be killed while it writes one. */
export function sumOfBill(text: string): Budget | undefined {
  const sum = text.split('\n').map(lineOf).reduce(sumOf, {});
  return Object.keys(sum).length === 0 ? undefined : sum;
}

function lineOf(line: string): Budget {
  try {
    const { costUsd, tokens } = JSON.parse(line) as { costUsd?: unknown; tokens?: unknown };
    return { ...(isAmount(costUsd) ? { costUsd } : {}), ...(isAmount(tokens) ? { tokens } : {}) };
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
  bill: Budget | undefined,
): AttemptResult | undefined {
  return bill === undefined ? result : { ...result, ...sumOf(result ?? {}, bill) };
}
