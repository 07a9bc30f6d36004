/**
 * True when `word` misses `known` by one letter: missing, too many, another one, or two swapped. A digit is no typo
 * (`task1`), nor is a word with a capital: prose begins with one (`Test` is neither `test` nor `jest`).
 */
export function isOneLetterAway(word: string, known: string): boolean {
  const [short, long] = word.length <= known.length ? [word, known] : [known, word];
  if (long.length - short.length > 1 || known.length < 3) return false;
  if (word !== word.toLowerCase()) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++;
  const from = short.slice(start, short.length - end);
  const to = long.slice(start, long.length - end);
  if (![...from, ...to].every((char) => /\p{L}/u.test(char))) return false;
  if (to.length === 1 && from.length === 0) return true;
  if (to.length === 1 && from.length === 1) return from !== to;
  return to.length === 2 && from.length === 2 && from[0] === to[1] && from[1] === to[0];
}
