/**
 * In which commit each isolated task begins: in that of the one isolated task before it, or in a merge of several, which is a
 * task that is added here. At the end of each plan stands one that merges all.
 */
import { type Graph, gateOf, graphOf, innermostFirst } from '../core/graph.js';
import type { Into, Loop, Need, Plan, Task, TaskId, Pick as VariantPick, When } from '../core/plan.js';
import { failure, type Result, success } from '../core/problem.js';
import { dataNeed, MAX_NEEDS, orderNeed } from '../patterns/pattern.js';
import { type MergeSequence, mergeSequence } from './merge-sequence.js';
import { type Merged, Merges } from './merges.js';
import { type PickPart, partsOf } from './picks.js';
import { Wholes } from './wholes.js';
import { inOrder, NOTHING_SURE, nearest, type Work } from './works.js';

export interface Wanted {
  readonly into: Into;
  /** The run ends with the last good stage, not with all that was good. */
  readonly checkpoints: boolean;
}

/** The plan with a base for all its isolated tasks, and with merges. */
export function withMerges(plan: Plan, picks: readonly VariantPick[], wanted: Wanted): Result<Plan> {
  const whole = new Integration(plan, picks, wanted).whole();
  if (whole !== undefined) return success(whole);
  return failure(
    `the merges of isolated tasks name more than ${MAX_NEEDS.toLocaleString('en')} tasks`,
    'put one task between two large groups, or leave isolation out',
  );
}

/** What a task finds when it begins. */
interface Before extends Pick<Work, 'sources' | 'sure'> {
  readonly merges: readonly TaskId[];
}

const NO_LOOPS: readonly Loop[] = [];

class Integration {
  private readonly graph: Graph;
  private readonly sequence: MergeSequence;
  private readonly merges: Merges;
  private readonly parts: ReadonlyMap<TaskId, PickPart>;
  private readonly wholes: Wholes;
  private readonly works = new Map<TaskId, Work>();
  /** Merges by what they merge and for whom. */
  private readonly made = new Map<string, TaskId>();
  private readonly basesByNeeds = new Map<readonly Need[], Map<When, TaskId>>();
  private readonly reachedBy = new Map<readonly Need[], Before>();
  /** Lists of needs with merges behind them, by these. */
  private readonly longer = new Map<readonly Need[], Map<string, readonly Need[]>>();
  /** Merges before a task, one of which it may not find in its base. */
  private readonly mergesBefore = new Map<TaskId, readonly TaskId[]>();
  private size = 0;

  constructor(
    private readonly plan: Plan,
    picks: readonly VariantPick[],
    private readonly wanted: Wanted,
  ) {
    this.graph = graphOf(plan);
    this.sequence = mergeSequence(plan, this.graph);
    this.merges = new Merges(plan);
    this.parts = partsOf(plan, this.graph, picks);
    const { graph, sequence, merges, works } = this;
    this.wholes = new Wholes({ plan, graph, sequence, merges, works, into: wanted.into });
  }

  /** Undefined: it would be too large. */
  whole(): Plan | undefined {
    const { ofTask } = this.sequence;
    const indexes = this.plan.tasks.map((_, index) => index);
    indexes.sort((a, b) => (ofTask[a] as number) - (ofTask[b] as number));
    for (const index of indexes) {
      if (this.taskAt(index).isolate === 'worktree') this.begin(this.taskAt(index), index);
      if (this.isTooLarge()) return undefined;
    }
    for (const loop of innermostFirst(this.plan.loops)) this.wholes.ofLoop(loop);
    this.end();
    if (this.isTooLarge()) return undefined;
    const { tasks, loops } = this.merges.whole(this.plan.tasks.map((task) => this.based(task)));
    return { ...this.plan, tasks, loops: loops.map((loop, at) => this.withCheckpoint(loop, at)) };
  }

  private isTooLarge(): boolean {
    return this.size + this.wholes.size > MAX_NEEDS;
  }

