/** The first lines of a run: what it is, and which tasks are commands and which are prompts, so that a wrong guess is seen at once. */
import type { CostEstimate } from '../core/event.js';
import { MAIN_POOL, type Plan, type TaskId } from '../core/plan.js';
import type { Line } from '../core/shown.js';
import { forecastLines } from './cost.js';
import { groupLines } from './groups.js';
import { kindLines } from './kinds.js';

export function openingLines(
  plan: Plan,
  run: string,
  costs?: Readonly<Record<TaskId, CostEstimate>>,
): Line[] {
  const slots = plan.pools[MAIN_POOL];
  const width = slots === undefined || plan.tasks.length === 1 ? '' : `, at most ${slots} at a time`;
  return [
    [
      { text: '▶', tone: 'busy' },
      { text: ' ' },
      { text: plan.name, tone: 'strong' },
      { text: `: ${countOf(plan.tasks.length)}${width} ` },
      { text: `(run ${run})`, tone: 'dim' },
    ],
    ...kindLines(plan.tasks),
    ...groupLines(plan.tasks),
    ...forecastLines(plan, costs),
  ];
}

/** `1 task`, `7 tasks`. */
export function countOf(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks} tasks`;
}
