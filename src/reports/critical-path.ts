/**
 * The chain of attempts that decided when a run ended. It is followed backwards from the attempt that ended last: each
 * step asks what its start had waited for. That is, in this order: the attempt before it of the same task (a retry);
 * the attempt whose exit freed its slot, if a pool was full until then; the needed attempt that ended last, looking
 * through tasks that never ran and, in a later round, at the round before; or nothing (it could start with the run).
 */
import type { EpochMillis } from '../core/event.js';
import { gateOf } from '../core/graph.js';
import { loopStatesAround, type RunState, type TaskState, taskOf } from '../core/state.js';
import { type Interval, intervalsOf, workedBetween } from './intervals.js';

/** What the start of a step had waited for. */
export type Link = 'start' | 'need' | 'slot' | 'retry' | 'round';

export interface PathStep {
  readonly task: string;
  readonly attempt: number;
  /** The round that the attempt was in. */
  readonly round: number;
  readonly startedAt: EpochMillis;
  readonly endedAt: EpochMillis;
  readonly link: Link;
  /** For `slot`: from the moment when all that it needs was over until it got the slot; else from the end of what it waited for. Pauses before a resume do not count. */
  readonly waitedMillis: number;
}

/** Oldest first; empty when nothing has run. Attempts that run count up to `now`, lost ones not at all. */
export function criticalPath(state: RunState, now: EpochMillis): readonly PathStep[] {
  const finder = new PathFinder(state, intervalsOf(state, now));
  return finder.path();
}

class PathFinder {
  private readonly byTask = new Map<TaskState, Interval[]>();
  private readonly pools = new Map<string, PoolUse>();

  constructor(
    private readonly state: RunState,
    private readonly intervals: readonly Interval[],
  ) {
    for (const interval of intervals) {
      const own = this.byTask.get(interval.task);
      if (own === undefined) this.byTask.set(interval.task, [interval]);
      else own.push(interval);
    }
    for (const [id, pool] of state.pools.entries()) {
      const users = intervals.filter(({ task }) => task.task.pools.includes(id));
      this.pools.set(id, new PoolUse(users, Math.min(pool.limit, state.plan.pools[id] ?? pool.limit)));
    }
  }

  path(): PathStep[] {
    let current = latest(this.intervals);
    const steps: PathStep[] = [];
    const seen = new Set<Interval>();
    while (current !== undefined && !seen.has(current)) {
      seen.add(current);
      const { link, before, since } = this.cause(current);
      steps.push({
        task: current.task.task.id,
        attempt: current.attempt.number,
        round: current.attempt.round,
        startedAt: current.startedAt,
        endedAt: current.endedAt,
        link,
        waitedMillis: workedBetween(this.state, since, current.startedAt),
      });
      current = before;
    }
    return steps.reverse();
  }

  private cause(interval: Interval): { link: Link; before: Interval | undefined; since: EpochMillis } {
    const own = (this.byTask.get(interval.task) ?? []).filter((other) => comesBefore(other, interval));
    const retried = latest(own.filter(({ attempt }) => attempt.round === interval.attempt.round));
    if (retried !== undefined) return { link: 'retry', before: retried, since: retried.endedAt };
    const need = latest(this.needed(interval));
    const lastRound = interval.attempt.round === 1 ? undefined : latest(this.roundBefore(interval, own));
    const cause = latest([need, lastRound].filter((one) => one !== undefined));
    const since = cause?.endedAt ?? this.state.startedAt;
    const slot = this.slotFreedBy(interval, since);
    if (slot !== undefined) return { link: 'slot', before: slot, since };
    if (cause === undefined) return { link: 'start', before: undefined, since };
    return { link: cause === need ? 'need' : 'round', before: cause, since };
  }

  /** Ended attempts of what a task needs and of the loops that it waits for; for one that never ran, of what that one needs. */
  private needed(interval: Interval): Interval[] {
    const found: Interval[] = [];
    const seen = new Set<TaskState>();
    const open = [interval.task];
    for (let task = open.pop(); task !== undefined; task = open.pop()) {
      for (const needed of this.awaited(task)) {
        if (seen.has(needed)) continue;
        seen.add(needed);
        const own = latest((this.byTask.get(needed) ?? []).filter((other) => comesBefore(other, interval)));
        if (own === undefined) open.push(needed);
        else found.push(own);
      }
    }
    return found;
  }

  private awaited(task: TaskState): TaskState[] {
    return task.task.needs.flatMap(({ task: id }) => {
      const needed = taskOf(this.state, id);
      const gate = gateOf(this.state.graph, needed.index, task.index);
      return gate === undefined ? [needed] : [...(this.state.loopOf.get(gate)?.members ?? [])];
    });
  }

  /** Earlier attempts of the task itself and of all that its loops repeat with it. */
  private roundBefore(interval: Interval, own: readonly Interval[]): Interval[] {
    const members = new Set(loopStatesAround(this.state, interval.task).flatMap((loop) => loop.members));
    const others = [...members].flatMap((member) => this.byTask.get(member) ?? []);
    return [...own, ...others.filter((other) => comesBefore(other, interval))];
  }

  private slotFreedBy(interval: Interval, since: EpochMillis): Interval | undefined {
    const freed = interval.task.task.pools.map((id) => this.pools.get(id)?.freedBefore(interval, since));
    return latest(freed.filter((one) => one !== undefined));
  }
}

/** The use of one pool over time, sorted so that each question costs a binary search. */
class PoolUse {
  private readonly byEnd: readonly Interval[];
  private readonly ends: readonly number[];
  private readonly starts: readonly number[];

  constructor(
    users: readonly Interval[],
    private readonly limit: number,
  ) {
    this.byEnd = [...users].sort((a, b) => a.endedAt - b.endedAt);
    this.ends = this.byEnd.map(({ endedAt }) => endedAt);
    this.starts = users.map(({ startedAt }) => startedAt).sort((a, b) => a - b);
  }

  /** The attempt that ended last before this one started, if the pool was full until then and it came after `since`. */
  freedBefore(interval: Interval, since: EpochMillis): Interval | undefined {
    let index = countUpTo(this.ends, interval.startedAt) - 1;
    while (index >= 0 && !comesBefore(this.byEnd[index] as Interval, interval)) index--;
    const freed = this.byEnd[index];
    if (freed === undefined || freed.endedAt <= since) return undefined;
    const before = freed.endedAt - 1;
    const itself = freed.startedAt > before ? 1 : 0;
    const busy = countUpTo(this.starts, before) - countUpTo(this.ends, before) + itself;
    return busy >= this.limit ? freed : undefined;
  }
}

/** It was over when the other began. Of two that took no time at the same moment, the one that was recorded first. */
function comesBefore(a: Interval, b: Interval): boolean {
  if (a.endedAt > b.startedAt || a === b) return false;
  return a.startedAt < b.startedAt || a.endedAt < b.endedAt || a.order < b.order;
}

function latest(intervals: readonly Interval[]): Interval | undefined {
  let found: Interval | undefined;
  for (const interval of intervals) {
    if (found === undefined || interval.endedAt > found.endedAt) found = interval;
  }
  return found;
}

/** How many of the sorted numbers are at most `limit`. */
function countUpTo(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
