/** The tasks that merge: what they are called, and where in a plan they stand. */
import { variableName } from '../core/graph.js';
import {
  DEFAULT_RETRY,
  type Integrate,
  type Loop,
  MAIN_POOL,
  type Need,
  type Plan,
  type Task,
  type TaskId,
  type When,
} from '../core/plan.js';
import { labelOf } from './label.js';

/** The last one is called so, if no task of the user is. */
const LAST = 'integrate';

/** What is merged, and on top of what. */
export interface Merged {
  readonly base: TaskId | undefined;
  readonly work: Omit<Integrate, 'kind'>;
}

export interface Merge extends Merged {
  readonly needs: readonly Need[];
  readonly when: When;
  readonly priority: number;
  /** Around it, innermost first. */
  readonly loops: readonly Loop[];
}

/** Merges that are added to a plan, each with a name of its own. */
export class Merges {
  private readonly names: Set<string>;
  private readonly before = new Map<TaskId, Task[]>();
  private readonly after = new Map<TaskId, Task[]>();
  private readonly ends: Task[] = [];
  private readonly inLoops = new Map<Loop, TaskId[]>();
  private readonly made = new Map<TaskId, Merge>();
  /** Of the merge that is the last of its run. */
  readonly lastId: TaskId;

  constructor(private readonly plan: Plan) {
    this.names = new Set(plan.tasks.map(({ id }) => variableName(id)));
    this.lastId = this.free();
  }

  /** It stands before the task that asked for it first. */
  addBefore(task: TaskId, id: TaskId, merge: Merge): TaskId {
    return this.put(this.before, task, this.taskOf(id, merge));
  }

  /** It stands behind the last of these tasks. */
  addBehind(tasks: readonly TaskId[], id: TaskId, merge: Merge): TaskId {
    const last = this.plan.tasks.findLast((task) => tasks.includes(task.id)) as Task;
    return this.put(this.after, last.id, this.taskOf(id, merge));
  }

  /** It stands behind all others. */
  addAtEnd(id: TaskId, merge: Merge): TaskId {
    this.ends.push(this.taskOf(id, merge));
    return id;
  }

  /** A name that no task has, with these words in it. */
  free(...words: readonly string[]): TaskId {
    const name = [LAST, ...words].join('-').slice(0, MOST_NAME);
    for (let count = 1; ; count++) {
      const id = count === 1 ? name : `${name}-${count}`;
      if (this.names.has(variableName(id))) continue;
      this.names.add(variableName(id));
      return id;
    }
  }

  /** The merge of this name; undefined of other tasks. */
  get(id: TaskId): Pick<Merge, 'base' | 'loops'> | undefined {
    return this.made.get(id);
  }

  /** All tasks, and the loops with the merges that are repeated in them. */
  whole(tasks: readonly Task[]): Pick<Plan, 'tasks' | 'loops'> {
    const all = tasks.flatMap((task) => [
      ...(this.before.get(task.id) ?? []),
      task,
      ...(this.after.get(task.id) ?? []),
    ]);
    const loops = this.plan.loops.map((loop) => {
      const added = this.inLoops.get(loop);
      return added === undefined ? loop : { ...loop, tasks: [...loop.tasks, ...added] };
    });
    return { tasks: [...all, ...this.ends], loops };
  }

  private put(where: Map<TaskId, Task[]>, anchor: TaskId, task: Task): TaskId {
    where.set(anchor, [...(where.get(anchor) ?? []), task]);
    return task.id;
  }

  private taskOf(id: TaskId, merge: Merge): Task {
    const { base, work, needs, when, priority, loops } = merge;
    this.made.set(id, merge);
    for (const loop of loops) this.inLoops.set(loop, [...(this.inLoops.get(loop) ?? []), id]);
    return {
      id,
      label: labelFor(work, base),
      work: { kind: 'integrate', ...work },
      needs,
      when,
      tags: [],
      priority,
      pools: [MAIN_POOL],
      // The same merge meets the same end.
      retry: DEFAULT_RETRY,
      limits: {},
      env: {},
      ...(base === undefined ? {} : { base }),
    };
  }
}

/** Room for a number behind it. */
const MOST_NAME = 90;

function labelFor({ members, pick }: Merge['work'], base: TaskId | undefined): string {
  if (pick !== undefined)
    return labelOf(`merge the best of ${pick.among.map(({ name }) => name).join(', ')}`);
  const ids = members.length === 0 && base !== undefined ? [base] : members.slice(0, MOST_SHOWN);
  return labelOf(`merge ${ids.join(', ')}`);
}

/** A label holds no more. */
const MOST_SHOWN = 40;
