/** What was found about a plan file, for people and for programs. */
import type { Plan } from '../core/plan.js';
import type { Problem } from '../core/problem.js';
import type { Line } from '../core/shown.js';
import { countOf } from './opening.js';

/** `ok: 4 tasks in 2 stages, 3 needs (batchtool.yml)`; `source` is the file, or the pattern of what was typed. */
export function planIsFine({ tasks }: Plan, source: string): Line {
  const stages = new Set(tasks.flatMap(({ stage }) => (stage === undefined ? [] : [stage]))).size;
  const needs = tasks.reduce((sum, task) => sum + new Set(task.needs.map((need) => need.task)).size, 0);
  const more = [
    ...(stages === 0 ? [] : [` in ${stages} ${stages === 1 ? 'stage' : 'stages'}`]),
    ...(needs === 0 ? [] : [`, ${needs} ${needs === 1 ? 'need' : 'needs'}`]),
  ];
  return [{ text: 'ok', tone: 'good' }, { text: `: ${countOf(tasks.length)}${more.join('')} (${source})` }];
}

/** `validate --json`. What is not known is null: the file of a plan that was typed, the place of a problem. */
export function verdictDocument(
  file: string | undefined,
  tasks: number | undefined,
  problems: readonly Problem[],
) {
  return {
    file: file ?? null,
    valid: problems.length === 0,
    tasks: tasks ?? null,
    problems: problems.map(({ message, hint, place }) => ({
      message,
      hint: hint ?? null,
      line: place?.line ?? null,
      column: place?.column ?? null,
    })),
  };
}
