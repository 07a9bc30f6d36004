/** Names in a plan file that must fit together: ids, needs, stages, pools, the pattern. Works on data of any shape. */
import { idFault, variableName } from '../core/graph.js';
import { nearest } from '../core/nearest.js';
import { MAIN_POOL } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { PATTERNS } from '../patterns/index.js';
import { type Located, type Path, valueAt } from './place.js';

/** With a hint for every one of thousands of faults, finding the hints would take longer than reading the file. */
const MAX_HINTS = 20;
/** More are never read. */
const MAX_PROBLEMS = 100;

/** Everything but needs. */
export function nameProblems(located: Located): Problem[] {
  return new GraphCheck(located, new Set()).names();
}

/** Needs on nothing or on oneself. `instances`: ids that matrices give; unknown, all that look like one pass. */
export function needProblems(located: Located, instances?: ReadonlySet<string>): Problem[] {
  return new GraphCheck(located, instances).needs();
}

class GraphCheck {
  private readonly found: Problem[] = [];
  private readonly ids: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly stages: ReadonlySet<string> | undefined;
  private readonly pools: ReadonlySet<string>;
  private hints = 0;

  constructor(
    private readonly located: Located,
    private readonly instances: ReadonlySet<string> | undefined,
  ) {
    this.ids = located.keysAt(['tasks']);
    this.known = new Set([...this.ids, ...(instances ?? [])]);
    const stages = stagesIn(located);
    this.stages = stages === undefined ? undefined : new Set(stages.filter((name) => name !== undefined));
    this.pools = new Set(located.keysAt(['pools']));
  }

  names(): Problem[] {
    const tasks = valueAt(this.located.value, ['tasks']);
    if (Array.isArray(tasks)) return [];
    if (typeof tasks === 'object' && tasks !== null && this.ids.length === 0)
      this.add('"tasks" holds no task', ['tasks'], 'key', 'for example build: {run: npm run build}');
    this.checkTop();
    this.checkIds();
    for (const id of this.ids) {
      this.checkStage(id);
      this.checkPools(['tasks', id, 'pool']);
    }
    this.checkPools(['defaults', 'pool']);
    return this.found;
  }

  needs(): Problem[] {
    for (const id of this.ids) this.checkNeeds(id);
    return this.found;
  }

  private checkTop(): void {
    const pattern = valueAt(this.located.value, ['pattern']);
    const names = PATTERNS.filter(({ arrange }) => arrange !== undefined).map(({ name }) => name);
    if (typeof pattern === 'string' && !names.includes(pattern))
      this.add(
        `pattern: expected ${names.join(', ')}; found ${JSON.stringify(pattern.slice(0, 60))}`,
        ['pattern'],
        'value',
        'without a pattern the tasks form a graph by their needs',
      );
    if (this.pools.has(MAIN_POOL))
      this.add(`the pool "${MAIN_POOL}" is sized by "max-concurrent"`, ['pools', MAIN_POOL], 'key');
    const stages = stagesIn(this.located) ?? [];
    for (const [index, name] of stages.entries())
      if (name !== undefined && stages.indexOf(name) !== index)
        this.add(`duplicate stage ${JSON.stringify(name)}`, ['stages', index], 'value');
  }

  private checkIds(): void {
    const byVariable = new Map<string, string>();
    for (const id of this.ids) {
      const path = ['tasks', id];
      const fault = idFault(id);
      if (fault !== undefined)
        this.add(`task id ${JSON.stringify(cut(id))} ${fault}`, path, 'key', 'an id like "build-api" works');
      const variable = variableName(id);
      const other = byVariable.get(variable);
      if (other === undefined) byVariable.set(variable, id);
      else
        this.add(
          `task ids "${cut(other)}" and "${cut(id)}" give the same variable name BATCHTOOL_OUTPUT_${cut(variable)}_…`,
          path,
          'key',
          'rename one of them',
        );
    }
  }

  private checkNeeds(id: string): void {
    const path = ['tasks', id, 'needs'];
    const needs = valueAt(this.located.value, path);
    const list = typeof needs === 'string' ? [needs] : Array.isArray(needs) ? needs : [];
    for (const [index, need] of list.entries()) {
      const at = Array.isArray(needs) ? [...path, index] : path;
      if (typeof need !== 'string' || need.trim() === '') continue;
      if (need === id) this.add(`task "${cut(id)}" needs itself`, at, 'value', 'remove this dependency');
      else if (!this.known.has(need) && !this.isInstance(need))
        this.add(
          `task "${cut(id)}" needs "${cut(need)}", which is not in the plan`,
          at,
          'value',
          this.nearby(need, this.known),
        );
    }
  }

  private isInstance(need: string): boolean {
    if (this.instances !== undefined) return false;
    for (let dash = need.indexOf('-'); dash > 0; dash = need.indexOf('-', dash + 1)) {
      const matrix = valueAt(this.located.value, ['tasks', need.slice(0, dash), 'matrix']);
      if (matrix !== undefined) return true;
    }
    return false;
  }

  private checkStage(id: string): void {
    const stage = valueAt(this.located.value, ['tasks', id, 'stage']);
    if (typeof stage !== 'string' || this.stages === undefined || this.stages.has(stage)) return;
    this.add(
      `task "${cut(id)}" is in stage "${cut(stage)}", which "stages" does not list`,
      ['tasks', id, 'stage'],
      'value',
      this.nearby(stage, this.stages),
    );
  }

  private checkPools(path: Path): void {
    const value = valueAt(this.located.value, path);
    for (const pool of Array.isArray(value) ? value : [value])
      if (typeof pool === 'string' && pool !== MAIN_POOL && !this.pools.has(pool))
        this.add(
          `pool "${cut(pool)}" is not listed under "pools"`,
          path,
          'value',
          this.nearby(pool, this.pools) ?? `pools: {${cut(pool)}: 1}`,
        );
  }

  private nearby(word: string, known: ReadonlySet<string>): string | undefined {
    if (this.hints++ >= MAX_HINTS) return undefined;
    const near = nearest(word, known);
    if (near !== undefined) return `did you mean "${near}"?`;
    return known.size === 0 ? undefined : `known: ${[...known].slice(0, 12).join(', ')}`;
  }

  private add(message: string, path: Path, part: 'key' | 'value', hint?: string): void {
    if (this.found.length >= MAX_PROBLEMS) return;
    this.found.push(problem(message, hint, this.located.placeOf(path, part)));
  }
}

/** The name of each stage, at its place in the list; undefined where none can be read. */
function stagesIn({ value }: Located): (string | undefined)[] | undefined {
  const stages = valueAt(value, ['stages']);
  if (!Array.isArray(stages)) return undefined;
  return stages.map((stage) => {
    const name: unknown = typeof stage === 'string' ? stage : valueAt(stage, ['name']);
    return typeof name === 'string' ? name : undefined;
  });
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
