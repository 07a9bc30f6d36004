/** `--only` and `--skip`: part of a plan. */
import { nearest } from '../core/nearest.js';
import type { Loop, Need, Plan, Task, TaskId } from '../core/plan.js';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { said } from './setting-problems.js';
import type { Settings } from './settings.js';

/** Ids and tags; none given means all tasks. */
export type Choice = Pick<Settings, 'only' | 'skip'>;

/**
 * `only` keeps the named tasks and everything that they need; mere order is let go, so that one stage can run alone.
 * `skip` takes tasks out; what needs them runs without them, in the same order, and what only they needed is not run
 * for their sake.
 */
export function selectTasks(plan: Plan, { only, skip }: Choice): Result<Plan> {
  if (only === undefined && skip === undefined) return success(plan);
  const problems = [...unknownWords(only, plan), ...unknownWords(skip, plan)];
  if (problems.length > 0) return failures(problems);
  const skipped = new Set(plan.tasks.filter((task) => isNamed(task, skip?.value ?? [])).map(({ id }) => id));
  const wanted = plan.tasks
    .filter((task) => only === undefined || isNamed(task, only.value))
    .map(({ id }) => id);
  const kept = withNeeds(plan, wanted, skipped);
  if (kept.size === 0)
    return failures([
      problem('--only and --skip leave no task', '"batchtool run --dry-run" shows the tasks'),
    ]);
  const tasks = plan.tasks.filter(({ id }) => kept.has(id));
  return success({
    ...plan,
    tasks: withoutOthers(tasks, kept, plan),
    loops: plan.loops.flatMap((loop) => loopOf(loop, kept)),
  });
}

function isNamed(task: Task, words: readonly string[]): boolean {
  return words.some((word) => task.id === word || task.tags.includes(word));
}

function unknownWords(choice: Choice['only'], plan: Plan): Problem[] {
  if (choice === undefined) return [];
  const known = new Set(plan.tasks.flatMap(({ id, tags }) => [id, ...tags]));
  return choice.value
    .filter((word) => !known.has(word))
    .map((word) => {
      const near = nearest(word, known);
      return said(
        choice.origin,
        `no task has the id or tag ${JSON.stringify(word)}`,
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

/** Where the order led over a task that is left out, it still leads to what came before that one. */
function withoutOthers(tasks: readonly Task[], kept: ReadonlySet<TaskId>, plan: Plan): readonly Task[] {
  const needsOf = new Map(plan.tasks.map(({ id, needs }) => [id, needs]));
  // Groups share one list of needs; each list is looked at once.
  const fewer = new Map<readonly Need[], readonly Need[]>();
  return tasks.map((task) => {
    const known = fewer.get(task.needs) ?? bridged(task.needs, kept, needsOf);
    fewer.set(task.needs, known);
    return known === task.needs ? task : { ...task, needs: known };
  });
}

function bridged(
  needs: readonly Need[],
  kept: ReadonlySet<TaskId>,
  needsOf: ReadonlyMap<TaskId, readonly Need[]>,
): readonly Need[] {
  if (needs.every(({ task }) => kept.has(task))) return needs;
  const found = needs.filter(({ task }) => kept.has(task));
  const told = new Set(found.map(({ task }) => task));
  const lists = new Set([needs]);
  for (const list of lists)
    for (const need of list) {
      if (need.kind !== 'order') continue;
      if (!kept.has(need.task)) lists.add(needsOf.get(need.task) ?? []);
      else if (!told.has(need.task)) {
        told.add(need.task);
        found.push(need);
      }
    }
  return found;
}

function loopOf(loop: Loop, kept: ReadonlySet<TaskId>): Loop[] {
  const tasks = loop.tasks.filter((id) => kept.has(id));
  const again = loop.again.tasks.filter((id) => kept.has(id));
  if (tasks.length === 0 || again.length === 0) return [];
  return [{ ...loop, tasks, again: { ...loop.again, tasks: again } }];
}
