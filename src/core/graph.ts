/**
 * The plan as a graph of indexes, computed once: who depends on whom, which loops surround a task,
 * and the faults that make a plan impossible. Tasks are numbered by their place in the plan.
 */
import { nearest } from './nearest.js';
import type { Loop, Plan, Task, TaskId } from './plan.js';
import { type Problem, problem } from './problem.js';

export interface Graph {
  readonly indexOf: ReadonlyMap<TaskId, number>;
  /** For each task, the tasks that need it, in plan order. */
  readonly dependents: readonly (readonly number[])[];
  /** For each task, the loops around it, innermost first. */
  readonly loopsAround: readonly (readonly Loop[])[];
  /** Stage names in the order in which they first appear, with their tasks. */
  readonly stages: ReadonlyMap<string, readonly number[]>;
}

const NO_LOOPS: readonly Loop[] = [];

/** Indexes a plan that `planProblems` found nothing wrong with. */
export function graphOf(plan: Plan): Graph {
  const indexOf = new Map(plan.tasks.map((task, index) => [task.id, index]));
  const dependents: number[][] = plan.tasks.map(() => []);
  const stages = new Map<string, number[]>();
  for (const [index, task] of plan.tasks.entries()) {
    for (const id of new Set(task.needs.map((need) => need.task)))
      dependents[indexOf.get(id) as number]?.push(index);
    if (task.stage !== undefined) stages.set(task.stage, [...(stages.get(task.stage) ?? []), index]);
  }
  return { indexOf, dependents, loopsAround: loopsAround(plan, indexOf), stages };
}

function loopsAround(plan: Plan, indexOf: ReadonlyMap<TaskId, number>): (readonly Loop[])[] {
  const around: (readonly Loop[])[] = plan.tasks.map(() => NO_LOOPS);
  for (const loop of innermostFirst(plan.loops)) {
    for (const id of loop.tasks) {
      const index = indexOf.get(id) as number;
      around[index] = [...(around[index] ?? NO_LOOPS), loop];
    }
  }
  return around;
}

/** Loops sorted so that one that stands inside another comes before it. */
export function innermostFirst(loops: readonly Loop[]): readonly Loop[] {
  return [...loops].sort((a, b) => a.tasks.length - b.tasks.length);
}

/**
 * The loop whose closing `dependent` waits for before it may look at `need`: the outermost one
 * around the needed task that does not also surround the dependent. Undefined when they share all loops.
 */
export function gateOf(graph: Graph, need: number, dependent: number): Loop | undefined {
  const around = graph.loopsAround[need] ?? NO_LOOPS;
  if (around.length === 0) return undefined;
  const shared = graph.loopsAround[dependent] ?? NO_LOOPS;
  for (let i = around.length - 1; i >= 0; i--) {
    const loop = around[i] as Loop;
    if (!shared.includes(loop)) return loop;
  }
  return undefined;
}

