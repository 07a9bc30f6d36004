/** From the checked content of a plan file to drafts of tasks: matrices expanded, needs and stages resolved. */
import { nearest, variableName } from '../core/graph.js';
import { type Limits, MAIN_POOL, type Need, type RetryPolicy, type TaskId, type Work } from '../core/plan.js';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { sharedNeeds } from '../patterns/dag.js';
import { type Draft, orderNeed } from '../patterns/pattern.js';
import type { RawDefaults, RawFile, RawTask } from './file-schema.js';
import { matrixOf } from './file-values.js';
import { labelOf } from './label.js';
import { type Combination, expandMatrix, instanceSuffix, matrixVariable } from './matrix.js';
import type { Located, Path } from './place.js';
import { parseShell } from './shell.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** More edges than this fill the memory; stages of thousands of tasks multiply. */
const MAX_NEEDS = 5_000_000;
const NO_NEEDS: readonly Need[] = Object.freeze([]);

export function draftsOfFile(file: RawFile, located: Located): Result<readonly Draft[]> {
  return new Drafter(file, located).drafts();
}

class Drafter {
  private readonly needOn = sharedNeeds();
  private readonly orderOn = new Map<TaskId, Need>();
  /** Instances of each task, in order; a task without a matrix is its own. */
  private readonly instances = new Map<TaskId, readonly { id: TaskId; values?: Combination }[]>();
  private readonly shells = new Map<string, readonly string[] | undefined>();
  private readonly objects = new Map<string, object>();
  private readonly instanceIds = new Set<TaskId>();
  private readonly problems: Problem[] = [];
  private needCount = 0;

  constructor(
    private readonly file: RawFile,
    private readonly located: Located,
  ) {}

  drafts(): Result<readonly Draft[]> {
    const ids = this.located.keysAt(['tasks']);
    this.nameInstances(ids);
    const before = this.stagesBefore(ids);
    const drafts: Draft[] = [];
    for (const id of ids) {
      const raw = this.file.tasks[id] as RawTask;
      const needs = this.needsOf(id, raw, raw.stage === undefined ? [] : (before.get(raw.stage) ?? []));
      if (this.needCount > MAX_NEEDS) return failures([this.tooManyNeeds(id)]);
      for (const { id: instance, values } of this.instances.get(id) ?? [])
        drafts.push(this.draft(id, instance, raw, needs, values));
    }
    return this.problems.length > 0 ? failures(this.problems) : success(drafts);
  }

  private nameInstances(ids: readonly TaskId[]): void {
    const taken = new Set(ids.map(variableName));
    for (const id of ids) {
      const raw = this.file.tasks[id]?.matrix;
      const matrix =
        raw &&
        expandMatrix(
          matrixOf(raw, (value, path) => written(this.located, value, ['tasks', id, 'matrix', ...path])),
        );
      this.instances.set(
        id,
        matrix?.ok === true
          ? matrix.value.map((values) => ({ id: freeName(id, instanceSuffix(values), taken), values }))
          : [{ id }],
      );
      if (matrix?.ok === true)
        for (const instance of this.instances.get(id) ?? []) this.instanceIds.add(instance.id);
    }
  }

  /** For each stage, the ids of the nearest earlier stage that has tasks. */
  private stagesBefore(ids: readonly TaskId[]): Map<string, readonly TaskId[]> {
    const members = new Map<string, TaskId[]>((this.file.stages ?? []).map((stage) => [stage, []]));
    for (const id of ids) {
      const stage = this.file.tasks[id]?.stage;
      if (stage === undefined) continue;
      const own = (this.instances.get(id) ?? []).map((instance) => instance.id);
      members.set(stage, (members.get(stage) ?? []).concat(own));
    }
    const before = new Map<string, readonly TaskId[]>();
    let last: readonly TaskId[] = [];
    for (const [stage, own] of members) {
      before.set(stage, last);
      if (own.length > 0) last = own;
    }
    return before;
  }

