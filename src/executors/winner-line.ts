/** Whom a result names as the winner among variants. Pure. */

const LINE = /^[^\p{L}\p{N}]*winner[^\p{L}\p{N}\n]*:(.*)$/gimu;
/** What may stand around a name: marks, and what kind of thing it is. */
const BEFORE = /^[^\p{L}\p{N}]*(?:(?:variant|idea|prototype)[\s-]+)?[^\p{L}\p{N}]*/iu;

/**
 * By its last line `WINNER: …`: one of the names, however it is set and explained, else all that stands there; undefined if
 * there is no such line. A sentence that only begins with a name ("a tie") does not name it.
 */
export function winnerIn(result: string, names: readonly string[]): string | undefined {
  const said = [...result.matchAll(LINE)].at(-1)?.[1]?.replace(BEFORE, '');
  if (said === undefined) return undefined;
  const whole = said.replace(/[^\p{L}\p{N}]+$/u, '');
  const isNamed = (name: string): boolean => {
    if (!said.toLowerCase().startsWith(name.toLowerCase())) return false;
    return /^\s*(?:$|[^\p{L}\p{N}\s])/u.test(said.slice(name.length));
  };
  return [...names].sort((one, other) => other.length - one.length).find(isNamed) ?? whole;
}
