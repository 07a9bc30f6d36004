/** One answer on standard output: a sheet for people, or one JSON document. */
import type { Sheet } from '../core/shown.js';
import { Outlet } from '../terminal/outlet.js';
import { renderSheet } from '../terminal/sheet.js';
import { styleFor } from '../terminal/style.js';
import type { Surroundings } from './surroundings.js';

/** One JSON document. Resolves when it was handed on, or when its reader went away. */
export function printJson(document: unknown, { stdout }: Surroundings): Promise<void> {
  return new Outlet(stdout).write(`${JSON.stringify(document)}\n`);
}

/** A table with its head and foot, as wide as the terminal; whole when there is none. */
export async function printSheet(sheet: Sheet, { stdout, env }: Surroundings): Promise<void> {
  const columns = stdout.isTTY === true ? stdout.columns : undefined;
  await new Outlet(stdout).write(await renderSheet(sheet, styleFor(stdout, env, 'data'), columns));
}