/** The name of a task in variables: upper case, every other character `_`. */
export function variableName(id: TaskId): string {
  return id.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Most ids are plain ASCII; to make the expression for the others ready takes as long as a journal. */
function isWord(id: string): boolean {
  return /^\w[\w.-]*$/.test(id) || /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(id);
}

/** Why an id cannot name a file on every system, or undefined. */
export function idFault(id: TaskId): string | undefined {
  if (id.length > 100) return 'is longer than 100 characters';
  if (!isWord(id))
    return 'may hold only letters, digits, ".", "_" and "-", and starts with a letter or digit';
  // A file name holds 255 bytes, and endings are added.
  if (encodeURIComponent(id).replace(/%../g, '-').length > 200) return 'is longer than 200 bytes';
  if (id.endsWith('.') || RESERVED.test(id)) return 'is not a file name on every system';
  return undefined;
}

/** Everything that makes a plan impossible, all faults at once; of circles the first. */
export function planProblems(plan: Plan): Problem[] {
  const loopFaults = loopProblems(plan);
  const problems = [
    ...idProblems(plan.tasks),
    ...needProblems(plan.tasks),
    ...poolProblems(plan),
    ...loopFaults,
  ];
  const cycle = findCycle(problems.length === 0 ? plan : whatStands(plan, loopFaults.length === 0));
  if (cycle === undefined) return problems;
  const message =
    cycle.length === 2
      ? `task "${cycle[0]}" needs itself`
      : `the tasks need each other in a circle: ${cycle.join(' → ')}`;
  return [...problems, problem(message, 'remove one of these dependencies')];
}

/** The plan without what was found wrong with it, so that a circle is told beside other faults. */
function whatStands(plan: Plan, withLoops: boolean): Plan {
  const byId = new Map<TaskId, Task>();
  for (const task of plan.tasks) if (!byId.has(task.id)) byId.set(task.id, task);
  const tasks = [...byId.values()].map((task) => ({
    ...task,
    needs: task.needs.filter((need) => byId.has(need.task)),
  }));
  return { ...plan, tasks, loops: withLoops ? plan.loops : [] };
}

function idProblems(tasks: readonly Task[]): Problem[] {
  const problems: Problem[] = [];
  const byVariable = new Map<string, TaskId>();
  for (const { id } of tasks) {
    const fault = idFault(id);
    if (fault !== undefined) {
      const shown = id.length > 60 ? `${id.slice(0, 60)}…` : id;
      problems.push(problem(`task id ${JSON.stringify(shown)} ${fault}`, 'an id like "build-api" works'));
    }
    const variable = variableName(id);
    const other = byVariable.get(variable);
    if (other === id) problems.push(problem(`duplicate task id "${id}"`, 'give each task an id of its own'));
    else if (other !== undefined)
      problems.push(
        problem(
          `task ids "${other}" and "${id}" give the same variable name BATCHTOOL_OUTPUT_${variable}_…`,
          'rename one of them',
        ),
      );
    else byVariable.set(variable, id);
  }
  return problems;
}

const MOST_SEARCHES = 20;

function needProblems(tasks: readonly Task[]): Problem[] {
  const problems: Problem[] = [];
  const known = new Set(tasks.map((task) => task.id));
  for (const task of tasks) {
    for (const need of task.needs) {
      if (known.has(need.task)) continue;
      // A search in all ids: worth it for the first few, and nobody reads more.
      const near = problems.length < MOST_SEARCHES ? nearest(need.task, known) : undefined;
      problems.push(
        problem(
          `task "${task.id}" needs "${need.task}", which is not in the plan`,
          near === undefined ? `known ids: ${[...known].slice(0, 12).join(', ')}` : `did you mean "${near}"?`,
        ),
      );
    }
  }
  return problems;
}

function poolProblems(plan: Plan): Problem[] {
  const problems: Problem[] = [];
  for (const [pool, slots] of Object.entries(plan.pools)) {
    if (!Number.isInteger(slots) || slots < 1)
      problems.push(problem(`pool "${pool}" must have at least 1 slot, found ${slots}`));
  }
  for (const task of plan.tasks) {
    for (const pool of task.pools) {
      if (!Object.hasOwn(plan.pools, pool))
        problems.push(problem(`task "${task.id}" uses pool "${pool}", which the plan does not have`));
    }
  }
  return problems;
}

function loopProblems(plan: Plan): Problem[] {
  const problems: Problem[] = [];
  const known = new Set(plan.tasks.map((task) => task.id));
  const ids = new Set<string>();
  for (const loop of plan.loops) {
    if (ids.has(loop.id)) problems.push(problem(`duplicate loop id "${loop.id}"`));
    ids.add(loop.id);
    if (loop.tasks.length === 0 || loop.max < 1)
      problems.push(problem(`loop "${loop.id}" needs tasks and at least 1 round`));
    for (const id of loop.tasks)
      if (!known.has(id))
        problems.push(problem(`loop "${loop.id}" repeats "${id}", which is not in the plan`));
    for (const id of loop.again.tasks)
      if (!loop.tasks.includes(id))
        problems.push(problem(`loop "${loop.id}" asks about "${id}", which is not in it`));
  }
  for (const [i, a] of plan.loops.entries())
    for (const b of plan.loops.slice(i + 1)) {
      const shared = a.tasks.filter((id) => b.tasks.includes(id)).length;
      if (
        shared === 0 ||
        (shared === Math.min(a.tasks.length, b.tasks.length) && a.tasks.length !== b.tasks.length)
      )
        continue;
      problems.push(problem(`loops "${a.id}" and "${b.id}" overlap; loops must be nested or apart`));
    }
  return problems;
}

/**
 * One circle of needs, first task repeated at the end, or undefined. A loop counts as one step for who waits
 * outside it: its closing needs all of its members.
 */
function findCycle(plan: Plan): TaskId[] | undefined {
  const graph = graphOf(plan);
  const count = plan.tasks.length;
  const loopNode = new Map(plan.loops.map((loop, i) => [loop, count + i]));
  const needsOf = (node: number): number[] => {
    if (node >= count)
      return (plan.loops[node - count] as Loop).tasks.map((id) => graph.indexOf.get(id) as number);
    return (plan.tasks[node] as Task).needs.map((need) => {
      const index = graph.indexOf.get(need.task) as number;
      const gate = gateOf(graph, index, node);
      return gate === undefined ? index : (loopNode.get(gate) as number);
    });
  };
  const mark = new Uint8Array(count + plan.loops.length);
  for (let root = 0; root < mark.length; root++) {
    if (mark[root] !== 0) continue;
    const path: { node: number; needs: number[]; next: number }[] = [
      { node: root, needs: needsOf(root), next: 0 },
    ];
    mark[root] = 1;
    while (path.length > 0) {
      const top = path[path.length - 1] as (typeof path)[number];
      const need = top.needs[top.next++];
      if (need === undefined) {
        mark[top.node] = 2;
        path.pop();
      } else if (mark[need] === 1) {
        const circle = path.slice(path.findIndex((step) => step.node === need)).map((step) => step.node);
        return nameCircle(plan, circle);
      } else if (mark[need] === 0) {
        mark[need] = 1;
        path.push({ node: need, needs: needsOf(need), next: 0 });
      }
    }
  }
  return undefined;
}

function nameCircle(plan: Plan, circle: readonly number[]): TaskId[] {
  const names = circle
    .filter((node) => node < plan.tasks.length)
    .map((node) => (plan.tasks[node] as Task).id);
  return [...names, names[0] as TaskId];
}
