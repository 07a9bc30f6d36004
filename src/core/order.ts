/**
 * Who starts first. The order is total: priority, then the longest path to the end, then plan order.
 * Ready tasks wait in one queue for each set of pools, so that what lacks a slot never blocks the others.
 */
import type { Graph } from './graph.js';
import type { Plan, Task, TaskId } from './plan.js';

/** A binary heap; `before(a, b)` says that a comes out first. */
export class Heap<T> {
  private items: T[] = [];

  constructor(private readonly before: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  clear(): void {
    this.items = [];
  }

  push(item: T): void {
    const items = this.items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(item, items[parent] as T)) break;
      items[i] = items[parent] as T;
      i = parent;
    }
    items[i] = item;
  }

  pop(): T | undefined {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.before(items[child + 1] as T, items[child] as T)) child++;
      if (!this.before(items[child] as T, last)) break;
      items[i] = items[child] as T;
      i = child;
    }
    items[i] = last;
    return top;
  }

  /** Visits items from the top for as long as the predicate holds along each branch; no order among them. */
  eachWhile(holds: (item: T) => boolean, visit: (item: T) => void, i = 0): void {
    const item = this.items[i];
    if (item === undefined || !holds(item)) return;
    visit(item);
    this.eachWhile(holds, visit, 2 * i + 1);
    this.eachWhile(holds, visit, 2 * i + 2);
  }
}

/** A first-in first-out list that gives up its front in constant time. */
export class Queue<T> {
  private items: T[] = [];
  private head = 0;

  push(item: T): void {
    this.items.push(item);
  }

  /** The first item for which `stands` holds; those before it are dropped for good. */
  first(stands: (item: T) => boolean): T | undefined {
    while (this.head < this.items.length) {
      const item = this.items[this.head] as T;
      if (stands(item)) return item;
      this.head++;
    }
    this.items = [];
    this.head = 0;
    return undefined;
  }
}

/** What the order looks at. `tail` is the expected time from a task's start to the end of the plan along its longest path. */
export interface Ranked {
  readonly task: Task;
  readonly index: number;
  readonly tail: number;
}

/** True when a starts before b, slots permitting. */
export function startsBefore(a: Ranked, b: Ranked): boolean {
  if (a.task.priority !== b.task.priority) return a.task.priority > b.task.priority;
  if (a.tail !== b.tail) return a.tail > b.tail;
  return a.index < b.index;
}

/**
 * For each task the length of the longest path from its start to the end: its own expected duration plus the
 * longest of those that need it. Unknown durations count as the mean of the known ones, or as 1 (hops) when none is known.
 */
export function tails(plan: Plan, graph: Graph, estimates: Readonly<Record<TaskId, number>>): Float64Array {
  const expected = (id: TaskId): number | undefined =>
    Object.hasOwn(estimates, id) ? estimates[id] : undefined;
  const known = plan.tasks.map((task) => expected(task.id)).filter((millis) => millis !== undefined);
  const unknown = known.length === 0 ? 1 : known.reduce((sum, millis) => sum + millis, 0) / known.length;
  const result = new Float64Array(plan.tasks.length);
  for (const index of dependentsFirst(plan, graph)) {
    let longest = 0;
    for (const dependent of graph.dependents[index] ?? [])
      longest = Math.max(longest, result[dependent] as number);
    result[index] = longest + (expected((plan.tasks[index] as Task).id) ?? unknown);
  }
  return result;
}

/** All tasks so that each comes after everything that needs it. The plan has no circle. */
function dependentsFirst(plan: Plan, graph: Graph): number[] {
  const left = graph.dependents.map((list) => list.length);
  const order: number[] = [];
  for (let index = left.length - 1; index >= 0; index--) if (left[index] === 0) order.push(index);
  for (let next = 0; next < order.length; next++) {
    const task = plan.tasks[order[next] as number] as Task;
    for (const id of new Set(task.needs.map((need) => need.task))) {
      const index = graph.indexOf.get(id) as number;
      left[index] = (left[index] as number) - 1;
      if (left[index] === 0) order.push(index);
    }
  }
  return order;
}
