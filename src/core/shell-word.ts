/** A text as it can be copied into a command line: in double quotes where these change nothing in it. */
export function quotedText(text: string): string {
  return /["$`\\!]/.test(text) ? shellWord(text) : `"${text}"`;
}

/** One word for a POSIX shell: as it is where that says all, else in quotes. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
