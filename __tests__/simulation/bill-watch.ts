/**
 * What must hold of money and tokens in every run, read off the journal: nothing metered starts that does not fit, so
 * that a budget is overshot by no more than what was running when it was reached.
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
  /** What attempts may still cost that ran when the budget was reached, or that are not metered. */
  #late = 0;
  #costs: Readonly<Record<TaskId, CostEstimate>> = {};
  #largest: number | undefined;
  /** A success has told what it used. */
  #isTold = false;

  constructor(plan: Plan, measure: Measure) {
    this.#measure = measure;
    this.#budget = plan.budget?.[measure];
    const byAgent = plan.tasks.filter(({ work }) => work.kind === 'prompt' && work.command === undefined);
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
    const over = this.#budget === undefined ? 0 : rounded(this.#spent - this.#late - this.#budget);
    if (over > 0) this.#broken.push(`the budget is overshot by ${over} that did not run when it was reached`);
    return this.#broken;
  }

  /** What was spent before there was this budget is no fault. */
  #resumed(budget: number | undefined): void {
    if (budget === undefined) return;
    this.#budget = budget;
    this.#late = Math.max(this.#late, this.#spent - budget);
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
  }

  #exited({ task, attempt, exit, result = {} }: Extract<Event, { type: 'attempt.exited' }>): void {
    const told = result[this.#measure];
    if (told !== undefined) this.#largest = Math.max(told, this.#largest ?? 0);
    if (told !== undefined && isSuccess(exit)) this.#isTold = true;
    const used = exit.kind === 'lost' ? this.#unseen(task, attempt, told) : (told ?? 0);
    const wasReached = this.#budget !== undefined && rounded(this.#spent) >= this.#budget;
    this.#running.delete(task);
    this.#kept.delete(`${task}#${attempt}`);
    this.#spent += used;
    // Who ends after the budget was reached ran when it was, or is not metered: the start of any other is a fault.
    if (wasReached || !this.#metered.has(task)) this.#late += used;
    else if (this.#budget !== undefined) this.#late += Math.max(0, this.#spent - this.#budget);
  }

  /** What counts for an attempt whose end nobody saw. */
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
