/** `--only` and `--skip`: part of a plan. */
import { nearest } from '../core/graph.js';
import type { Loop, Plan, Task, TaskId } from '../core/plan.js';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';

export interface Choice {
  /** Ids and tags; none given means all tasks. */
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[] | undefined;
}

/**
 * `only` keeps the named tasks and everything that they need; mere order is let go, so that one stage can run alone.
 * `skip` takes tasks out; what needs them runs without them, and what only they needed is not run for their sake.
 */
export function selectTasks(plan: Plan, { only, skip }: Choice): Result<Plan> {
  if (only === undefined && skip === undefined) return success(plan);
  const problems = [...unknownWords('--only', only, plan), ...unknownWords('--skip', skip, plan)];
  if (problems.length > 0) return failures(problems);
  const skipped = new Set(plan.tasks.filter((task) => isNamed(task, skip ?? [])).map(({ id }) => id));
  const wanted = plan.tasks.filter((task) => only === undefined || isNamed(task, only)).map(({ id }) => id);
  const kept = withNeeds(plan, wanted, skipped);
  if (kept.size === 0)
    return failures([
      problem('--only and --skip leave no task', '"batchtool run --dry-run" shows the tasks'),
    ]);
  const tasks = plan.tasks.filter(({ id }) => kept.has(id));
  return success({
    ...plan,
    tasks: tasks.map((task) => withoutOthers(task, kept)),
    loops: plan.loops.flatMap((loop) => loopOf(loop, kept)),
  });
}

function isNamed(task: Task, words: readonly string[]): boolean {
  return words.some((word) => task.id === word || task.tags.includes(word));
}

function unknownWords(flag: string, words: readonly string[] | undefined, plan: Plan): Problem[] {
  const known = new Set(plan.tasks.flatMap(({ id, tags }) => [id, ...tags]));
  return (words ?? [])
    .filter((word) => !known.has(word))
    .map((word) => {
      const near = nearest(word, known);
      return problem(
        `${flag}: no task has the id or tag ${JSON.stringify(word)}`,
        near === undefined ? `known: ${[...known].slice(0, 12).join(', ')}` : `did you mean "${near}"?`,
      );
    });
}

function withNeeds(plan: Plan, wanted: readonly TaskId[], skipped: ReadonlySet<TaskId>): Set<TaskId> {
  const tasks = new Map(plan.tasks.map((task) => [task.id, task]));
  const kept = new Set<TaskId>();
  const open = wanted.filter((id) => !skipped.has(id));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (kept.has(id)) continue;
    kept.add(id);
    for (const need of tasks.get(id)?.needs ?? [])
      if (need.kind === 'data' && !skipped.has(need.task) && tasks.has(need.task)) open.push(need.task);
  }
  return kept;
}

function withoutOthers(task: Task, kept: ReadonlySet<TaskId>): Task {
  const needs = task.needs.filter((need) => kept.has(need.task));
  return needs.length === task.needs.length ? task : { ...task, needs };
}

function loopOf(loop: Loop, kept: ReadonlySet<TaskId>): Loop[] {
  const tasks = loop.tasks.filter((id) => kept.has(id));
  const again = loop.again.tasks.filter((id) => kept.has(id));
  if (tasks.length === 0 || again.length === 0) return [];
  return [{ ...loop, tasks, again: { ...loop.again, tasks: again } }];
}
