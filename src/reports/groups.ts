/** Which tasks belong together under the label that the user gave them: `--phase1-parallel 'Research Phase' …`. */
import type { Task } from '../core/plan.js';
import type { Line } from '../core/shown.js';
import { someOf } from './reason.js';

const MOST_IDS = 8;

/** `Research Phase: phase1-1, phase1-2`, one line for each label, in the order written; none where nothing has one. */
export function groupLines(tasks: readonly Task[]): Line[] {
  const groups = new Map<string, string[]>();
  for (const { id, group } of tasks) {
    if (group === undefined) continue;
    const ids = groups.get(group);
    if (ids === undefined) groups.set(group, [id]);
    else ids.push(id);
  }
  return [...groups].map(([label, ids]) => [{ text: `  ${label}: ${someOf(ids, MOST_IDS)}`, tone: 'dim' }]);
}
