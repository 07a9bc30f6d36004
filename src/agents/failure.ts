/** Which failure class a provider's refusal is, by its HTTP status or, where only words are left of it, by these. */
import type { FailureClass } from '../core/failure.js';
import type { AgentResult } from './agent.js';

/** Words that mean more than the status that they come with, and stand in for one. The first that fits decides. */
const WORDS: readonly (readonly [FailureClass, RegExp])[] = [
  [
    'budget',
    /exceeded your current quota|quota exceeded|insufficient.{0,10}(?:quota|funds|credit)|credit balance|billing (?:details|limit|hard limit)/i,
  ],
  [
    'context-too-long',
    /context.?(?:window|length)|(?:prompt|input) is too long|maximum (?:context|number of tokens)/i,
  ],
];
const MORE_WORDS: readonly (readonly [FailureClass, RegExp])[] = [
  ['rate-limit', /\b429\b|rate.?limit|too many requests|usage limit|resource.?exhausted/i],
  ['overloaded', /\b529\b|\b503\b|overloaded|high demand|at capacity/i],
  ['auth', /\b401\b|\b403\b|unauthorized|forbidden|api key|not logged in|log ?in|auth method|authenticat/i],
  ['context-too-long', /\b413\b|(?:request|payload|entity).{0,12}too large/i],
  [
    'network',
    /\b50[024]\b|(?:server|gateway) error|bad gateway|stream (?:error|disconnected)|connection|network|socket|terminated|timed? ?out|ECONN|ENOTFOUND|EAI_AGAIN/i,
  ],
];

/** The class of a refusal. `status` is that of the HTTP answer, `said` what came with it. */
export function failureClass(status: number | undefined, said: string): FailureClass {
  const byWords = classIn(WORDS, said);
  if (byWords !== undefined) return byWords;
  const known = status ?? statusIn(said);
  return (known === undefined ? undefined : byStatus(known)) ?? classIn(MORE_WORDS, said) ?? 'unknown';
}

function classIn(
  table: readonly (readonly [FailureClass, RegExp])[],
  said: string,
): FailureClass | undefined {
  return table.find(([, pattern]) => pattern.test(said))?.[0];
}

/** `unexpected status 529 …`, `"code":429`: how the agents write a status into a sentence. */
function statusIn(said: string): number | undefined {
  const found = /(?:status|error|code)"?:? (?:code )?"?([45]\d\d)\b|"code":\s*([45]\d\d)\b/i.exec(said);
  return found === null ? undefined : Number(found[1] ?? found[2]);
}

function byStatus(status: number): FailureClass | undefined {
  switch (status) {
    case 401:
    case 403:
      return 'auth';
    case 402:
      return 'budget';
    case 413:
      return 'context-too-long';
    case 429:
      return 'rate-limit';
    case 503:
    case 529:
      return 'overloaded';
    default:
      return status >= 500 ? 'network' : status === 400 || status === 404 ? 'unknown' : undefined;
  }
}

/** For these it helps to wait, and how long is for us to say. */
export function isWeather(kind: FailureClass): boolean {
  return kind === 'rate-limit' || kind === 'overloaded';
}

/** For these nothing helps but another request. */
export function isHopeless(kind: FailureClass): boolean {
  return kind === 'auth' || kind === 'budget' || kind === 'context-too-long' || kind === 'permission';
}

/** How often an agent may be refused before a pause of its own is taken for the end, where its pauses grow long. */
const PATIENCE = 3;

/** Whether an agent that was refused for the `times`th time should not be left to wait again. */
export function isEnough(kind: FailureClass, times: number): boolean {
  return isWeather(kind) || isHopeless(kind) || times >= PATIENCE;
}

const MEANINGS: Readonly<Record<FailureClass, string>> = {
  'rate-limit': 'rate limit',
  overloaded: 'the provider is overloaded',
  auth: 'the provider did not let it in',
  'context-too-long': 'more text than the model takes',
  permission: 'was not allowed to',
  budget: 'the money is spent',
  network: 'the provider could not be reached or broke off',
  unsupported: 'its program does not know such work',
  contract: 'nothing came of it',
  crash: 'the agent ended badly',
  unknown: 'the agent failed',
};

/** The failure in words: what it means, and what was said. `status`: that of the HTTP answer, if it is known. */
export function failureOf(
  kind: FailureClass,
  said: string,
  status = statusIn(said),
): NonNullable<AgentResult['failure']> {
  const words = said.trim();
  // The request is at fault: no such model, a parameter that the provider does not take.
  const isFinal = kind === 'unknown' && (status === 400 || status === 404);
  return {
    kind,
    message: words === '' ? MEANINGS[kind] : `${MEANINGS[kind]}: ${words}`,
    ...(isFinal ? { final: true } : {}),
  };
}
