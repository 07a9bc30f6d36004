/** Where a program stands. */
import { join } from 'node:path';
import type { Machine } from '../input/machine.js';
import { programFolders } from '../machine.js';

/** Its path, by PATH alone; undefined if it resolves in another way. */
export function whereIs(
  program: string,
  env: Machine['env'],
  resolves: Machine['resolves'],
): string | undefined {
  return programFolders(env)
    .map((folder) => join(folder, program))
    .find(resolves);
}
