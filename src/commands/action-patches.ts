/** The patches of a run, as far as they may leave this machine: a task can have written into a file what nobody may see. */
import { lstatSync, readFileSync } from 'node:fs';
import type { RunState } from '../core/state.js';
import type { RunFolder } from '../journal/folder.js';

/** More is not looked through, and so not let go. */
const MOST_BYTES = 100 * 1024 * 1024;

export interface Patches {
  readonly harmless: readonly string[];
  /** They hold what is to be masked, or nobody knows. */
  readonly withheld: readonly string[];
}

/** Of all attempts that changed something. A task could put a link to anything in the place of one. */
export function patchesOf(folder: RunFolder, { tasks }: RunState, hide: (text: string) => string): Patches {
  const [harmless, withheld]: [string[], string[]] = [[], []];
  for (const { task, attempts } of tasks)
    for (const { number, changes } of attempts) {
      const { patch } = folder.files({ task: task.id, attempt: number });
      const stats = changes && lstatSync(patch, { throwIfNoEntry: false });
      if (stats?.isFile() !== true) continue;
      (stats.size <= MOST_BYTES && isHarmless(patch, hide) ? harmless : withheld).push(patch);
    }
  return { harmless, withheld };
}

function isHarmless(path: string, hide: (text: string) => string): boolean {
  const text = readFileSync(path, 'utf8');
  return hide(text) === text;
}
