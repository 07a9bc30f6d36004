/** What a loop, or several variants of which one is taken, did as one: who stands outside sees no single task of it. */
import type { Graph } from '../core/graph.js';
import type { Into, Loop, Plan, TaskId } from '../core/plan.js';
import { dataNeed, orderNeed } from '../patterns/pattern.js';
import type { MergeSequence } from './merge-sequence.js';
import type { Merge, Merged, Merges } from './merges.js';
import type { PickPart } from './picks.js';
import { inOrder, NOTHING_SURE, nearest, type Work, withAllBefore } from './works.js';

interface Scene {
  readonly plan: Plan;
  readonly graph: Graph;
  readonly sequence: MergeSequence;
  readonly merges: Merges;
  /** Of single tasks, as far as they are known. */
  readonly works: ReadonlyMap<TaskId, Work>;
  readonly into: Into;
}

const NO_LOOPS: readonly Loop[] = [];

export class Wholes {
  private readonly ofLoops = new Map<Loop, Work | undefined>();
  private readonly ofPicks = new Map<PickPart, Work>();
  /** Members of all merges. */
  size = 0;

  constructor(private readonly scene: Scene) {}

  /** Where all variants begin. */
  firstOf({ variants }: PickPart): Work {
    return this.scene.works.get(variants[0] as TaskId) as Work;
  }

  /** Those that began in the same commit are merged on top of it; else all there is, from where the run began. */
  mergeOf(sources: readonly Work[]): Merged {
    const base = sources[0]?.base;
    const isShared = base !== undefined && sources.every((work) => work.base === base);
    const members = isShared ? sources : inOrder(withAllBefore(sources));
    this.size += members.length;
    return { base: isShared ? base : undefined, work: { members: members.map(({ id }) => id) } };
  }

  /** Undefined: nothing in it is isolated. */
  ofLoop(loop: Loop): Work | undefined {
    if (this.ofLoops.has(loop)) return this.ofLoops.get(loop);
    const found = new Set<Work>();
    for (const id of loop.tasks) {
      const around = this.loopsAround(this.indexOf(id));
      const inner = around[around.indexOf(loop) - 1];
      const work = inner === undefined ? this.scene.works.get(id) : this.ofLoop(inner);
      if (work !== undefined) found.add(work);
    }
    const work = found.size === 0 ? undefined : this.wholeLoop(loop, found);
    this.ofLoops.set(loop, work);
    return work;
  }

  /** The work of a loop is that of the one task that all others of it lead to; where there are several, that of their merge. */
  private wholeLoop(loop: Loop, found: ReadonlySet<Work>): Work {
    const around = this.loopsAround(this.indexOf(loop.tasks[0] as TaskId));
    const outer = around.slice(around.indexOf(loop) + 1);
    const sinks = nearest(found, NOTHING_SURE);
    const id = sinks.length === 1 ? (sinks[0] as Work).id : this.mergeLoop(loop, outer, sinks, found);
    let base = this.baseOf(id);
    while (base !== undefined && this.isIn(base, loop)) base = this.baseOf(base);
    const before = [...found].flatMap(({ sources }) => sources.filter((work) => !work.loops.includes(loop)));
    const place = this.scene.sequence.ofLoop.get(loop) as number;
    const sources = nearest(new Set(before), NOTHING_SURE);
    return { id, base, sources, sure: NOTHING_SURE, hasAll: false, place, loops: outer };
  }

  private mergeLoop(
    loop: Loop,
    outer: readonly Loop[],
    sinks: readonly Work[],
    all: ReadonlySet<Work>,
  ): TaskId {
    const ids = [...all].map(({ id }) => id);
    const needs = ids.map((id) => (this.scene.merges.get(id) === undefined ? orderNeed(id) : dataNeed(id)));
    const merge = { ...this.mergeOf(sinks), needs, when: 'always' as const, priority: 0 };
    return this.scene.merges.addBehind(loop.tasks, this.scene.merges.free(loop.id), {
      ...merge,
      loops: [loop, ...outer],
    });
  }

  private baseOf(id: TaskId): TaskId | undefined {
    return (this.scene.works.get(id) ?? this.scene.merges.get(id))?.base;
  }

  private isIn(id: TaskId, loop: Loop): boolean {
    return (this.scene.works.get(id) ?? this.scene.merges.get(id))?.loops.includes(loop) === true;
  }

  /** The winner's, whoever that will be. */
  ofPick(part: PickPart): Work {
    const known = this.ofPicks.get(part);
    if (known !== undefined) return known;
    const { base, sources } = this.firstOf(part);
    const tasks = new Set([...part.variants, ...part.judges]);
    const isAll = this.scene.plan.tasks.every(({ id, isolate }) => isolate !== 'worktree' || tasks.has(id));
    const members = inOrder(part.variants.map((id) => this.scene.works.get(id) as Work));
    const { judge } = part.pick;
    const merge: Merge = {
      base,
      work: {
        members: members.map(({ id }) => id),
        pick: part.pick,
        ...(isAll ? { into: this.scene.into } : {}),
      },
      needs: judge === undefined ? part.variants.map(orderNeed) : [dataNeed(judge)],
      when: judge === undefined ? 'always' : 'success',
      priority: 0,
      loops: NO_LOOPS,
    };
    const id = isAll
      ? this.scene.merges.addAtEnd(this.scene.merges.lastId, merge)
      : this.scene.merges.addBehind([...tasks], this.scene.merges.free('winner'), merge);
    const place = Math.max(
      ...[...tasks].map((task) => this.scene.sequence.ofTask[this.indexOf(task)] as number),
    );
    const work = { id, base, sources, sure: NOTHING_SURE, hasAll: false, place, loops: NO_LOOPS };
    this.ofPicks.set(part, work);
    return work;
  }

  private indexOf(id: TaskId): number {
    return this.scene.graph.indexOf.get(id) as number;
  }

  private loopsAround(index: number): readonly Loop[] {
    return this.scene.graph.loopsAround[index] ?? NO_LOOPS;
  }
}
