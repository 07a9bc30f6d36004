/** A text cut to one line for people: the first line that says something, without control characters; "…" where it goes on. */
export function labelOf(text: string): string {
  const start = text.slice(0, 2000).trimStart();
  const line = start.split(/[\r\n]/, 1)[0] ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
  const clean = line.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  const characters = [...clean];
  if (characters.length > LABEL_LENGTH) return `${characters.slice(0, LABEL_LENGTH - 1).join('')}…`;
  return start.slice(line.length).trim() === '' ? clean : `${clean}…`;
}

const LABEL_LENGTH = 80;
