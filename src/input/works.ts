/** What was done before a task, and which of it already has the rest in it. */
import type { Loop, TaskId } from '../core/plan.js';

/** Done by an isolated task, by a whole loop that is waited for, or by the winner among variants. */
export interface Work {
  /** The task that has it. */
  readonly id: TaskId;
  /** In whose commit it began. */
  readonly base: TaskId | undefined;
  /** Other work right before it. */
  readonly sources: readonly Work[];
  /** Sources that succeeded, if this did. */
  readonly sure: ReadonlySet<Work>;
  /** All of its sources are in it, if it succeeded: it does not run after a merge that failed. */
  readonly hasAll: boolean;
  /** Its place in the order of merging. */
  readonly place: number;
  /** Around it, innermost first. */
  readonly loops: readonly Loop[];
}

export const NOTHING_SURE: ReadonlySet<Work> = new Set();

/**
 * Those that are not in another one for certain. What begins in the commit of another has it in any case; what begins in a
 * merge has the others only if it succeeded, which is known of those that are `sure`.
 */
export function nearest(works: ReadonlySet<Work>, sure: ReadonlySet<Work>): readonly Work[] {
  if (works.size < 2) return [...works];
  const lowest = Math.min(...[...works].map(({ place }) => place));
  const below = new Set<Work>();
  const surelyBelow = new Set<Work>();
  const open = [...works].map((work) => ({ work, isSure: sure.has(work) }));
  for (const { work, isSure } of open)
    for (const source of work.sources) {
      if (!(isSure && work.hasAll) && source.id !== work.base) continue;
      const isSourceSure = isSure && work.sure.has(source);
      const known = isSourceSure ? surelyBelow : below;
      if (known.has(source) || source.place < lowest) continue;
      below.add(source);
      if (isSourceSure) surelyBelow.add(source);
      open.push({ work: source, isSure: isSourceSure });
    }
  return inOrder([...works].filter((work) => !below.has(work)));
}

export function withAllBefore(works: readonly Work[]): Set<Work> {
  const all = new Set(works);
  for (const work of all) for (const source of work.sources) all.add(source);
  return all;
}

/** In the order in which they are merged. */
export function inOrder(works: Iterable<Work>): readonly Work[] {
  return [...works].sort((a, b) => a.place - b.place);
}
