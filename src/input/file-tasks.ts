/** From the checked content of a plan file to drafts of tasks: matrices expanded, needs and stages resolved. */
import { variableName } from '../core/graph.js';
import { type Loop, MAIN_POOL, type Need, type TaskId, type Work } from '../core/plan.js';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { type Blueprint, type Draft, dataNeed, MAX_NEEDS, orderNeed } from '../patterns/pattern.js';
import { DEFAULT_REVIEW_ROUNDS, reviewId, reviewLoop, reviewOf } from '../patterns/review.js';
import { modeOfPrompt } from '../sparc/mode-of.js';
import { howCalled } from './agent-choice.js';
import { budgetOf, expectOf, limitsOf, retryOf, textsOf, written } from './file-fields.js';
import { needProblems } from './file-graph.js';
import type { RawStage } from './file-isolation-schema.js';
import type { RawFrame } from './file-schema.js';
import type { RawDefaults, RawTask } from './file-task-schema.js';
import { matrixOf } from './file-values.js';
import { labelOf } from './label.js';
import { type Combination, expandMatrix, instanceSuffix, matrixVariable } from './matrix.js';
import type { Located } from './place.js';
import { parseShell } from './shell.js';
import { commandOf, runnerIn } from './sparc-work.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Instance {
  readonly id: TaskId;
  readonly values?: Combination;
}

/** What says what is to be done: a task, or its review. */
type Asked = Partial<
  Pick<RawTask, 'run' | 'prompt' | 'mode' | 'agent' | 'model' | 'permission' | 'args' | 'shell'>
>;

const NO_NEEDS: readonly Need[] = Object.freeze([]);

/** `raws` are the tasks in the order of their keys. */
export function draftsOfFile(file: RawFrame, raws: readonly RawTask[], located: Located): Result<Blueprint> {
  return new Drafter(file, raws, located).drafts();
}

class Drafter {
  private readonly ids: readonly TaskId[];
  /** What the file says about stages, by name, in order. */
  private readonly stages: ReadonlyMap<string, RawStage>;
  /** The need on each task, and on each instance of a matrix. */
  private readonly needOn: Map<TaskId, Need>;
  private readonly orderOn = new Map<TaskId, Need>();
  /** Instances of the tasks that have a matrix, in order. */
  private readonly instances = new Map<TaskId, readonly Instance[]>();
  private readonly shells = new Map<string, readonly string[] | undefined>();
  private readonly objects = new Map<string, object>();
  /** Those with a review: who needs them waits for that, too. */
  private readonly reviewed: ReadonlySet<TaskId>;
  private needCount = 0;
  private strayNeeds = false;

  constructor(
    private readonly file: RawFrame,
    private readonly raws: readonly RawTask[],
    private readonly located: Located,
  ) {
    this.ids = located.keysAt(['tasks']);
    this.stages = new Map((file.stages ?? []).map((stage) => [stage.name, stage]));
    this.reviewed = new Set(this.ids.filter((_, index) => raws[index]?.review !== undefined));
    this.needOn = new Map(this.ids.map((id) => [id, Object.freeze(dataNeed(id))]));
  }

  drafts(): Result<Blueprint> {
    this.nameInstances();
    for (const name of this.reviewed)
      for (const { id } of this.instancesOf(name))
        this.needOn.set(reviewId(id), Object.freeze(dataNeed(reviewId(id))));
    const before = this.stagesBefore();
    const drafts: Draft[] = [];
    const loops: Loop[] = [];
    for (const [index, id] of this.ids.entries()) {
      const raw = this.raws[index] as RawTask;
      const needs = this.needsOf(id, raw, raw.stage === undefined ? [] : (before.get(raw.stage) ?? []));
      if (this.needCount > MAX_NEEDS) return failures([this.tooManyNeeds(id)]);
      for (const instance of this.instancesOf(id)) {
        const draft = this.draft(id, instance, raw, needs);
        drafts.push(draft);
        if (raw.review === undefined) continue;
        drafts.push(reviewOf(draft, this.workOf(reviewId(id), raw.review)));
        loops.push(reviewLoop(draft.id, raw.review.rounds ?? DEFAULT_REVIEW_ROUNDS));
      }
    }
    if (!this.strayNeeds) return success({ tasks: drafts, loops });
    return failures(needProblems(this.located, new Set(this.needOn.keys())));
  }

