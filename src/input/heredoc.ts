/** Here-documents of a text for the shell: what it hands to a command as input, from the next line on. Pure. */

export interface HereDocument {
  /** The line that ends it. */
  readonly end: string;
  /** `<<-`: tabs at the beginning of a line do not count. */
  readonly tabs: boolean;
  /** The shell puts in it what variables hold and commands print. */
  readonly expands: boolean;
}

const OPENING = /<<(-?)[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|((?:\\.|[^\s;&|<>()'"`\\])+))/y;

/** The one that `<<` at this place opens, and where its word ends; undefined where nothing is opened (`<<<` neither). */
export function openedAt(
  source: string,
  at: number,
): { readonly document: HereDocument; readonly after: number } | undefined {
  OPENING.lastIndex = at;
  const found = OPENING.exec(source);
  if (found === null) return undefined;
  const [, dash, single, double, bare = ''] = found;
  const end = single ?? double ?? bare.replace(/\\(.)/g, '$1');
  const document = { end, tabs: dash === '-', expands: bare !== '' && !bare.includes('\\') };
  return { document, after: OPENING.lastIndex };
}

/** Where the line begins that ends it, and the next one; undefined where none does: it was no here-document then. */
export function closedAfter(
  source: string,
  from: number,
  { end, tabs }: HereDocument,
): { readonly closing: number; readonly after: number } | undefined {
  for (let at = from; at < source.length; ) {
    const lineEnd = source.indexOf('\n', at);
    const after = lineEnd < 0 ? source.length : lineEnd + 1;
    const line = source.slice(at, after).replace(/\r?\n$/, '');
    if ((tabs ? line.replace(/^\t+/, '') : line) === end) return { closing: at, after };
    at = after;
  }
  return undefined;
}

/** Outside of backslashes: what a shell puts something else for. */
const SUBSTITUTION = /(?<!\\)(?:\\\\)*(?:`((?:\\[\s\S]|[^`\\])*)`|\$\()/g;

/** The commands that a shell carries out to put what they print into the text of one; those within another stand in it. */
export function substitutionsIn(text: string): readonly string[] {
  const found: string[] = [];
  const opening = new RegExp(SUBSTITUTION);
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const quoted = match[1];
    if (quoted === undefined) {
      const from = opening.lastIndex;
      opening.lastIndex = bracketEnd(text, from);
      found.push(text.slice(from, opening.lastIndex));
    } else found.push(quoted);
  }
  return found;
}

/** Where the bracket closes that was opened before; the end of the text when it never does. */
function bracketEnd(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    if (depth === 0) return at;
  }
  return text.length;
}
