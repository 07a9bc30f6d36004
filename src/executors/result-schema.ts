/** Whether the result of an attempt is JSON that follows a schema. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExpectPolicy } from '../core/expect.js';

/** More words than these about one result say nothing more. */
const MOST_FAULTS = 3;
/** The last block of a text that is marked as JSON: agents like to say something around it. */
const JSON_BLOCK = /```json[ \t]*\r?\n([\s\S]*?)\r?\n[ \t]*```/gi;

/** What is wrong with it, in words; undefined when all is well. */
export async function schemaFault(
  schema: NonNullable<ExpectPolicy['schema']>,
  result: string,
  cwd: string,
): Promise<string | undefined> {
  const wanted = typeof schema === 'string' ? schemaIn(schema, cwd) : { schema };
  if ('fault' in wanted) return wanted.fault;
  const value = jsonOf(result);
  if (value === undefined) return `its result is no JSON: ${shown(result)}`;
  // A bundler gives a module that is a function its default alone.
  const { default: module } = await import('ajv');
  const ajv = new module.Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false });
  try {
    if (ajv.validate(wanted.schema as object | boolean, value.json) === true) return undefined;
  } catch (error) {
    return `the schema of its result cannot be used: ${(error as Error).message}`;
  }
  const faults = (ajv.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath || 'it'} ${message ?? ''}`,
  );
  const rest = faults.length > MOST_FAULTS ? ` (and ${faults.length - MOST_FAULTS} more)` : '';
  return `its result does not follow the schema: ${faults.slice(0, MOST_FAULTS).join('; ')}${rest}`;
}

function schemaIn(path: string, cwd: string): { schema: unknown } | { fault: string } {
  try {
    return { schema: JSON.parse(readFileSync(resolve(cwd, path), 'utf8')) };
  } catch (error) {
    return { fault: `the schema ${path} cannot be read: ${(error as Error).message}` };
  }
}

/** The text as JSON, else its last block that is marked as JSON. */
function jsonOf(text: string): { json: unknown } | undefined {
  const block = [...text.matchAll(JSON_BLOCK)].at(-1)?.[1];
  for (const candidate of [text, block]) {
    if (candidate === undefined) continue;
    try {
      return { json: JSON.parse(candidate) };
    } catch {
      // The next one, if there is one.
    }
  }
  return undefined;
}

function shown(text: string): string {
  const plain = text.trim();
  return plain === '' ? 'it is empty' : JSON.stringify(plain.length > 80 ? `${plain.slice(0, 80)}…` : plain);
}
