/** What a run hands to the runs within its tasks, in variables: it is part of their budget, however they are called. */
import { MEASURES } from './ledger.js';
import type { Budget } from './plan.js';

export const LEFT_COST = 'BATCHTOOL_LEFT_COST';
export const LEFT_TOKENS = 'BATCHTOOL_LEFT_TOKENS';

/** What these variables hand to a run; nothing of either where there is no run around it, or none with a budget. */
export function handedIn(env: Readonly<Record<string, string | undefined>>): Budget {
  const [costUsd, tokens] = [env[LEFT_COST], env[LEFT_TOKENS]].map(amountIn);
  return { ...(costUsd === undefined ? {} : { costUsd }), ...(tokens === undefined ? {} : { tokens }) };
}

function amountIn(text: string | undefined): number | undefined {
  const amount = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}

/** The smaller of both, each measure for itself; undefined: there is neither. */
export function smallerOf(own: Budget | undefined, handed: Budget): Budget | undefined {
  const measures = MEASURES.filter((measure) => (own?.[measure] ?? handed[measure]) !== undefined);
  if (measures.length === 0) return undefined;
  const least = (measure: keyof Budget): number =>
    Math.min(own?.[measure] ?? Number.POSITIVE_INFINITY, handed[measure] ?? Number.POSITIVE_INFINITY);
  return Object.fromEntries(measures.map((measure) => [measure, least(measure)]));
}
