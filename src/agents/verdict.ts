/** From what an agent reported to a verdict: an exit code of 0 is not enough. */
import type { Exit } from '../core/exit.js';
import type { AgentResult } from './agent.js';
import { failureOf } from './failure.js';

/** What an agent's report says of a conversation that came to its end. */
export type Told = Omit<AgentResult, 'ok' | 'failure'>;

/** Whether a program that has not reported may have asked its model: it had begun, or was ended from outside whatever it did. */
export function hadBegun(session: string, exit: Exit): boolean {
  return session !== '' || (exit.kind !== 'code' && exit.kind !== 'spawn-error');
}

/** Succeeded, unless it was denied what it wanted or had nothing to say. */
export function finished(told: Told): AgentResult {
  if (told.deniedPermissions.length > 0)
    return refused(told, failureOf('permission', told.deniedPermissions.join('; ')));
  if (told.text.trim() === '') return refused(told, failureOf('contract', 'its answer was empty'));
  return { ok: true, ...told };
}

/** Failed for this reason. */
export function refused(told: Told, failure: NonNullable<AgentResult['failure']>): AgentResult {
  return { ok: false, ...told, failure };
}
