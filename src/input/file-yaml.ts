/** Reads YAML 1.2 text up to its one document: form, depth, size. Faults get a place and, where we know one, a way out. */
import { Composer, type CST, LineCounter, Parser } from 'yaml';
import { failures, type Place, problem, type Result } from '../core/problem.js';
import { convertYaml } from './file-yaml-values.js';
import type { Located } from './place.js';

/** A larger file takes more than some seconds and a gigabyte to read. */
export const MAX_YAML_CHARACTERS = 4e6;
const MAX_DEPTH = 100;
export function readYaml(text: string, file: string): Result<Located> {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined)
    return failures([problem(`nested deeper than ${MAX_DEPTH} levels`, undefined, place(deep))]);
  const composer = new Composer({ schema: 'core', uniqueKeys: false, prettyErrors: false });
  const [first, second] = [...composer.compose(tokens, true, text.length)];
  if (first === undefined) return failures([problem('the file is empty', undefined, place(0))]);
  const problems = [...first.errors, ...first.warnings].map(({ message, code, pos }) =>
    problem(message, HINTS[code], place(pos[0])),
  );
  if (second !== undefined)
    problems.push(problem('a second document begins here', 'a plan is one document', place(second.range[0])));
  if (problems.length > 0) return failures(problems);
  return convertYaml(first, place);
}

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'a text with ": " in it is quoted, or stands below "run: |"',
  MULTILINE_IMPLICIT_KEY: 'a text of several lines stands below "run: |"',
  BAD_SCALAR_START: 'quote this text',
  BAD_INDENT: 'lines of one map or list begin in the same column',
  MISSING_CHAR: 'something is not closed, or a ":" or quote is missing',
  BAD_DQ_ESCAPE: 'a backslash in double quotes is written \\\\; single quotes take it as it is',
  TAG_RESOLVE_FAILED: 'leave the tag out',
};

/** Offset of the first token that stands too deep. The parser itself takes any depth; what comes after it recurses. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  let level: CST.Token[] = [...tokens];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return level[0]?.offset ?? 0;
    const below: CST.Token[] = [];
    for (const token of level) {
      if (token.type === 'document' && token.value !== undefined) below.push(token.value);
      if (!('items' in token)) continue;
      for (const item of token.items) {
        if (item.key) below.push(item.key);
        if (item.value) below.push(item.value);
      }
    }
    level = below;
  }
  return undefined;
}
