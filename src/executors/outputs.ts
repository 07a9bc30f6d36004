/** What a task wrote to its BATCHTOOL_OUTPUT file, read by exactly the rules of GITHUB_OUTPUT. */
import { failure, type Result, success } from '../core/problem.js';

/** The same cap that GitHub puts on the outputs of a job. */
export const MAX_OUTPUT_FILE_BYTES = 1_048_576;

/**
 * `key=value` and `key<<DELIMITER` … `DELIMITER` lines; whichever sign comes first decides. Empty lines are
 * skipped, a later value replaces an earlier one, and line ends inside a value stay as they were written.
 */
export function parseOutputs(text: string): Result<Record<string, string>> {
  const lines = new Lines(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const outputs = new Map<string, string>();
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const key = line.slice(0, heredoc);
      const delimiter = line.slice(heredoc + 2);
      if (key === '' || delimiter === '') return malformed(lines.number, line, 'lacks a name or a delimiter');
      const value = heredocValue(lines, delimiter);
      if (value === undefined)
        return malformed(lines.start, line, `is never closed by a line ${JSON.stringify(delimiter)}`);
      outputs.set(key, value);
    } else if (equals > 0) {
      outputs.set(line.slice(0, equals), line.slice(equals + 1));
    } else {
      return malformed(
        lines.number,
        line,
        equals === 0 ? 'lacks a name' : 'is neither key=value nor key<<END',
      );
    }
  }
  return success(Object.fromEntries(outputs));
}

/** The text up to the delimiter's line, without the last line end; undefined when that line never comes. */
function heredocValue(lines: Lines, delimiter: string): string | undefined {
  lines.start = lines.number;
  const from = lines.index;
  let until = from;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (line === delimiter) return lines.text.slice(from, until);
    until = lines.index - lines.endLength;
  }
  return undefined;
}

function malformed(number: number, line: string, fault: string): Result<never> {
  const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
  return failure(`line ${number} of BATCHTOOL_OUTPUT ${fault}: ${JSON.stringify(shown)}`);
}

/** Lines that end in LF or CRLF; remembers how the last one ended. */
class Lines {
  index = 0;
  number = 0;
  start = 0;
  endLength = 0;

  constructor(readonly text: string) {}

  next(): string | undefined {
    if (this.index >= this.text.length) return undefined;
    this.number++;
    const from = this.index;
    const lf = this.text.indexOf('\n', from);
    if (lf < 0) {
      this.index = this.text.length;
      this.endLength = 0;
      return this.text.slice(from);
    }
    this.index = lf + 1;
    this.endLength = lf > from && this.text[lf - 1] === '\r' ? 2 : 1;
    return this.text.slice(from, this.index - this.endLength);
  }
}
