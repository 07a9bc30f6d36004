/** Rules 22 and 23 of docs/scheduling.md: what is spent, what is kept, and what fits. All of it is added up anew each time. */
import type { AttemptResult, CostEstimate } from '../../src/core/event.js';
import { type Exit, isSuccess } from '../../src/core/exit.js';
import type { Budget, Task, TaskId } from '../../src/core/plan.js';
import { rounded } from './verdict.js';

const MEASURES = ['costUsd', 'tokens'] as const;
type Measure = (typeof MEASURES)[number];

/** A run within it keeps to what it is handed. */
export function startsRuns({ work }: Pick<Task, 'work'>): boolean {
  return work.kind === 'command' && work.calls === 'batchtool';
}

export class Bill {
  readonly #budget: Budget;
  readonly #costs: Readonly<Record<TaskId, CostEstimate>>;
  readonly #told: { readonly used: Budget; readonly counts: Budget; readonly succeeded: boolean }[] = [];
  /** What is kept for tasks that run. */
  readonly #kept = new Map<TaskId, Budget>();

  constructor(budget: Budget, costs: Readonly<Record<TaskId, CostEstimate>>) {
    this.#budget = budget;
    this.#costs = costs;
  }

  /** There is a budget, and it concerns this task. */
  counts({ id, work }: Task): boolean {
    if (MEASURES.every((measure) => this.#budget[measure] === undefined)) return false;
    return (
      this.#costs[id] !== undefined ||
      (work.kind === 'prompt' && work.command === undefined) ||
      startsRuns({ work })
    );
  }

  fits({ id, work }: Task): boolean {
    const isGuess = MEASURES.every((measure) => {
      return this.#budget[measure] === undefined || this.#expected(id, measure) !== undefined;
    });
    return (
      (isGuess || this.#kept.size === 0 || startsRuns({ work })) &&
      MEASURES.every((measure) => this.#hasRoom(id, measure, true))
    );
  }

  /** It would not fit if those that run cost nothing. */
  neverFits(id: TaskId): boolean {
    return MEASURES.some((measure) => !this.#hasRoom(id, measure, false));
  }

  #hasRoom(id: TaskId, measure: Measure, withKept: boolean): boolean {
    const limit = this.#budget[measure];
    if (limit === undefined) return true;
    const gone = this.#spent(measure) + (withKept ? this.#keptOf(measure) : 0);
    const expected = this.#expected(id, measure) ?? 0;
    return rounded(limit - gone) > 0 && rounded(gone + expected) <= rounded(limit);
  }

  /** `among`: between so many what is left is shared where nobody knows what it will use. */
  keep(id: TaskId, among: number): void {
    const kept = MEASURES.filter((measure) => this.#budget[measure] !== undefined).map((measure) => {
      const rest = (this.#budget[measure] ?? 0) - this.#spent(measure) - this.#keptOf(measure);
      return [measure, this.#expected(id, measure) ?? rest / among];
    });
    this.#kept.set(id, Object.fromEntries(kept));
  }

  /** Gives what counts for the attempt. */
  pay(id: TaskId, { untold, ...used }: AttemptResult, exit: Exit): Budget {
    const kept = this.#kept.get(id) ?? {};
    this.#kept.delete(id);
    const counts = exit.kind === 'lost' || untold ? this.#unseen(id, kept, used) : used;
    this.#told.push({ used, counts, succeeded: isSuccess(exit) && untold !== true });
    return counts;
  }

  /** What it told, but no less than was expected; if nobody knew and it told nothing, what was kept. */
  #unseen(id: TaskId, kept: Budget, used: Budget): Budget {
    const counts = MEASURES.filter((measure) => kept[measure] !== undefined).map((measure) => {
      const expected = this.#expected(id, measure);
      return [measure, Math.max(used[measure] ?? 0, expected ?? 0) || (kept[measure] as number)];
    });
    return { ...used, ...Object.fromEntries(counts) };
  }

  sums(): Record<Measure, number> {
    return { costUsd: this.#spent('costUsd'), tokens: this.#spent('tokens') };
  }

  #spent(measure: Measure): number {
    return rounded(this.#told.reduce((sum, { counts }) => sum + (counts[measure] ?? 0), 0));
  }

  #keptOf(measure: Measure): number {
    return [...this.#kept.values()].reduce((sum, one) => sum + (one[measure] ?? 0), 0);
  }

  #expected(id: TaskId, measure: Measure): number | undefined {
    const known = this.#costs[id]?.[measure];
    if (known !== undefined) return known;
    if (!this.#told.some(({ used, succeeded }) => succeeded && used[measure] !== undefined)) return undefined;
    return Math.max(...this.#told.flatMap(({ used }) => used[measure] ?? []));
  }
}
