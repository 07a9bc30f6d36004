/** Whether the bill of a task can be known. */
import type { Budget, Work } from './plan.js';
import { type Prices, priceOf } from './prices.js';
import { unreachable } from './unreachable.js';

/** Agents that reckon themselves what they cost. The others tell their tokens, and what these cost has to be known. */
const RECKONING_AGENTS: readonly string[] = ['claude', 'opencode'];

/** As a command that starts a run within its task calls it. */
export const BATCHTOOL = 'batchtool';

/**
 * `free`: it calls no model that we know of; `metered`: its agent says what it used; `nested`: a run within it, which keeps to
 * what it is handed, says so; `unmetered`: it calls a model and nobody says what that costs.
 */
export type Metering = 'free' | 'metered' | 'nested' | 'unmetered';

export function meteringOf(work: Work): Metering {
  switch (work.kind) {
    case 'integrate':
      return 'free';
    case 'command':
      if (work.runner !== undefined) return 'unmetered';
      if (work.calls === undefined) return 'free';
      return work.calls === BATCHTOOL ? 'nested' : 'unmetered';
    case 'prompt': {
      const { runner, agent, command } = work;
      // What a command of a user's own prints is not known, so nothing is read off it.
      return runner !== undefined || agent === undefined || command !== undefined ? 'unmetered' : 'metered';
    }
    default:
      return unreachable(work);
  }
}

/** Whether a task tells all that this budget limits. */
export function tellsAll(work: Work, { costUsd, tokens }: Budget, prices: Prices | undefined): boolean {
  switch (meteringOf(work)) {
    case 'free':
    case 'nested':
      return true;
    case 'metered':
      return costUsd === undefined || costIsTold(work, prices);
    default:
      return costUsd === undefined && tokens === undefined;
  }
}

function costIsTold(work: Work, prices: Prices | undefined): boolean {
  if (work.kind !== 'prompt' || work.agent === undefined) return false;
  if (RECKONING_AGENTS.includes(work.agent)) return true;
  return work.model !== undefined && priceOf(work.model, prices) !== undefined;
}
