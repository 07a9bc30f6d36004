/** One answer on standard output: a sheet for people, or one JSON document. */
import { once } from 'node:events';
import type { Line, Sheet } from '../core/shown.js';
import type { Surroundings } from './surroundings.js';

/** One JSON document. Waits for a slow reader; one that went away is not waited for. */
export async function printJson(document: unknown, around: Surroundings): Promise<void> {
  await write(`${JSON.stringify(document)}\n`, around);
}
