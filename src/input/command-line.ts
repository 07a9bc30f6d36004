/**
 * The `run` input of the action: one `batchtool …` command line, split by the quoting rules of POSIX and by nothing else
 * (no variables, globs or `~`: what an event says must not become words), or several texts, one in a line.
 */
import { failure, type Result, success } from '../core/problem.js';

export type RunInput =
  | { readonly kind: 'command-line'; readonly words: readonly string[] }
  | { readonly kind: 'texts'; readonly texts: readonly string[] };

const OURS = /^\s*batchtool(?=\s|$)/;
const OPERATORS = new Set([';', '&', '|', '<', '>']);

/** What the input says. `words` begin after `batchtool`. */
export function readRunInput(text: string): Result<RunInput> {
  if (OURS.test(text)) return readCommandLine(text);
  const texts = text
    .replace(/\r\n/g, '\n')
    .replace(/\\\n/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (texts.some((line) => OURS.test(line)))
    return failure(
      'input run: a batchtool command line stands beside other lines',
      'a batchtool command line stands alone; several texts are written without batchtool, one in a line',
    );
  return success({ kind: 'texts', texts });
}

function readCommandLine(text: string): Result<RunInput> {
  const split = splitWords(text.replace(/\r\n/g, '\n').trim());
  if (!split.ok) return split;
  const { words, rest } = split.value;
  if (OURS.test(rest))
    return failure(
      'input run: there are two batchtool command lines',
      'use the action twice, or put the tasks into one plan file',
    );
  if (rest.trim() !== '')
    return failure(
      `input run: ${JSON.stringify(rest.trim().split('\n')[0]?.slice(0, 60))} follows the batchtool command line`,
      'end a line with a backslash to go on in the next one',
    );
  return success({ kind: 'command-line', words: words.slice(1) });
}

interface Split {
  readonly words: readonly string[];
  /** What comes after the first line's end that is not quoted. */
  readonly rest: string;
}

/** Words by quotes and backslashes as a POSIX shell has them; `$`, backticks, `~`, `*` and `#` are mere characters. */
export function splitWords(text: string): Result<Split> {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  for (; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '\n') break;
    if (char === ' ' || char === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = closing(text, at);
      if (end < 0) return unclosed(char, text.slice(at));
      word = (word ?? '') + unquoted(char, text.slice(at + 1, end));
      at = end;
    } else if (char === '\\') {
      at++;
      if (text[at] !== '\n') word = (word ?? '') + (text[at] ?? '\\');
    } else if (OPERATORS.has(char)) return operator(char);
    else word = (word ?? '') + char;
  }
  if (word !== undefined) words.push(word);
  return success({ words, rest: text.slice(at + 1) });
}

function closing(text: string, open: number): number {
  const mark = text[open] as string;
  if (mark === "'") return text.indexOf(mark, open + 1);
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === mark) return at;
  }
  return -1;
}

/** Inside double quotes a backslash counts before `"`, `\`, `$`, a backtick and the end of a line. */
function unquoted(mark: string, inner: string): string {
  if (mark === "'") return inner;
  return inner.replace(/\\([\n"\\$`])/g, (_, char: string) => (char === '\n' ? '' : char));
}

function unclosed(mark: string, rest: string): Result<never> {
  return failure(
    `input run: a ${mark} is never closed: ${rest.split('\n')[0]?.slice(0, 60)}`,
    `write the closing ${mark}, or \\${mark} for the character itself`,
  );
}

function operator(char: string): Result<never> {
  return failure(
    `input run: ${char} outside quotes: the command line is not run by a shell`,
    `quote the texts of tasks, for example batchtool run 'npm ci && npm test'`,
  );
}
