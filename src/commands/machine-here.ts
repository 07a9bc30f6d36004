/** The machine as compiling a plan wants to know it. */
import type { Machine } from '../input/machine.js';
import { isInBare, repositoriesAround, repositoryOf } from '../journal/repository.js';
import { takeMachine } from '../machine.js';
import type { Surroundings } from './surroundings.js';

/** With the SPARC modes of the project; where it has none, nothing is loaded to read them. */
export async function machineHere({ cwd, env }: Pick<Surroundings, 'cwd' | 'env'>): Promise<Machine> {
  const hasRepository = (folder: string): boolean => repositoriesAround(folder).next().done !== true;
  const machine = { ...takeMachine(cwd, env, repositoryOf(cwd)), hasRepository, isInBare };
  if (machine.roomodes === undefined) return machine;
  const { withOwnModes } = await import('../input/file-roomodes.js');
  return withOwnModes(machine);
}
