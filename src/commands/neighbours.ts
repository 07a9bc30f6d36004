/** Live runs that share a namespace with one that is about to start: both read and write its notes. */
import type { Plan } from '../core/plan.js';
import { Fatal } from '../core/problem.js';
import { holderOf } from '../journal/claim.js';
import type { StateDir } from '../journal/folder.js';
import { listRuns, readPlan } from '../journal/runs.js';
import { ownerLives } from './look.js';

/** One line for each. */
export function neighbourNotices(stateDir: StateDir, plan: Plan): string[] {
  const ours = namespacesOf(plan);
  if (ours.size === 0) return [];
  return listRuns(stateDir).flatMap((folder) => {
    const holder = holderOf(folder);
    if (holder === undefined || !ownerLives(holder)) return [];
    const shared = namespacesIn(() => readPlan(folder).plan).find((name) => ours.has(name));
    return shared === undefined
      ? []
      : [`run ${folder.id} is going on in namespace ${JSON.stringify(shared)}, too`];
  });
}

/** What cannot be read is for those to say who look at it. */
function namespacesIn(read: () => Plan): string[] {
  try {
    return [...namespacesOf(read())];
  } catch (error) {
    if (error instanceof Fatal) return [];
    throw error;
  }
}

function namespacesOf({ namespace, tasks }: Plan): Set<string> {
  const all = [namespace, ...tasks.map((task) => task.namespace)];
  return new Set(all.filter((name) => name !== undefined));
}
