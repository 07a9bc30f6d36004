/** Of several variants one is taken: which tasks of a plan that concerns. */
import type { Graph } from '../core/graph.js';
import type { Pick, Plan, Task, TaskId } from '../core/plan.js';

export interface PickPart {
  readonly pick: Pick;
  /** Tasks of all variants. */
  readonly variants: readonly TaskId[];
  /** Who looks at all of them: what they change is not taken. */
  readonly judges: ReadonlySet<TaskId>;
}

/** The part of each task that belongs to one: of picks whose tasks are there and all isolated. */
export function partsOf(plan: Plan, graph: Graph, picks: readonly Pick[]): ReadonlyMap<TaskId, PickPart> {
  const parts = new Map<TaskId, PickPart>();
  for (const whole of picks) {
    const pick = whatIsLeft(whole, graph);
    const variants = pick.among.flatMap(({ tasks }) => tasks);
    const taskOf = (id: TaskId): Task => plan.tasks[graph.indexOf.get(id) as number] as Task;
    if (variants.length === 0 || variants.some((id) => taskOf(id).isolate !== 'worktree')) continue;
    const part = { pick, variants, judges: judgesOf(pick, variants, plan, graph) };
    for (const id of [...variants, ...part.judges]) parts.set(id, part);
  }
  return parts;
}

function whatIsLeft({ judge, among }: Pick, { indexOf }: Graph): Pick {
  const variants = among.map(({ name, tasks }) => ({ name, tasks: tasks.filter((id) => indexOf.has(id)) }));
  return {
    ...(judge === undefined || !indexOf.has(judge) ? {} : { judge }),
    among: variants.filter(({ tasks }) => tasks.length > 0),
  };
}

/** Who needs a variant, and what stands between these and the judge. Without a judge, nobody: the others go on from the winner. */
function judgesOf({ judge }: Pick, variants: readonly TaskId[], plan: Plan, graph: Graph): Set<TaskId> {
  const judges = new Set<TaskId>();
  if (judge === undefined) return judges;
  const inVariant = new Set(variants);
  for (const id of variants)
    for (const index of graph.dependents[graph.indexOf.get(id) as number] ?? [])
      judges.add((plan.tasks[index] as Task).id);
  judges.add(judge);
  for (const id of judges)
    if (!inVariant.has(id))
      for (const need of plan.tasks[graph.indexOf.get(id) as number]?.needs ?? [])
        if (!inVariant.has(need.task)) judges.add(need.task);
  for (const id of variants) judges.delete(id);
  return judges;
}
