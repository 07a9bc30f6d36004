/**
 * What must hold of money and tokens in every run, read off the journal, as docs/budgets.md promises it: nothing metered
 * starts that does not fit; so a budget is overshot by no more than what attempts used beyond what was kept for them after the last
 * one had started, and by no more than what those used that ran when it was reached. What is not metered comes on top of both.
 */
import type { CostEstimate, Event, StopReason } from '../../src/core/event.js';
import { isSuccess } from '../../src/core/exit.js';
import type { Budget, Plan, TaskId } from '../../src/core/plan.js';
import { rounded } from './verdict.js';

const MEASURES = ['costUsd', 'tokens'] as const;
type Measure = (typeof MEASURES)[number];

/** Every broken rule as a sentence. */
export function brokenBill(plan: Plan, journal: readonly Event[]): string[] {
  return MEASURES.flatMap((measure) => new BillWatch(plan, measure).watch(journal));
}

class BillWatch {
  readonly #broken: string[] = [];
  readonly #measure: Measure;
  #budget: number | undefined;
  #spent = 0;
  /** What is kept for attempts that run, by `task#attempt`. */
  readonly #kept = new Map<string, number>();
  readonly #running = new Set<TaskId>();
  readonly #metered: Set<TaskId>;
  /** What was used beyond what was kept for it, and what is not metered, since something metered has started. */
  #beyond = 0;
  /** Attempts that ran when the budget became another one: what was kept for them was not of this one. */
  #earlier: ReadonlySet<string> = new Set();
  /** Metered attempts that ran when the budget was reached, the one that reached it among them; undefined: it was not. */
  #atTheEnd: Set<string> | undefined;
  /** What these have used, and all that is not metered. */
  #late = 0;
  #costs: Readonly<Record<TaskId, CostEstimate>> = {};
  #largest: number | undefined;
  /** A success has told what it used. */
  #isTold = false;

  constructor(plan: Plan, measure: Measure) {
    this.#measure = measure;
    this.#budget = plan.budget?.[measure];
    const byAgent = plan.tasks.filter(({ work }) =>
      work.kind === 'prompt'
        ? work.command === undefined
        : work.kind === 'command' && work.calls === 'batchtool',
    );
    this.#metered = new Set(byAgent.map(({ id }) => id));
  }

  watch(journal: readonly Event[]): readonly string[] {
    for (const event of journal) {
      if (event.type === 'run.started') {
        this.#costs = event.costs ?? {};
        for (const id of Object.keys(this.#costs)) this.#metered.add(id);
      }
      if (event.type === 'run.resumed') this.#resumed(event.budget?.[this.#measure]);
      if (event.type === 'attempt.started') this.#started(event.task, event.attempt, event.reserve);
      if (event.type === 'attempt.exited') this.#exited(event);
      if (event.type === 'run.stopping') this.#stopping(event.why);
    }
    const over = this.#budget === undefined ? 0 : rounded(this.#spent - this.#budget);
    if (over > 0 && over > rounded(this.#late))
      this.#broken.push(
        `the budget is overshot by ${over}, but what ran when it was reached used ${this.#late}`,
      );
    if (over > 0 && over > rounded(this.#beyond))
      this.#broken.push(
        `the budget is overshot by ${over}, but ${this.#beyond} were used beyond what was kept`,
      );
    return this.#broken;
  }

  /** What was spent before there was this budget is no fault, nor what ran until then. */
  #resumed(budget: number | undefined): void {
    if (budget === undefined) return;
    this.#budget = budget;
    this.#beyond = Math.max(0, this.#spent - budget);
    this.#late = this.#beyond;
    this.#atTheEnd = this.#beyond > 0 || this.#spent >= budget ? new Set(this.#kept.keys()) : undefined;
    this.#earlier = new Set(this.#kept.keys());
  }

  #started(task: TaskId, attempt: number, reserve: Budget | undefined): void {
    this.#running.add(task);
    if (this.#budget === undefined || !this.#metered.has(task)) return;
    const kept = reserve?.[this.#measure];
    const all = rounded(this.#spent + [...this.#kept.values()].reduce((sum, one) => sum + one, 0));
    if (kept === undefined) this.#broken.push(`${task}#${attempt} started and nothing is kept for it`);
    else if (rounded(all + kept) > this.#budget || all >= this.#budget)
      this.#broken.push(
        `${task}#${attempt} started with ${all} of ${this.#budget} gone and ${kept} expected`,
      );
    this.#kept.set(`${task}#${attempt}`, kept ?? 0);
    this.#beyond = 0;
  }

  #exited({ task, attempt, exit, result = {} }: Extract<Event, { type: 'attempt.exited' }>): void {
    const told = result[this.#measure];
    if (told !== undefined) this.#largest = Math.max(told, this.#largest ?? 0);
    if (told !== undefined && isSuccess(exit) && result.untold !== true) this.#isTold = true;
    const used =
      exit.kind === 'lost' || result.untold === true ? this.#unseen(task, attempt, told) : (told ?? 0);
    const key = `${task}#${attempt}`;
    const kept = this.#kept.get(key);
    this.#spent += used;
    if (this.#budget !== undefined && rounded(this.#spent) >= this.#budget)
      this.#atTheEnd ??= new Set(this.#kept.keys());
    this.#beyond += Math.max(0, used - (this.#earlier.has(key) ? 0 : (kept ?? 0)));
    if (kept === undefined || this.#atTheEnd?.has(key)) this.#late += used;
    this.#running.delete(task);
    this.#kept.delete(key);
  }

  /** What counts for an attempt that ended before it had told all that it used. */
  #unseen(task: TaskId, attempt: number, told: number | undefined): number {
    const kept = this.#kept.get(`${task}#${attempt}`);
    if (kept === undefined) return told ?? 0;
    const expected = this.#costs[task]?.[this.#measure] ?? (this.#isTold ? this.#largest : undefined);
    return expected === undefined ? told || kept : Math.max(told ?? 0, expected);
  }

  #stopping(why: StopReason): void {
    // Somebody else who counts money says so without a budget.
    if (why.kind !== 'budget' || Object.keys(why.budget).length === 0) return;
    if (this.#running.size > 0) this.#broken.push('the budget stops a run in which something runs');
    const spent = why.spent[this.#measure];
    if (spent !== undefined && rounded(spent) !== rounded(this.#spent))
      this.#broken.push(`the budget stops the run for ${spent}, but ${this.#spent} was spent`);
  }
}
