/** The machine from where the tasks of a run stand, which may be another folder than the one in which they were typed. */
import type { Machine } from './machine.js';
import { resolvePath } from './paths.js';
import type { Settings } from './settings.js';

/** The machine as the tasks of a run see it: SPARC runners that the settings name are known, and paths begin where tasks work. */
export function seenByTasks(machine: Machine, { runners, cwd }: Settings): Machine {
  const folder = cwd === undefined ? undefined : resolvePath(machine.cwd, cwd.value);
  return {
    ...machine,
    ...(runners === undefined ? {} : { moreRunners: runners.value }),
    ...(folder === undefined
      ? {}
      : { resolves: (word) => machine.resolves(word.includes('/') ? resolvePath(folder, word) : word) }),
  };
}
