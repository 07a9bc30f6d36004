/** What was found about a plan file, for people and for programs. */
import type { Plan } from '../core/plan.js';
import type { Problem } from '../core/problem.js';
import type { Line } from '../core/shown.js';
import { countOf } from './opening.js';

/** `ok: 4 tasks in 2 stages, 3 needs (batchtool.yml)`. */
export function planIsFine({ tasks }: Plan, file: string): Line {
  const stages = new Set(tasks.flatMap(({ stage }) => (stage === undefined ? [] : [stage]))).size;
  const needs = tasks.reduce((sum, task) => sum + new Set(task.needs.map((need) => need.task)).size, 0);
  const more = [
    ...(stages === 0 ? [] : [` in ${stages} ${stages === 1 ? 'stage' : 'stages'}`]),
    ...(needs === 0 ? [] : [`, ${needs} ${needs === 1 ? 'need' : 'needs'}`]),
  ];
  return [{ text: 'ok', tone: 'good' }, { text: `: ${countOf(tasks.length)}${more.join('')} (${file})` }];
}

/** `validate --json`. What is not known of a problem is null. */
export function verdictDocument(file: string, tasks: number | undefined, problems: readonly Problem[]) {
  return {
    file,
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
