/** Whether an attempt that exited 0 delivered what its plan expects. */
import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { type BrokenContract, brokenContract } from '../core/exit.js';
import type { ExpectPolicy } from '../core/expect.js';
import { type Contents, contentsOf } from './changes.js';
import { schemaFault } from './result-schema.js';
import { reviewFault } from './verdict-line.js';

/** A longer line is looked at in pieces of this size. */
const MAX_LINE_CHARACTERS = 65_536;

/** What an attempt that exited 0 has left to be looked at. */
export interface Delivered {
  /** All that a command has printed. Absent of an agent: its log tells which tools it used, which is not for its plan to go by. */
  readonly log?: string;
  /** Its result: what its agent answered, or what a command has printed. */
  readonly result: () => string;
  readonly cwd: string;
  /** What the files of `expect.changed` held before it began. */
  readonly before: Contents;
}

/** The first thing that is not as expected; undefined when all is. `check` is not looked at here. */
export async function broken(
  expect: ExpectPolicy,
  delivered: Delivered,
): Promise<BrokenContract | undefined> {
  const { cwd, result } = delivered;
  const missing = (expect.files ?? []).find((file) => !existsSync(resolve(cwd, file)));
  if (missing !== undefined) return brokenContract(`expected the file ${missing}, which does not exist`);
  const unchanged = unchangedFile(expect.changed ?? [], delivered);
  if (unchanged !== undefined) return brokenContract(unchanged);
  const fault = expect.schema === undefined ? undefined : await schemaFault(expect.schema, result(), cwd);
  if (fault !== undefined) return fault;
  const review = expect.verdict === true ? reviewFault(result()) : undefined;
  if (review !== undefined) return brokenContract(review);
  return brokenPattern(expect, delivered);
}

/** Whether lines of the output match what they must, and not what they must not. */
async function brokenPattern(
  { output = [], notOutput = [] }: ExpectPolicy,
  { log, result }: Delivered,
): Promise<BrokenContract | undefined> {
  const wrong = [...output, ...notOutput].find((source) => regExp(source) === undefined);
  if (wrong !== undefined)
    return { ...brokenContract(`${JSON.stringify(wrong)} is not a regular expression`), final: true };
  if (output.length + notOutput.length === 0) return undefined;
  const wanted = new Map(output.map((source) => [source, regExp(source) as RegExp]));
  const unwanted = new Map(notOutput.map((source) => [source, regExp(source) as RegExp]));
  for await (const line of log === undefined ? result().split(/\r?\n/) : linesOf(log)) {
    for (const [source, expression] of wanted) if (expression.test(line)) wanted.delete(source);
    for (const [source, expression] of unwanted)
      if (expression.test(line))
        return brokenContract(`its output matches ${JSON.stringify(source)}: ${shown(line)}`);
  }
  const [missing] = wanted.keys();
  return missing === undefined
    ? undefined
    : brokenContract(`no line of its output matches ${JSON.stringify(missing)}`);
}

function unchangedFile(paths: readonly string[], { cwd, before }: Delivered): string | undefined {
  for (const [path, content] of contentsOf(paths, cwd)) {
    if (content === undefined) return `expected the file ${path} to be made or changed; there is none`;
    if (content === before.get(path)) return `expected the file ${path} to be changed; it is as it was`;
  }
  return undefined;
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