  private nameInstances(): void {
    if (this.raws.every((raw) => raw.matrix === undefined)) return;
    const taken = new Set(this.ids.map(variableName));
    for (const [index, id] of this.ids.entries()) {
      const raw = this.raws[index]?.matrix;
      if (raw === undefined) continue;
      const matrix = matrixOf(raw, (value, path) =>
        written(this.located, value, ['tasks', id, 'matrix', ...path]),
      );
      const combinations = expandMatrix(matrix);
      if (!combinations.ok) continue;
      const instances = combinations.value.map((values) => ({
        id: freeName(id, instanceSuffix(values, Object.keys(matrix.axes)), taken),
        values,
      }));
      this.instances.set(id, instances);
      for (const instance of instances) this.needOn.set(instance.id, Object.freeze(dataNeed(instance.id)));
    }
  }

  private instancesOf(id: TaskId): readonly Instance[] {
    return this.instances.get(id) ?? [{ id }];
  }

  /** For each stage, the ids of the nearest earlier stage that has tasks. */
  private stagesBefore(): Map<string, readonly TaskId[]> {
    const members = new Map<string, TaskId[]>([...this.stages.keys()].map((name) => [name, []]));
    for (const [index, id] of this.ids.entries()) {
      const stage = this.raws[index]?.stage;
      if (stage === undefined) continue;
      const own = members.get(stage) ?? [];
      members.set(stage, own);
      for (const instance of this.instancesOf(id)) own.push(instance.id);
      if (this.reviewed.has(id)) for (const one of this.instancesOf(id)) own.push(reviewId(one.id));
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
    const named = raw.needs ?? [];
    if (named.length === 0 && before.length === 0) return NO_NEEDS;
    const found: Need[] = [];
    for (const name of named) {
      const need = name === id ? undefined : this.needOn.get(name);
      const instances = this.instances.size === 0 ? undefined : this.instances.get(name);
      if (instances !== undefined) for (const one of instances) found.push(this.needOn.get(one.id) as Need);
      else if (need !== undefined) found.push(need);
      if (this.reviewed.has(name))
        for (const one of this.instancesOf(name)) found.push(this.needOn.get(reviewId(one.id)) as Need);
      if (need === undefined) this.strayNeeds = true;
    }
    const needs = hasTwins(found) ? [...new Set(found)] : found;
    this.needCount += (needs.length + before.length) * this.instancesOf(id).length;
    if (this.needCount > MAX_NEEDS || before.length === 0) return needs;
    const known = new Set(needs.map(({ task }) => task));
    return [...needs, ...before.filter((other) => !known.has(other)).map((other) => this.order(other))];
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

  private draft(base: TaskId, { id, values }: Instance, raw: RawTask, needs: readonly Need[]): Draft {
    const defaults: RawDefaults = this.file.defaults ?? {};
    const work = this.workOf(base, raw);
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
    const budget = raw.budget ?? defaults.budget;
    if (budget !== undefined) draft.budget = this.shared(budgetOf(budget));
    const env = this.envOf(base, raw, values);
    if (env !== undefined) draft.env = this.shared(env);
    const cwd =
      raw['working-directory'] ?? defaults['working-directory'] ?? defaults.run?.['working-directory'];
    if (cwd !== undefined) draft.cwd = cwd;
    const namespace = raw.namespace ?? defaults.namespace;
    if (namespace !== undefined) draft.namespace = namespace;
    const { isolate, copy, setup } = { ...this.stages.get(raw.stage ?? ''), ...raw };
    if (isolate !== undefined) draft.isolate = isolate;
    if (copy !== undefined) draft.copy = this.shared(copy);
    if (setup !== undefined) draft.setup = setup;
    return draft;
  }

  private workOf(id: TaskId, raw: Asked): Work {
    const defaults: RawDefaults = this.file.defaults ?? {};
    if (raw.run !== undefined) {
      const shell = raw.shell === undefined ? undefined : this.shell(raw.shell);
      const command = commandOf(raw.run, runnerIn(raw.run));
      return shell === undefined ? command : { ...command, shell };
    }
    const { agent } = raw;
    const mode = raw.mode ?? defaults.mode;
    const text = raw.prompt ?? '';
    return {
      kind: 'prompt',
      text,
      mode: mode ?? modeOfPrompt(id, text),
      ...(agent === undefined ? {} : { agent }),
      ...howCalled(raw),
    };
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

function hasTwins(needs: readonly Need[]): boolean {
  if (needs.length > 20) return true;
  return needs.some((need, index) => needs.indexOf(need) !== index);
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
