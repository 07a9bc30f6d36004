/** The order in which changes of tasks are merged: each after all that it comes after, else as the plan stands. */
import { type Graph, gateOf } from '../core/graph.js';
import { Heap } from '../core/order.js';
import type { Loop, Plan, Task } from '../core/plan.js';

/** For each task its place, and for each loop that of its closing: after all of its tasks, before who waits for it. */
export interface MergeSequence {
  readonly ofTask: readonly number[];
  readonly ofLoop: ReadonlyMap<Loop, number>;
}

/** Of a plan without circles. Tasks are numbered by their place in the plan, loops after them. */
export function mergeSequence(plan: Plan, graph: Graph): MergeSequence {
  const count = plan.tasks.length;
  const loopNode = new Map(plan.loops.map((loop, at) => [loop, count + at]));
  const after: number[][] = Array.from({ length: count + plan.loops.length }, () => []);
  const left = new Uint32Array(after.length);
  const edge = (before: number, node: number): void => {
    after[before]?.push(node);
    left[node] = (left[node] as number) + 1;
  };
  for (const [index, task] of plan.tasks.entries()) {
    for (const before of nodesBefore(task, index, graph, loopNode)) edge(before, index);
    for (const loop of graph.loopsAround[index] ?? []) edge(index, loopNode.get(loop) as number);
  }
  const lasts = plan.loops.map(({ tasks }) =>
    Math.max(...tasks.map((id) => graph.indexOf.get(id) as number)),
  );
  const place = placesOf(after, left, (node) => lasts[node - count] ?? node);
  return {
    ofTask: place.slice(0, count),
    ofLoop: new Map([...loopNode].map(([loop, node]) => [loop, place[node] as number])),
  };
}

function nodesBefore(task: Task, index: number, graph: Graph, loopNode: ReadonlyMap<Loop, number>) {
  const nodes = task.needs.map((need) => {
    const needed = graph.indexOf.get(need.task) as number;
    const gate = gateOf(graph, needed, index);
    return gate === undefined ? needed : (loopNode.get(gate) as number);
  });
  return new Set(nodes);
}

/** Of those that nothing is before any more, the first of the plan is next; a loop stands where its last task does. */
function placesOf(
  after: readonly (readonly number[])[],
  left: Uint32Array,
  inPlan: (node: number) => number,
): number[] {
  const free = new Heap<number>((a, b) => inPlan(a) < inPlan(b) || (inPlan(a) === inPlan(b) && a < b));
  for (const [node, count] of left.entries()) if (count === 0) free.push(node);
  const place = new Array<number>(after.length).fill(0);
  let next = 0;
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    place[node] = next++;
    for (const behind of after[node] ?? []) {
      left[behind] = (left[behind] as number) - 1;
      if (left[behind] === 0) free.push(behind);
    }
  }
  return place;
}
