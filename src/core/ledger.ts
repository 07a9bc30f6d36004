/**
 * The bill of a run: what was spent, what is kept for attempts that run, and what another one is expected to cost.
 * Money and tokens are counted alike, each for itself.
 */
import type { CostEstimate } from './event.js';
import type { Budget, TaskId } from './plan.js';

export const MEASURES = ['costUsd', 'tokens'] as const satisfies readonly (keyof Budget)[];

export type Amount = Record<keyof Budget, number>;

/** Sums of dollars are not exact; less than this is nothing. */
export const DUST = 1e-9;

export class Ledger {
  /** Of all attempts that have ended, however they did. */
  readonly spent: Amount = { costUsd: 0, tokens: 0 };
  /** The part of it that nobody told. */
  readonly assumed: Amount = { costUsd: 0, tokens: 0 };
  readonly reserved: Amount = { costUsd: 0, tokens: 0 };
  /** What those that run may use beyond what is kept for them. Nobody waits for it; it is only not promised to others too. */
  readonly promised: Amount = { costUsd: 0, tokens: 0 };
  /** Attempts that run and for which something is kept. */
  running = 0;
  /** The most that one attempt of this run has used, however it ended. Absent: none has said it. */
  readonly largest: { -readonly [Measure in keyof Budget]: Budget[Measure] } = {};
  /** What a success of this run has told: what failed early says little of what others will use. */
  readonly told = new Set<keyof Budget>();
  /** By earlier runs. */
  expected: Readonly<Record<TaskId, CostEstimate>> = {};

  /** What holds: the run's own budget, and no more than the run around it lets it spend. */
  budget: Budget;
  /** What it may have spent in all by what the run around it handed it last; empty: that has no budget, or there is none. */
  most: Budget = {};

  constructor(public own: Budget) {
    this.budget = own;
  }

  /** From now on. A part of its own budget that is absent stays as it was; what is handed is what may still be spent. */
  limit(own: Budget = {}, handed: Budget = {}): void {
    this.own = { ...this.own, ...own };
    this.most = Object.fromEntries(
      MEASURES.flatMap((measure) => {
        const amount = handed[measure];
        return amount === undefined ? [] : [[measure, this.spent[measure] + amount]];
      }),
    );
    this.budget = smallerOf(this.own, this.most);
  }

  get isLimited(): boolean {
    return MEASURES.some((measure) => this.budget[measure] !== undefined);
  }

  /** What one attempt of the task will use: by earlier runs, else, once one has succeeded, the most that one of this run has; undefined: nobody knows. */
  expects(task: TaskId, measure: keyof Budget): number | undefined {
    const known = Object.hasOwn(this.expected, task) ? this.expected[task]?.[measure] : undefined;
    return known ?? (this.told.has(measure) ? this.largest[measure] : undefined);
  }

  /** What is neither spent nor kept for others; undefined where there is no limit. */
  left(measure: keyof Budget): number | undefined {
    const limit = this.budget[measure];
    return limit === undefined ? undefined : limit - this.spent[measure] - this.reserved[measure];
  }

  /** Whether one attempt more stays within the budget. One that nobody can guess at runs alone, unless it keeps to what it is given. */
  fits(task: TaskId, keepsToIt = false): boolean {
    return MEASURES.every((measure) => {
      const left = this.left(measure);
      if (left === undefined) return true;
      const expected = this.expects(task, measure);
      if (expected === undefined) return left > DUST && (keepsToIt || this.running === 0);
      return left > DUST && expected <= left + DUST;
    });
  }

  /** Whether one attempt more would stay within the budget if those that run cost nothing. If not, it never will. */
  couldFit(task: TaskId): boolean {
    return MEASURES.every((measure) => {
      const left = (this.budget[measure] ?? Number.POSITIVE_INFINITY) - this.spent[measure];
      return left > DUST && (this.expects(task, measure) ?? 0) <= left + DUST;
    });
  }

  /** What is kept for an attempt that fits: what it is expected to use, or its share among so many of all that is left. */
  reserveFor(task: TaskId, among = 1): Budget {
    const reserve: { costUsd?: number; tokens?: number } = {};
    for (const measure of MEASURES) {
      const left = this.left(measure);
      if (left !== undefined) reserve[measure] = this.expects(task, measure) ?? left / among;
    }
    return reserve;
  }

