/** Whether the result of an attempt is JSON that follows a schema. */
import { type BrokenContract, brokenContract } from '../core/exit.js';
import type { ExpectPolicy } from '../core/expect.js';
import { readSchema } from './json-schema.js';

/** More words than these about one result say nothing more. */
const MOST_FAULTS = 3;
/** The last block of a text that is marked as JSON: agents like to say something around it. */
const JSON_BLOCK = /```json[ \t]*\r?\n([\s\S]*?)\r?\n[ \t]*```/gi;

/** What is wrong with it; undefined when all is well. */
export async function schemaFault(
  schema: NonNullable<ExpectPolicy['schema']>,
  result: string,
  cwd: string,
): Promise<BrokenContract | undefined> {
  const wanted = await readSchema(schema, cwd);
  if (!wanted.ok)
    return { ...brokenContract(wanted.problems.map(({ message }) => message).join('; ')), final: true };
  const value = jsonOf(result);
  if (value === undefined) return brokenContract(`its result is no JSON: ${shown(result)}`);
  const faults = wanted.value(value.json);
  if (faults.length === 0) return undefined;
  const rest = faults.length > MOST_FAULTS ? ` (and ${faults.length - MOST_FAULTS} more)` : '';
  return brokenContract(
    `its result does not follow the schema: ${faults.slice(0, MOST_FAULTS).join('; ')}${rest}`,
  );
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
