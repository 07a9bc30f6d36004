/** What an agent's answer means for its attempt. Pure. */
import type { AgentResult } from '../agents/agent.js';
import type { AttemptResult } from '../core/event.js';
import type { Exit } from '../core/exit.js';
import { costOfTokens, type Price, priceOf } from '../core/prices.js';

/**
 * How the attempt ended, by what its agent says: an exit code of 0 is not enough. One that was sent away by its provider has
 * not had its attempt.
 */
export function agentExit(agent: string, { ok, failure, retryAfterMillis }: AgentResult): Exit {
  if (ok) return { kind: 'code', code: 0 };
  const { kind, message, final } = failure ?? {
    kind: 'unknown' as const,
    message: 'it failed without a word',
    final: undefined,
  };
  if (kind === 'rate-limit' || kind === 'overloaded')
    return { kind: 'rate-limit', ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }) };
  return {
    ...{ kind: 'contract', reason: `${agent}: ${message}`, failure: kind },
    ...(final === undefined ? {} : { final }),
  };
}

/** What the run remembers of it. `known`: the price of its tokens by the plan, for when the agent does not reckon what they cost. */
export function agentFigures(
  { costUsd, tokens, model, turns, session, untold }: AgentResult,
  known: Price | undefined,
): AttemptResult {
  const price = known ?? (model === undefined ? undefined : priceOf(model));
  const cost =
    costUsd ?? (price === undefined || tokens === undefined ? undefined : costOfTokens(tokens, price));
  return {
    ...(cost === undefined ? {} : { costUsd: cost }),
    ...(tokens === undefined ? {} : { tokens: tokens.input + tokens.output }),
    ...(turns === undefined ? {} : { turns }),
    ...(session === undefined ? {} : { session }),
    ...(untold === undefined ? {} : { untold }),
  };
}