  private withCheckpoint(loop: Loop, at: number): Loop {
    const checkpoint = this.wholes.ofLoop(this.plan.loops[at] as Loop)?.id;
    return checkpoint === undefined ? loop : { ...loop, checkpoint };
  }

  private taskAt(index: number): Task {
    return this.plan.tasks[index] as Task;
  }

  private taskNamed(id: TaskId): Task | undefined {
    return this.plan.tasks[this.indexOf(id)];
  }

  private indexOf(id: TaskId): number {
    return this.graph.indexOf.get(id) as number;
  }

  private loopsAround(index: number): readonly Loop[] {
    return this.graph.loopsAround[index] ?? NO_LOOPS;
  }

  private begin(task: Task, index: number): void {
    const loops = this.loopsAround(index);
    const part = this.parts.get(task.id);
    // Who judges looks at all variants, and stands where these began.
    const first = part?.judges.has(task.id) === true ? this.wholes.firstOf(part) : undefined;
    const { sources, sure, merges } =
      first === undefined ? this.sourcesOf(task, index) : { ...first, merges: [] };
    this.mergesBefore.set(task.id, merges);
    const base = first === undefined ? this.baseFor(sources, task, loops) : first.base;
    const hasAll = task.when === 'success' || task.when === 'any-success';
    const place = this.sequence.ofTask[index] as number;
    this.works.set(task.id, { id: task.id, base, sources, sure, hasAll, place, loops });
  }

  /** The task with its base; a merge that stands before it must have succeeded. */
  private based(task: Task): Task {
    const base = this.works.get(task.id)?.base;
    if (base === undefined) return task;
    const before = this.mergesBefore.get(task.id) ?? [];
    const all = new Set([...before, ...this.onlyMerges([base])]);
    if (all.size === 0) return { ...task, base };
    const key = [...all].join(' ');
    const known = this.longer.get(task.needs) ?? new Map<string, readonly Need[]>();
    this.longer.set(task.needs, known);
    const needs = known.get(key) ?? [...task.needs, ...[...all].map(dataNeed)];
    known.set(key, needs);
    return { ...task, base, needs };
  }

  private onlyMerges(ids: readonly TaskId[]): readonly TaskId[] {
    return ids.filter((id) => this.merges.get(id) !== undefined);
  }

  private sourcesOf(task: Task, index: number): Before {
    const { id, needs, when } = task;
    const isPlain = this.loopsAround(index).length === 0 && !this.parts.has(id) && when === 'success';
    const known = isPlain ? this.reachedBy.get(needs) : undefined;
    if (known !== undefined) return known;
    const found = this.reached(needs, index);
    const sure = this.sureOf(task, found);
    const merges = this.onlyMerges([...found].map((work) => work.id));
    const sources = { sources: nearest(found, sure), sure, merges };
    if (isPlain) this.reachedBy.set(needs, sources);
    return sources;
  }

  /** Work that has succeeded when this task runs. */
  private sureOf({ needs, when }: Task, found: ReadonlySet<Work>): ReadonlySet<Work> {
    if (when !== 'success') return NOTHING_SURE;
    const strict = needs.filter(({ kind }) => kind === 'data' || this.plan.onError !== 'continue');
    const ids = new Set(strict.map(({ task }) => task));
    return new Set([...found].filter(({ id }) => ids.has(id) && this.taskNamed(id)?.mayFail !== true));
  }

  /** The work at which one arrives from these needs, perhaps through tasks that are not isolated. */
  private reached(needs: readonly Need[], index: number): Set<Work> {
    const found = new Set<Work>();
    const open = new Set(needs.map(({ task }) => task));
    for (const id of open) {
      const work = this.seenFrom(index, id);
      if (work !== undefined) found.add(work);
      else for (const need of this.taskAt(this.indexOf(id)).needs) open.add(need.task);
    }
    return found;
  }

