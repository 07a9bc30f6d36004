/** What a result says in a line `WORD: …`, however it is set: `**Winner: a**`, `> VERDICT: accept`. Pure. */

/** All that stands behind the colon of the last such line; undefined if there is none. `word` is letters alone. */
export function lastSaid(result: string, word: string): string | undefined {
  const line = new RegExp(`^[^\\p{L}\\p{N}\\n]*${word}[^\\p{L}\\p{N}\\n]*:(.*)$`, 'gimu');
  return [...result.matchAll(line)].at(-1)?.[1];
}

/** Whether it is this name, alone or with something behind a sign. A sentence that only begins with it ("a tie") is not. */
export function isNamed(said: string, name: string): boolean {
  if (!said.toLowerCase().startsWith(name.toLowerCase())) return false;
  return /^\s*(?:$|[^\p{L}\p{N}\s])/u.test(said.slice(name.length));
}
