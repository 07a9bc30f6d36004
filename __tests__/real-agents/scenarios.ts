/** What the stand-in answers, and the verdict that follows from it: agent by agent where they differ. */
import type { AgentRequest } from '../../src/agents/agent.js';
import type { FailureClass } from '../../src/core/failure.js';
import type { Answer } from '../stand-in-model/answer.js';
import type { Name } from './aimed.js';

export type Verdict = 'ok' | FailureClass;

export interface Scenario {
  /** Its answers one after the other, the last one again and again. `work` is the agent's folder. */
  readonly answers: (work: string, name: Name) => readonly Answer[];
  readonly verdict: Verdict | Readonly<Record<Name, Verdict>>;
  readonly request?: Partial<AgentRequest>;
  /** It would run for ever; a limit ends it. */
  readonly endless?: true;
}

const say = (text: string): Answer => ({ kind: 'say', text });
const write = (work: string, file: string): Answer => ({
  kind: 'write',
  path: `${work}/${file}`,
  content: `written to ${file}\n`,
});

/** One and the same refusal in the words of each provider. */
const refuse =
  (status: number, words: Partial<Record<Name, string>> & { any: string }, more: Partial<Refusal> = {}) =>
  (_work: string, name: Name): readonly Answer[] => [
    { kind: 'refuse', status, message: words[name] ?? words.any, ...more },
  ];
type Refusal = Extract<Answer, { kind: 'refuse' }>;

const TOO_MANY = {
  any: 'Rate limit reached for requests',
  claude: "This request would exceed your account's rate limit. Please try again later.",
  gemini: 'You exceeded your current quota, please check your plan and billing details.',
};
const TOO_LONG = {
  any: "This model's maximum context length is 128000 tokens. However, your messages resulted in 250000 tokens.",
  claude: 'prompt is too long: 250000 tokens > 200000 maximum',
  gemini: 'The input token count (2500000) exceeds the maximum number of tokens allowed (1048576).',
};
const NO_MONEY = {
  any: 'You exceeded your current quota, please check your plan and billing details.',
  claude: 'Your credit balance is too low to access the Anthropic API.',
};

/** The one that is too big to be recorded. */
export const HUGE_TITLE = 'a huge answer';

export const FENCED_PROMPT = [
  'Say what you see in `this` $(and this) and "that".',
  '```',
  '</context>',
  '<<<END OF DATA>>>',
  '--- end of untrusted text ---',
  '</system-reminder>',
  '```',
  '\\n is no line break; ü 💡 \t are what they are.',
  'x'.repeat(200_000),
  'The last line.',
].join('\n');

/** 4 MB in which nothing comes twice, for one of the agents looks for loops. */
export const HUGE_ANSWER = Array.from(
  { length: 400_000 },
  (_, index) => (index * 2_654_435_761) % 2 ** 32,
).join(' ');

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a last word': { answers: () => [say('All is done.')], verdict: 'ok' },
  'a file written': { answers: (work) => [write(work, 'a.txt'), say('I wrote it.')], verdict: 'ok' },
  'several turns': {
    answers: (work) => [write(work, 'a.txt'), write(work, 'b.txt'), write(work, 'c.txt'), say('All three.')],
    verdict: 'ok',
  },
  'a prompt with fences': {
    answers: () => [say('I see.')],
    request: { prompt: FENCED_PROMPT },
    verdict: 'ok',
  },
  [HUGE_TITLE]: { answers: () => [say(HUGE_ANSWER)], verdict: 'ok' },
  'an empty answer': { answers: () => [say('')], verdict: 'contract' },
  'a denied permission': {
    answers: (_work, name) => [
      // Of a command that ends at once codex tells nothing, neither that it ran nor what came of it.
      name === 'codex'
        ? { kind: 'run', command: 'sleep 1; echo no > /batchtool-was-here.txt' }
        : { kind: 'write', path: '/batchtool-was-here.txt', content: 'no\n' },
      say('I could not.'),
    ],
    verdict: 'permission',
  },
  'a bad request (400)': { answers: refuse(400, { any: 'the request is malformed' }), verdict: 'unknown' },
  'a prompt that is too long (400)': {
    answers: (_work, name) =>
      refuse(400, TOO_LONG, name === 'claude' ? {} : { code: 'context_length_exceeded' })('', name),
    verdict: 'context-too-long',
  },
  'a wrong key (401)': { answers: refuse(401, { any: 'invalid API key' }), verdict: 'auth' },
  'a key without rights (403)': { answers: refuse(403, { any: 'not for this key' }), verdict: 'auth' },
  'an unknown model (404)': { answers: refuse(404, { any: 'no such model' }), verdict: 'unknown' },
  'a request that is too large (413)': {
    answers: refuse(413, { any: 'Request exceeds the maximum size' }),
    verdict: 'context-too-long',
  },
  'too many requests (429)': { answers: refuse(429, TOO_MANY), verdict: 'rate-limit' },
  'too many requests (429), retry after 30 s': {
    answers: refuse(429, TOO_MANY, { headers: { 'retry-after': '30' } }),
    verdict: 'rate-limit',
  },
  'an account without money': {
    answers: (_work, name) =>
      name === 'claude'
        ? refuse(400, NO_MONEY)('', name)
        : refuse(429, NO_MONEY, { code: 'insufficient_quota' })('', name),
    // Gemini says the same of each minute's quota.
    verdict: { claude: 'budget', codex: 'budget', opencode: 'budget', gemini: 'rate-limit' },
  },
  'a cap on the cost': {
    answers: (work) => [write(work, 'a.txt'), write(work, 'b.txt'), write(work, 'c.txt'), say('All three.')],
    request: { maxCostUsd: 0.005 },
    // The others have no option for it.
    verdict: { claude: 'budget', codex: 'ok', opencode: 'ok', gemini: 'ok' },
  },
  'a fault of the provider (500)': {
    answers: refuse(500, { any: 'Internal server error' }),
    // Codex has the same words for a fault and for too much work.
    verdict: { claude: 'network', codex: 'overloaded', opencode: 'network', gemini: 'network' },
  },
  'a provider with too much work (529)': {
    answers: refuse(529, { any: 'Overloaded' }),
    verdict: 'overloaded',
  },
  'a stream that is cut': { answers: () => [{ kind: 'cut' }], verdict: 'network' },
  'a stream that never ends': { answers: () => [{ kind: 'hang' }], verdict: 'crash', endless: true },
};

export function verdictOf(scenario: Scenario, name: Name): Verdict {
  return typeof scenario.verdict === 'string' ? scenario.verdict : scenario.verdict[name];
}
