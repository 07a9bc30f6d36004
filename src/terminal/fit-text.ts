/** Help on a narrow terminal: nothing is cut, and what stands in columns stays there. */

/** A second column that is narrower than this goes below the first. */
const NARROWEST = 30;
/** Where it begins then. */
const BELOW = 6;
/** Characters of a line that ends only because it was full. */
const FULL = 90;

/** As wide as the terminal; where there is none, as it is. */
export function fitTerminal(
  text: string,
  { isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
): string {
  return isTTY === true && columns > 0 ? fitText(text, columns) : text;
}

/** A text with lines no longer than `columns` as far as words allow; paragraphs flow anew, lines to be copied stay whole. */
export function fitText(text: string, columns: number): string {
  return text
    .split('\n\n')
    .map((block) => (isTooWide(block, columns) ? flowing(block) : block))
    .join('\n\n')
    .split('\n')
    .flatMap((line) => fitLine(line, columns))
    .join('\n');
}

function isTooWide(block: string, columns: number): boolean {
  return block.split('\n').some((line) => line.length > columns);
}

/** A full line at the margin goes on in the next one. */
function flowing(block: string): string {
  return block.replace(new RegExp(`(?<=^\\S.{${FULL},})\\n(?=\\S)`, 'gm'), ' ');
}

function fitLine(line: string, columns: number): string[] {
  if (line.length <= columns || /^ {2}batchtool /.test(line)) return [line];
  const first = /^ {2}\S.*? {2,}(?=\S)/.exec(line)?.[0];
  if (first === undefined) return wrap(line.trimStart(), columns, /^ */.exec(line)?.[0].length ?? 0);
  const rest = line.slice(first.length);
  if (columns - first.length < NARROWEST) return [first.trimEnd(), ...wrap(rest, columns, BELOW)];
  const [begun = '', ...others] = wrap(rest, columns, first.length);
  return [first + begun.trimStart(), ...others];
}

function wrap(text: string, columns: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each);
}
