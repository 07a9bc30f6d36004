/**
 * Budgets. A metered attempt starts only if what was spent, what is kept for those that run and what it is expected to
 * cost itself stay within the budget. The first that does not fit holds back those behind it, for those that run may leave
 * money over; one that would not even fit then never will, and the others go past it. When nothing else is left, the run stops.
 */
import type { Decision } from './event.js';
import type { Exit } from './exit.js';
import { assumedIn, DUST, MEASURES, sumOf, usedUp } from './ledger.js';
import { meteringOf } from './metering.js';
import type { Budget, Task } from './plan.js';
import { lastAttempt, type RunState, type TaskState } from './state.js';
import { showBudget } from './units.js';

/** What it costs will be told, or is known from earlier runs: a run within a task tells its bill too. */
export function isMetered(state: RunState, { task }: TaskState): boolean {
  return (
    meteringOf(task.work) === 'metered' || isNested(task) || Object.hasOwn(state.ledger.expected, task.id)
  );
}

function isNested({ work }: Task): boolean {
  return meteringOf(work) === 'nested';
}

/** Whether one attempt of the task, for which a budget counts, may begin beside those that run. */
export function fits({ ledger }: RunState, { task }: TaskState): boolean {
  return ledger.fits(task.id, isNested(task));
}

/** What is kept for one that fits. Runs within tasks of which nobody knows what they will use share what is left. */
export function reserveFor(state: RunState, { task }: TaskState): Budget {
  if (!isNested(task)) return state.ledger.reserveFor(task.id);
  const beside = waitingFor(state, state.pools.free(task.pools), (other) => isNested(other.task));
  return state.ledger.reserveFor(task.id, Math.max(1, beside));
}

/** There is a budget, and what is left of it counts for this task. */
export function isBudgeted(state: RunState, task: TaskState): boolean {
  return state.ledger.isLimited && isMetered(state, task);
}

/** Stops a run that could go on only with more money: nothing runs, and nothing waits for anything else. */
export function stopForBudget(state: RunState): Decision | undefined {
  const { ledger, running, unaffordable, ready, delayed } = state;
  if (!ledger.isLimited || running.size > 0) return undefined;
  for (const { heap } of ready.values()) if (heap.size > 0) return undefined;
  let [held, other] = [unaffordable.size > 0, false];
  delayed.eachWhile(
    () => true,
    (task) => {
      if (task.status !== 'waiting' || task.fate !== 'ready') return;
      if (isMetered(state, task) && !ledger.couldFit(task.task.id)) held = true;
      else other = true;
    },
  );
  if (!held || other) return undefined;
  const assumed = assumedIn(ledger);
  return {
    type: 'run.stopping',
    why: {
      ...{ kind: 'budget', kill: false, spent: spentOf(state), budget: ledger.budget },
      ...(assumed === undefined ? {} : { assumed }),
    },
  };
}

/**
 * The budget is why the run did not do all that it was to: it stopped it, or an agent stopped itself when it was used up, or a run
 * within a task did when it had used up what it was handed.
 */
export function ranOutOfMoney({ stopping, ledger, tasks }: RunState): boolean {
  if (stopping !== undefined && stopping.kind !== 'failure') return stopping.kind === 'budget';
  const isUsedUp = stopping === undefined && usedUp(ledger.budget, ledger.spent) !== undefined;
  return tasks.some(({ outcome }) => {
    if (outcome?.kind !== 'failed' || outcome.exit.kind !== 'contract') return false;
    return (
      outcome.exit.failure === 'budget' && (isUsedUp || (ledger.isLimited && outcome.exit.handed === true))
    );
  });
}

/** What stopped it for money is not a budget of its own, but what the run around it handed it. */
export function isHandedAllOut({ ledger: { own, most, spent } }: Pick<RunState, 'ledger'>): boolean {
  if (usedUp(most, spent) !== undefined) return true;
  const binds = (measure: keyof Budget): boolean =>
    (most[measure] ?? Number.POSITIVE_INFINITY) < (own[measure] ?? Number.POSITIVE_INFINITY);
  return MEASURES.some(binds) && usedUp(own, spent) === undefined;
}

/** It has used more than its budget, whatever became of its tasks. */
export function isOverBudget({ ledger: { budget, spent } }: Pick<RunState, 'ledger'>): boolean {
  return MEASURES.some((measure) => spent[measure] > (budget[measure] ?? Number.POSITIVE_INFINITY) + DUST);
}

/** What the run has used of what its budget limits. */
function spentOf({ ledger: { budget, spent } }: RunState): Budget {
  return Object.fromEntries(
    MEASURES.filter((measure) => budget[measure] !== undefined).map((measure) => [measure, spent[measure]]),
  );
}

/** The end of a task that has spent its own budget; undefined: something is left of it, or it has none. */
export function overspent({ task: { budget }, spent }: TaskState): Exit | undefined {
  if (budget === undefined || usedUp(budget, spent) === undefined) return undefined;
  return {
    kind: 'contract',
    failure: 'budget',
    reason: `its budget is used up: ${showBudget(spent, budget)} of ${showBudget(budget)} spent`,
  };
}

/** How many others, for which the budget counts too, may begin beside a task that has just begun. */
export function othersBeside(state: RunState, { task: { pools } }: TaskState): number {
  return waitingFor(state, state.pools.free(pools), (task) => isBudgeted(state, task));
}

/** How many of these are ready, and no more than could begin. */
function waitingFor(state: RunState, most: number, counts: (task: TaskState) => boolean): number {
  let found = 0;
  for (const task of state.tasks) {
    if (found >= most) break;
    if (task.status === 'waiting' && task.fate === 'ready' && counts(task)) found++;
  }
  return Math.min(found, most);
}

/**
 * What the task's newest attempt may use at most, of the run's budget and of its own; undefined: as much as it likes. Of
 * the run's budget that is what is kept for it and its share of the rest, so that all together may use no more than is left.
 */
export function allowanceOf({ ledger }: RunState, task: TaskState): Budget | undefined {
  const { reserve, beyond } = lastAttempt(task) ?? {};
  const allowance: { costUsd?: number; tokens?: number } = {};
  for (const measure of MEASURES) {
    const left = ledger.left(measure);
    const own = task.task.budget?.[measure];
    const limits = [
      ...(left === undefined
        ? []
        : [reserve === undefined ? left : (sumOf(reserve, beyond ?? {})[measure] ?? 0)]),
      ...(own === undefined ? [] : [own - task.spent[measure]]),
    ];
    if (limits.length > 0) allowance[measure] = Math.max(0, Math.min(...limits));
  }
  return Object.keys(allowance).length === 0 ? undefined : allowance;
}
