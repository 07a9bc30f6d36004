/**
 * What tokens cost, for agents that tell only how many they used, or that were ended before they could reckon. A plan's own `prices` come first; a model that is in
 * neither has no price, and nothing is guessed.
 *
 * The table holds list prices of OpenAI's API (standard tier, text) as they were told in November 2026: gpt-5-codex by
 * https://developers.openai.com/api/docs/models/gpt-5-codex, gpt-5.2-codex to gpt-5.6-sol by the table of
 * https://github.com/github/docs (data/tables/copilot/models-and-pricing.yml), gpt-5.4 and gpt-5.5 also by a transcript of
 * https://developers.openai.com/api/docs/pricing (github.com/api-evangelist/openai, plans/openai-plans-pricing.yml),
 * gpt-6-sol by https://inference.sh/apps/openai/gpt-6-sol.md, gpt-6.1-sol by https://docs.litellm.ai/blog/gpt_6_1_sol.
 * Models of which sources disagree are left out. Requests of more than 272,000 tokens cost up to twice as much, and from
 * gpt-5.6 on what is written to the cache costs a quarter more than other input: agents tell neither, so a cost from
 * this table may be too low, never too high. Claude's models cost what Claude Code 2.1.332 reckons for them.
 */

/** US dollars for a million tokens. */
export interface Price {
  readonly inputUsd: number;
  /** Input that was read from the provider's cache. */
  readonly cachedInputUsd: number;
  readonly outputUsd: number;
}

export type Prices = Readonly<Record<string, Price>>;

const KNOWN: Prices = {
  'gpt-5-codex': { inputUsd: 1.25, cachedInputUsd: 0.125, outputUsd: 10 },
  'gpt-5.2-codex': { inputUsd: 1.75, cachedInputUsd: 0.175, outputUsd: 14 },
  'gpt-5.3-codex': { inputUsd: 1.75, cachedInputUsd: 0.175, outputUsd: 14 },
  'gpt-5.4': { inputUsd: 2.5, cachedInputUsd: 0.25, outputUsd: 15 },
  'gpt-5.4-mini': { inputUsd: 0.75, cachedInputUsd: 0.075, outputUsd: 4.5 },
  'gpt-5.5': { inputUsd: 5, cachedInputUsd: 0.5, outputUsd: 30 },
  'gpt-5.6-sol': { inputUsd: 5, cachedInputUsd: 0.5, outputUsd: 30 },
  'gpt-6-sol': { inputUsd: 2, cachedInputUsd: 0.2, outputUsd: 10 },
  'gpt-6.1-sol': { inputUsd: 2, cachedInputUsd: 0.1, outputUsd: 10 },
  'claude-haiku-4-5': { inputUsd: 1, cachedInputUsd: 0.1, outputUsd: 5 },
  'claude-sonnet-4-5': { inputUsd: 3, cachedInputUsd: 0.3, outputUsd: 15 },
  'claude-opus-4-5': { inputUsd: 5, cachedInputUsd: 0.5, outputUsd: 25 },
  'claude-haiku-5-5': { inputUsd: 0.1, cachedInputUsd: 0.01, outputUsd: 0.5 },
  'claude-sonnet-5-5': { inputUsd: 2, cachedInputUsd: 0.1, outputUsd: 10 },
  'claude-opus-5-5': { inputUsd: 4, cachedInputUsd: 0.2, outputUsd: 20 },
};

/** The price of a model's tokens; undefined: nobody knows. */
export function priceOf(model: string, own: Prices = {}): Price | undefined {
  if (Object.hasOwn(own, model)) return own[model];
  return Object.hasOwn(KNOWN, model) ? KNOWN[model] : undefined;
}

/** `input` counts all that was sent, the `cached` part too. */
export interface TokenCounts {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

const MILLION = 1_000_000;

/** In dollars. */
export function costOfTokens({ input, cached, output }: TokenCounts, price: Price): number {
  const fresh = Math.max(0, input - cached);
  return (fresh * price.inputUsd + cached * price.cachedInputUsd + output * price.outputUsd) / MILLION;
}