  private needsOf(id: TaskId, raw: RawTask, before: readonly TaskId[]): readonly Need[] {
    if (raw.needs === undefined && before.length === 0) return NO_NEEDS;
    const named = new Set<TaskId>();
    for (const need of raw.needs ?? []) {
      const instances = this.instances.get(need);
      if (instances !== undefined) for (const instance of instances) named.add(instance.id);
      else if (this.instanceIds.has(need)) named.add(need);
      else this.problems.push(this.noInstance(id, need));
    }
    this.needCount += (named.size + before.length) * (this.instances.get(id)?.length ?? 1);
    if (this.needCount > MAX_NEEDS) return NO_NEEDS;
    const needs = [...named].map(this.needOn);
    for (const other of before) if (!named.has(other)) needs.push(this.order(other));
    return needs;
  }

  private noInstance(id: TaskId, need: TaskId): Problem {
    const near = nearest(need, this.instanceIds);
    return problem(
      `task "${id}" needs "${need}", which is no instance of a matrix`,
      near === undefined
        ? `known: ${[...this.instanceIds].slice(0, 12).join(', ')}`
        : `did you mean "${near}"?`,
      this.located.placeOf(['tasks', id, 'needs'], 'value'),
    );
  }

  private tooManyNeeds(id: TaskId): Problem {
    return problem(
      `the plan has more than ${MAX_NEEDS.toLocaleString('en')} dependencies`,
      'put one task between two large groups: all of one before it, all of the other after it',
      this.located.placeOf(['tasks', id], 'key'),
    );
  }

  private order(task: TaskId): Need {
    let need = this.orderOn.get(task);
    if (need === undefined) {
      need = Object.freeze(orderNeed(task));
      this.orderOn.set(task, need);
    }
    return need;
  }

  private draft(
    base: TaskId,
    id: TaskId,
    raw: RawTask,
    needs: readonly Need[],
    values: Combination | undefined,
  ): Draft {
    const defaults: RawDefaults = this.file.defaults ?? {};
    const work = this.workOf(raw, defaults);
    const draft: Writable<Draft> = {
      id,
      label: labelOf(work.kind === 'integrate' ? id : work.text),
      work,
      needs,
    };
    if (raw.if !== undefined && raw.if !== 'success') draft.when = raw.if;
    if (raw['continue-on-error'] ?? defaults['continue-on-error']) draft.mayFail = true;
    if (raw.once === true) draft.once = true;
    if (raw.keep === true) draft.keep = true;
    if (raw.stage !== undefined) draft.stage = raw.stage;
    if (raw.expect !== undefined) draft.expect = expectOf(raw.expect);
    const tags = raw.tags ?? defaults.tags;
    // The id of a matrix task stays a word to choose all its instances by.
    if (tags !== undefined || values !== undefined)
      draft.tags = this.shared([...new Set([...(tags ?? []), ...(values === undefined ? [] : [base])])]);
    if (raw.priority !== undefined) draft.priority = raw.priority;
    const pools = raw.pool ?? defaults.pool;
    if (pools !== undefined) draft.pools = this.shared([...new Set([MAIN_POOL, ...pools])]);
    const retry = retryOf(raw, defaults);
    if (retry !== undefined) draft.retry = this.shared(retry);
    const limits = limitsOf(raw);
    if (limits !== undefined) draft.limits = this.shared(limits);
    const env = this.envOf(base, raw, values);
    if (env !== undefined) draft.env = this.shared(env);
    const cwd =
      raw['working-directory'] ?? defaults['working-directory'] ?? defaults.run?.['working-directory'];
    if (cwd !== undefined) draft.cwd = cwd;
    const namespace = raw.namespace ?? defaults.namespace;
    if (namespace !== undefined) draft.namespace = namespace;
    if (raw.isolate !== undefined) draft.isolate = raw.isolate;
    return draft;
  }

