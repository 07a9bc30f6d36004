/** Text of others without anything that is not text: what is left can be escaped for Markdown, XML or JSON and shown anywhere. */

/** Sequences that carry a text for the terminal (a title, a link), which are gone with all that they carry. */
const STRINGS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g;
/** Colours and movements of the cursor, then every other escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SEQUENCES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;
/** Controls other than tab and line feed, line separators, marks that reorder text, and halves of characters. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPES = /[\u001b\u0090-\u009f]/;

/** Lines stay lines: CRLF and a lone CR end one too. Nothing is cut. */
export function cleanText(text: string): string {
  const bare = ESCAPES.test(text) ? text.replace(STRINGS, '').replace(SEQUENCES, '') : text;
  return bare.replace(/\r\n?/g, '\n').replace(UNSAFE, '');
}
