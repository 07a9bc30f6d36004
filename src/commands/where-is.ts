/** Where a program stands. */
import { delimiter, join } from 'node:path';
import type { Machine } from '../input/machine.js';

/** Its path, by PATH alone; undefined if it resolves in another way. */
export function whereIs(
  program: string,
  env: Machine['env'],
  resolves: Machine['resolves'],
): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(resolves);
}
