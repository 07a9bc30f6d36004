/** What makes a plan impossible, told so that a person can read it: not thousands of faults, each with its hint. */
import { planProblems } from '../core/graph.js';
import type { Plan } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';

/** Each need on nothing is compared with every id for its hint; thousands of them would take minutes. */
const MAX_STRAY_NEEDS = 20;
const MAX_PROBLEMS = 50;

export function impossibilities(plan: Plan): Problem[] {
  const { plan: fewer, left } = withFewStrayNeeds(plan);
  const found = planProblems(fewer);
  if (found.length > 0) found.push(...selfNeeds(plan, found));
  const shown = found.slice(0, MAX_PROBLEMS);
  const hidden = found.length - shown.length + left;
  return hidden === 0 ? shown : [...shown, problem(`… and ${hidden} more problems`)];
}

/** A circle is told only when the graph is whole otherwise; a task that needs itself is told anyway. */
function selfNeeds(plan: Plan, found: readonly Problem[]): Problem[] {
  const told = new Set(found.map(({ message }) => message));
  return plan.tasks
    .filter(({ id, needs }) => needs.some(({ task }) => task === id))
    .map(({ id }) => problem(`task "${id}" needs itself`, 'remove this dependency'))
    .filter(({ message }) => !told.has(message))
    .slice(0, MAX_PROBLEMS);
}

function withFewStrayNeeds(plan: Plan): { plan: Plan; left: number } {
  const known = new Set(plan.tasks.map(({ id }) => id));
  let stray = 0;
  const tasks = plan.tasks.map((task) => {
    if (task.needs.every((need) => known.has(need.task))) return task;
    const needs = task.needs.filter((need) => known.has(need.task) || ++stray <= MAX_STRAY_NEEDS);
    return { ...task, needs };
  });
  const left = Math.max(0, stray - MAX_STRAY_NEEDS);
  return left === 0 ? { plan, left } : { plan: { ...plan, tasks }, left };
}
