/** What a review by an agent comes to. Pure. */
import { REVIEW_ASKS, REVIEW_IS_SILENT } from '../core/expect.js';
import { isNamed, lastSaid } from './last-line.js';

/**
 * By the last line `VERDICT: …` of its result, for an agent may think aloud before. Undefined when it accepts. What is accepted
 * only on a condition ("accept if the tests pass") is not.
 */
export function reviewFault(result: string): string | undefined {
  const said = lastSaid(result, 'verdict')?.replace(/^[^\p{L}\p{N}]+/u, '') ?? '';
  if (isNamed(said, 'accept') || isNamed(said, 'accepted')) return undefined;
  return /^reject/i.test(said) ? REVIEW_ASKS : REVIEW_IS_SILENT;
}