  /** What a task has done as another one finds it: with all of its loop, or as one of several variants. Index -1: as the end does. */
  private seenFrom(index: number, id: TaskId): Work | undefined {
    const at = this.indexOf(id);
    const gate = gateOf(this.graph, at, index);
    const whole = gate === undefined ? undefined : this.wholes.ofLoop(gate);
    if (whole !== undefined) return whole;
    const part = this.parts.get(id);
    const isInside = index >= 0 && this.parts.get(this.taskAt(index).id) === part;
    return part === undefined || isInside ? this.works.get(id) : this.wholes.ofPick(part);
  }

  /** One base for all of these, through a merge if they are several. */
  private baseFor(sources: readonly Work[], task: Task, loops: readonly Loop[]): TaskId | undefined {
    if (sources.length < 2) return sources[0]?.id;
    const isPlain = loops.length === 0 && !this.parts.has(task.id);
    const alike = this.basesOf(task.needs);
    const made = isPlain ? alike.get(task.when) : undefined;
    if (made !== undefined) return made;
    const id = this.mergeFor(sources, task, loops);
    if (isPlain) alike.set(task.when, id);
    return id;
  }

  /** Bases of tasks with this very list of needs, by when they run. */
  private basesOf(needs: readonly Need[]): Map<When, TaskId> {
    const known = this.basesByNeeds.get(needs) ?? new Map<When, TaskId>();
    this.basesByNeeds.set(needs, known);
    return known;
  }

  /** It has the needs of who asks for it, as far as these lead to work. */
  private mergeFor(sources: readonly Work[], task: Task, loops: readonly Loop[]): TaskId {
    const index = this.indexOf(task.id);
    const needs = task.needs.filter((need) => this.reached([need], index).size > 0);
    const when: When = task.when === 'success' || task.when === 'any-success' ? task.when : 'always';
    const within = loops.filter((loop) => needs.some((need) => loop.tasks.includes(need.task)));
    const ids = [sources, within].map((list) => list.map(({ id }) => id).join(' '));
    const key = [...ids, when, ...needs.map(({ task: id, kind }) => `${kind} ${id}`).sort()].join('\n');
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const before = this.mergesBefore.get(task.id) ?? [];
    const all = [...needs, ...before.map(dataNeed)];
    const merge = {
      ...this.wholes.mergeOf(sources),
      needs: all,
      when,
      priority: task.priority,
      loops: within,
    };
    this.size += all.length;
    const id = this.merges.addBefore(task.id, this.merges.free(task.id), merge);
    this.made.set(key, id);
    return id;
  }

  /** The last merge is of all that there is, whatever became of it. */
  private end(): void {
    const all = new Set<Work>();
    for (const id of this.works.keys()) all.add(this.seenFrom(-1, id) as Work);
    if (this.merges.get(this.merges.lastId) !== undefined) return;
    const { into, checkpoints } = this.wanted;
    const how = checkpoints ? this.lastStage(nearest(all, all)) : this.wholes.mergeOf(inOrder(all));
    const before = new Set([
      ...inOrder(all).map(({ id }) => id),
      ...(how.base === undefined ? [] : [how.base]),
    ]);
    this.size += before.size;
    const merge = {
      needs: [...before].map(orderNeed),
      when: 'always' as const,
      priority: 0,
      loops: NO_LOOPS,
    };
    this.merges.addAtEnd(this.merges.lastId, { ...merge, base: how.base, work: { ...how.work, into } });
  }

  /** A stage counts as a whole or not at all. */
  private lastStage(sinks: readonly Work[]): Merged {
    const needs = sinks.map(({ id }) => orderNeed(id));
    const merge = {
      ...this.wholes.mergeOf(sinks),
      needs,
      when: 'success' as const,
      priority: 0,
      loops: NO_LOOPS,
    };
    const tasks = sinks.map(({ id }) => id);
    const base = sinks.length === 1 ? tasks[0] : this.merges.addAtEnd(this.merges.free('last'), merge);
    return { base, work: { members: [] } };
  }
}
