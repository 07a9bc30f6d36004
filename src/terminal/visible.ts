/** Makes text of tasks harmless before it is drawn: nothing in it moves the cursor, colours, reorders or hides. */
import { stripVTControlCharacters } from 'node:util';

/** Sequences that carry a text for the terminal (a title, a link), which are gone with all that they carry. */
const STRINGS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g;
/** C0 and C1 controls, line separators, and the marks that reorder text (which can make it read as something else). */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * One line that shows what `text` would have left on a terminal's line: escape sequences are gone, of what was
 * overwritten after carriage returns the last state stays, tabs are blanks, and what else controls is a visible sign.
 */
export function visible(text: string): string {
  if (text.search(UNSAFE) === -1) return text;
  const last = lastState(stripVTControlCharacters(text.replace(STRINGS, '')));
  return last.replace(UNSAFE, picture);
}

/** One line of a text that is reviewed: a tab is four blanks, and whatever else controls is a sign, so that nothing is hidden. */
export function visibleSource(text: string): string {
  return text.replace(/\r$/, '').replaceAll('\t', '    ').replace(UNSAFE, picture);
}

function lastState(text: string): string {
  if (!text.includes('\r')) return text;
  const states = text.split('\r');
  return states.findLast((state) => state.trim() !== '') ?? '';
}

/** Unicode has a picture for each C0 control. */
function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 9) return ' ';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** The last line in some bytes from the end of a log that says anything, or an empty text. */
export function lastVisibleLine(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString().split('\n');
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = visible(lines[i] as string).trim();
    if (line !== '') return line;
  }
  return '';
}
