/** Schemas of results are looked at before anything starts: else an agent is paid before anybody sees that its answer could not count. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExpectPolicy } from '../core/expect.js';
import type { Plan, Task } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { inFile, placesIn } from '../input/compile.js';
import type { Source } from '../input/request.js';
import { someIds } from '../input/sparc-work.js';

type Schema = NonNullable<ExpectPolicy['schema']>;

/** Tasks that expect the same. */
interface Use {
  readonly schema: Schema;
  readonly folder: string;
  readonly tasks: Task[];
}

export interface SchemaFaults {
  readonly wrong: readonly Problem[];
  /** Files that are not there, though no task before could write them. */
  readonly missing: readonly Problem[];
  /** Files that hold none now, but that a task before may write anew. */
  readonly unsure: readonly Problem[];
}

/** What is wrong with the schemas of a plan. Files that a setup of its task may make are not looked at. */
export async function schemaProblems(plan: Plan, source: Source, cwd: string): Promise<SchemaFaults> {
  const wrong: Problem[] = [];
  const missing: Problem[] = [];
  const unsure: Problem[] = [];
  for (const { schema, folder, tasks } of usesIn(plan, cwd)) {
    const isFixed = ({ needs }: Task): boolean => typeof schema !== 'string' || needs.length === 0;
    const fixed = tasks.filter(isFixed);
    if (typeof schema === 'string' && !existsSync(resolve(folder, schema))) {
      const hint = 'it stands where the task works, before the task begins';
      if (fixed.length > 0) missing.push(told(fixed, problem(`there is no schema ${schema}`, hint), source));
      continue;
    }
    const { readSchema } = await import('../executors/json-schema.js');
    const read = await readSchema(schema, folder);
    if (read.ok) continue;
    const later = tasks.filter((task) => !isFixed(task));
    if (fixed.length > 0) wrong.push(...read.problems.map((fault) => told(fixed, fault, source)));
    if (later.length > 0)
      unsure.push(...read.problems.map((fault) => told(later, unlessWritten(fault), source)));
  }
  return { wrong, missing, unsure };
}

function unlessWritten({ message, hint }: Problem): Problem {
  return problem(`${message}, unless a task before writes it anew`, hint);
}

function usesIn(plan: Plan, cwd: string): readonly Use[] {
  const uses = new Map<string, Use>();
  for (const task of plan.tasks) {
    const { expect: { schema } = {} } = task;
    if (schema === undefined || (typeof schema === 'string' && task.setup !== undefined)) continue;
    const folder = resolve(cwd, plan.cwd, task.cwd ?? '.');
    const key = JSON.stringify(typeof schema === 'string' ? [schema, folder] : [schema]);
    const use = uses.get(key) ?? { schema, folder, tasks: [] };
    use.tasks.push(task);
    uses.set(key, use);
  }
  return [...uses.values()];
}

function told(tasks: readonly Task[], { message, hint }: Problem, source: Source): Problem {
  const [first] = tasks;
  const place = placesIn(source)(['tasks', first?.id ?? '', 'expect', 'schema'], 'value');
  const who = `${tasks.length === 1 ? 'task' : 'tasks'} ${someIds(tasks)}`;
  return inFile(problem(`${who}: ${message}`, hint, place), source);
}