  begin(reserve: Budget): void {
    this.running++;
    for (const measure of MEASURES) this.reserved[measure] += reserve[measure] ?? 0;
  }

  /** What one that has begun may use beyond `reserve`, where so many others may begin beside it that are expected to use the same. */
  promise(reserve: Budget, others: number): Budget {
    const beyond: { costUsd?: number; tokens?: number } = {};
    for (const measure of MEASURES) {
      const left = this.left(measure);
      if (left === undefined) continue;
      const free = Math.max(0, left - this.promised[measure]);
      const kept = reserve[measure] ?? 0;
      const fitting = Math.min(others, kept > 0 ? Math.floor((free + DUST) / kept) : others);
      beyond[measure] = Math.max(0, (free - fitting * kept) / (fitting + 1));
      this.promised[measure] += beyond[measure];
    }
    return beyond;
  }

  /** An attempt has ended, for which `reserve` was kept if anything was, and `beyond` that it was promised more. */
  end(
    { reserve, beyond }: { readonly reserve?: Budget; readonly beyond?: Budget },
    used: Budget,
    succeeded: boolean,
  ): void {
    if (reserve !== undefined) this.running--;
    for (const measure of MEASURES) {
      this.reserved[measure] = this.running === 0 ? 0 : this.reserved[measure] - (reserve?.[measure] ?? 0);
      this.promised[measure] = this.running === 0 ? 0 : this.promised[measure] - (beyond?.[measure] ?? 0);
      const value = used[measure];
      if (value === undefined) continue;
      if (succeeded) this.told.add(measure);
      this.spent[measure] += value;
      this.largest[measure] = Math.max(this.largest[measure] ?? 0, value);
    }
  }

  /**
   * An attempt has ended before it told all that it used: it counts no less than was expected of it, and if nobody knew that and it told
   * nothing, all that was kept for it. Gives what that adds to what it told.
   */
  assume(task: TaskId, reserve: Budget, told: Budget): Budget {
    const more: { costUsd?: number; tokens?: number } = {};
    for (const measure of MEASURES) {
      const [kept, known = 0] = [reserve[measure], told[measure]];
      if (kept === undefined) continue;
      const least = this.expects(task, measure) ?? (known > 0 ? known : kept);
      more[measure] = Math.max(0, least - known);
      this.spent[measure] += more[measure];
      this.assumed[measure] += more[measure];
    }
    return more;
  }
}

/** Both together; a part that neither knows stays unknown. */
export function sumOf(one: Budget, other: Budget): Budget {
  const sum: { -readonly [Measure in keyof Budget]: Budget[Measure] } = {};
  for (const measure of MEASURES) {
    if (one[measure] === undefined && other[measure] === undefined) continue;
    sum[measure] = (one[measure] ?? 0) + (other[measure] ?? 0);
  }
  return sum;
}

/** The smaller of both, each measure for itself; a part that neither has stays without limit. */
export function smallerOf(one: Budget, other: Budget): Budget {
  const least: { -readonly [Measure in keyof Budget]: Budget[Measure] } = {};
  for (const measure of MEASURES) {
    if (one[measure] === undefined && other[measure] === undefined) continue;
    least[measure] = Math.min(
      one[measure] ?? Number.POSITIVE_INFINITY,
      other[measure] ?? Number.POSITIVE_INFINITY,
    );
  }
  return least;
}

/** What counts as spent though nobody told it; undefined: nothing. */
export function assumedIn({ assumed }: Pick<Ledger, 'assumed'>): Budget | undefined {
  const counted = MEASURES.filter((measure) => assumed[measure] > 0);
  if (counted.length === 0) return undefined;
  return Object.fromEntries(counted.map((measure) => [measure, assumed[measure]]));
}

/** A budget that is used up, in the first measure that is; undefined: there is something left of each. */
export function usedUp(budget: Budget, spent: Budget): keyof Budget | undefined {
  return MEASURES.find((measure) => {
    const limit = budget[measure];
    return limit !== undefined && (spent[measure] ?? 0) >= limit - DUST;
  });
}
