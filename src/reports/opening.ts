/** The first lines of a run: what it is, and which tasks are commands and which are prompts, so that a wrong guess is seen at once. */
import { MAIN_POOL, type Plan, type Task } from '../core/plan.js';
import type { Line } from '../core/shown.js';
import { someOf } from './reason.js';
import { titleOf } from './title.js';

const MOST_IDS = 12;

export function openingLines(plan: Plan, run: string): Line[] {
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
  ];
}

/** `commands: build, test` and `prompts: design`, one line for each kind that there is. */
export function kindLines(tasks: readonly Task[]): Line[] {
  const ids: Record<Task['work']['kind'], string[]> = { command: [], prompt: [], integrate: [] };
  for (const task of tasks) ids[task.work.kind].push(titleOf(task));
  const lines: Line[] = [];
  for (const kind of ['command', 'prompt', 'integrate'] as const) {
    const some = ids[kind];
    if (some.length === 0) continue;
    const word =
      kind === 'integrate' ? (some.length === 1 ? 'merge' : 'merges') : some.length === 1 ? kind : `${kind}s`;
    lines.push([{ text: `  ${word}: ${someOf(some, MOST_IDS)}`, tone: 'dim' }]);
  }
  return lines;
}

/** `1 task`, `7 tasks`. */
export function countOf(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks} tasks`;
}
