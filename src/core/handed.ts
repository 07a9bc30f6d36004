/** What a run hands to the runs within its tasks, in variables: it is part of their budget, however they are called. */
import type { Budget } from './plan.js';

export const LEFT_COST = 'BATCHTOOL_LEFT_COST';
export const LEFT_TOKENS = 'BATCHTOOL_LEFT_TOKENS';

/** What these variables hand to a run; nothing of either where there is no run around it, or none with a budget. */
export function handedIn(env: Readonly<Record<string, string | undefined>>): Budget {
  const [costUsd, tokens] = [env[LEFT_COST], env[LEFT_TOKENS]].map(amountIn);
  return { ...(costUsd === undefined ? {} : { costUsd }), ...(tokens === undefined ? {} : { tokens }) };
}

/** The same for the event with which a process begins or goes on with a run: nothing where nothing is handed. */
export function handedPart(env: Parameters<typeof handedIn>[0]): { readonly handed?: Budget } {
  const handed = handedIn(env);
  return Object.keys(handed).length === 0 ? {} : { handed };
}

function amountIn(text: string | undefined): number | undefined {
  const amount = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(amount) && amount >= 0 ? amount : undefined;
}