  private workOf(raw: RawTask, defaults: RawDefaults): Work {
    if (raw.run !== undefined) {
      const shell = raw.shell === undefined ? undefined : this.shell(raw.shell);
      return shell === undefined
        ? { kind: 'command', text: raw.run }
        : { kind: 'command', text: raw.run, shell };
    }
    const agent = raw.agent ?? defaults.agent;
    const prompt = {
      kind: 'prompt',
      text: raw.prompt ?? '',
      mode: raw.mode ?? defaults.mode ?? 'code',
    } as const;
    return agent === undefined ? prompt : { ...prompt, agent };
  }

  private shell(text: string): readonly string[] | undefined {
    if (!this.shells.has(text)) {
      const shell = parseShell(text);
      this.shells.set(text, shell.ok ? shell.value : undefined);
    }
    return this.shells.get(text);
  }

  private envOf(
    base: TaskId,
    raw: RawTask,
    values: Combination | undefined,
  ): Record<string, string> | undefined {
    const common = this.file.defaults?.env;
    if (raw.env === undefined && common === undefined && values === undefined) return undefined;
    return {
      ...textsOf(this.located, common, ['defaults', 'env']),
      ...textsOf(this.located, raw.env, ['tasks', base, 'env']),
      ...Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [matrixVariable(key), value])),
    };
  }

  /** One object for all tasks that say the same. */
  private shared<T extends object>(value: T): T {
    const key = JSON.stringify(value);
    const known = this.objects.get(key);
    if (known !== undefined) return known as T;
    this.objects.set(key, Object.freeze(value));
    return value;
  }
}

/** Variables of a map in the file, as texts; numbers as they were written. */
export function textsOf(
  located: Located,
  map: Readonly<Record<string, unknown>> | undefined,
  path: Path,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map ?? {}).map(([key, value]) => [key, written(located, value, [...path, key])]),
  );
}

function written(located: Located, value: unknown, path: Path): string {
  return typeof value === 'number' ? (located.writtenAt(path) ?? String(value)) : String(value);
}

function freeName(id: TaskId, suffix: string, taken: Set<string>): TaskId {
  const name = [...`${id}-${suffix || '1'}`]
    .slice(0, 90)
    .join('')
    .replace(/[-.]+$/, '');
  for (let count = 1; ; count++) {
    const tried = count === 1 ? name : `${name}-${count}`;
    if (taken.has(variableName(tried))) continue;
    taken.add(variableName(tried));
    return tried;
  }
}

function limitsOf(raw: RawTask): Limits | undefined {
  const limits: Writable<Limits> = {};
  const timeout = raw.timeout ?? raw['timeout-minutes'];
  if (timeout !== undefined) limits.timeoutMillis = timeout;
  if (raw['idle-timeout'] !== undefined) limits.idleMillis = raw['idle-timeout'];
  if (raw.memory !== undefined) limits.memoryBytes = raw.memory;
  if (raw['max-output'] !== undefined) limits.outputBytes = raw['max-output'];
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function retryOf(raw: RawTask, defaults: RawDefaults): Partial<RetryPolicy> | undefined {
  const own: { max?: number | undefined; delay?: number | undefined; 'max-delay'?: number | undefined } =
    raw.retry ?? {};
  const common: typeof own = defaults.retry ?? {};
  const retry: Writable<Partial<RetryPolicy>> = {};
  const maxDelay = own['max-delay'] ?? common['max-delay'];
  if (own.max !== undefined) retry.max = own.max;
  if (own.delay !== undefined) retry.delayMillis = own.delay;
  if (maxDelay !== undefined) retry.maxDelayMillis = maxDelay;
  return Object.keys(retry).length === 0 ? undefined : retry;
}

function expectOf(raw: NonNullable<RawTask['expect']>): NonNullable<Draft['expect']> {
  return {
    ...(raw.files === undefined ? {} : { files: raw.files }),
    ...(raw.output === undefined ? {} : { output: raw.output }),
    ...(raw['not-output'] === undefined ? {} : { notOutput: raw['not-output'] }),
  };
}
