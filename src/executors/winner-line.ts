/** Whom a result names as the winner among variants. Pure. */
import { isNamed, lastSaid } from './last-line.js';

/** What may stand around a name: marks, and what kind of thing it is. */
const BEFORE = /^[^\p{L}\p{N}]*(?:(?:variant|idea|prototype)[\s-]+)?[^\p{L}\p{N}]*/iu;

/** By its last line `WINNER: …`: one of the names, however it is explained, else all that stands there; undefined if there is no such line. */
export function winnerIn(result: string, names: readonly string[]): string | undefined {
  const said = lastSaid(result, 'winner')?.replace(BEFORE, '');
  if (said === undefined) return undefined;
  const whole = said.replace(/[^\p{L}\p{N}]+$/u, '');
  const longestFirst = [...names].sort((one, other) => other.length - one.length);
  return longestFirst.find((name) => isNamed(said, name)) ?? whole;
}
