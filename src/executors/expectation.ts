/** Whether an attempt that exited 0 delivered what its plan expects. */
import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { ExpectPolicy } from '../core/expect.js';

/** A longer line is looked at in pieces of this size. */
const MAX_LINE_CHARACTERS = 65_536;

/** The first thing that is not as expected, in words; undefined when all is. */
export async function broken(expect: ExpectPolicy, log: string, cwd: string): Promise<string | undefined> {
  for (const file of expect.files ?? []) {
    if (!existsSync(resolve(cwd, file))) return `expected the file ${file}, which does not exist`;
  }
  const wanted = new Map<string, RegExp>();
  const unwanted = new Map<string, RegExp>();
  for (const [sources, expressions] of [
    [expect.output, wanted],
    [expect.notOutput, unwanted],
  ] as const) {
    for (const source of sources ?? []) {
      const expression = regExp(source);
      if (expression === undefined) return `${JSON.stringify(source)} is not a regular expression`;
      expressions.set(source, expression);
    }
  }
  if (wanted.size + unwanted.size === 0) return undefined;
  for await (const line of linesOf(log)) {
    for (const [source, expression] of wanted) if (expression.test(line)) wanted.delete(source);
    for (const [source, expression] of unwanted) {
      if (expression.test(line)) return `its output matches ${JSON.stringify(source)}: ${shown(line)}`;
    }
  }
  const [missing] = wanted.keys();
  return missing === undefined ? undefined : `no line of its output matches ${JSON.stringify(missing)}`;
}

function regExp(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'i');
  } catch {
    return undefined;
  }
}

function shown(line: string): string {
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of createReadStream(path)) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (rest.length < MAX_LINE_CHARACTERS) continue;
    yield rest;
    rest = '';
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
