/** A prompt on its way through an agent: what is told to it, and what its answer means for the attempt. Pure. */
import type { AgentResult } from '../agents/agent.js';
import type { AttemptResult } from '../core/event.js';
import type { Exit } from '../core/exit.js';
import type { ContextEntry, Launch } from '../core/launch.js';
import type { Note } from '../core/note.js';
import type { Prompt } from '../core/plan.js';
import { type ContextText, promptText } from '../sparc/prompt.js';
import { builtInRole } from '../sparc/roles.js';

/** The whole prompt of an attempt: the nearest results first. `resultOf` reads that of an earlier task. */
export function promptOf(
  work: Prompt,
  { context, role, contextTokens }: Pick<Launch, 'context' | 'role' | 'contextTokens'>,
  notes: readonly Note[],
  resultOf: (entry: ContextEntry) => string,
): string {
  const earlier = [...context]
    .reverse()
    .map((entry): ContextText => ({ kind: 'task', name: entry.task, status: entry.status, text: resultOf(entry) }));
  const noted = notes.map(({ key, text }): ContextText => ({ kind: 'note', name: key, text }));
  return promptText({
    role: role ?? builtInRole(work.mode) ?? '',
    task: work.text,
    context: [...earlier, ...noted],
    ...(contextTokens === undefined ? {} : { contextTokens }),
  }).text;
}

/**
 * How the attempt ended, in the light of what its agent says. Where we ended it (a limit, a stop) that stays the reason;
 * an agent that was sent away by its provider has not had its attempt.
 */
export function agentExit(agent: string, exit: Exit, { ok, failure, retryAfterMillis }: AgentResult): Exit {
  if (exit.kind !== 'code') return exit;
  if (ok) return { kind: 'code', code: 0 };
  const { kind, message } = failure ?? { kind: 'unknown', message: 'it failed without a word' };
  if (kind === 'rate-limit' || kind === 'overloaded')
    return { kind: 'rate-limit', ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }) };
  return { kind: 'contract', reason: `${agent}: ${message}`, failure: kind };
}

/** What the run remembers of it. */
export function agentFigures({ costUsd, tokens, turns, session }: AgentResult): AttemptResult {
  return {
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(tokens === undefined ? {} : { tokens: tokens.input + tokens.output }),
    ...(turns === undefined ? {} : { turns }),
    ...(session === undefined ? {} : { session }),
  };
}
