/** What is too long loses its middle: what a text is about stands at its beginning, and what came of it at its end. */

/** Stands where so many characters are missing. */
export function leftOut(characters: number): string {
  return `[… ${characters.toLocaleString('en')} characters left out …]`;
}

/** At most so many characters of the text, and where they are missing, how many. */
export function withoutMiddle(text: string, most: number): string {
  const over = text.length - most;
  if (over <= 0) return text;
  const half = most / 2;
  return `${text.slice(0, half)}\n${leftOut(over)}\n${text.slice(-half)}`;
}
