/** What tasks and runs used, as far as anybody told it, and what they may and are expected to use. */
import type { CostEstimate } from '../core/event.js';
import { assumedIn, DUST, MEASURES, sumOf } from '../core/ledger.js';
import { meteringOf } from '../core/metering.js';
import type { Budget, Plan, TaskId } from '../core/plan.js';
import type { Line } from '../core/shown.js';
import type { RunState, TaskState } from '../core/state.js';
import { showBudget, showCost, showTokens } from '../core/units.js';

/** What all attempts of a task used. A part that none of them told is absent. */
export function usedBy({ attempts }: Pick<TaskState, 'attempts'>): Budget {
  return attempts.reduce((sum: Budget, { result = {} }) => sumOf(sum, result), {});
}

/** The same of a run. */
export function usedIn({ ledger: { largest, spent, assumed } }: RunState): Budget {
  const told = MEASURES.filter((measure) => largest[measure] !== undefined);
  return Object.fromEntries(told.map((measure) => [measure, spent[measure] - assumed[measure]]));
}

/**
 * `$1.20 of $5.00, 45.2k tokens`; undefined for a run of which nobody told anything and that may use what it likes. What tasks
 * used that tell nothing is not in it, nor what counts though nobody told it, which is said.
 */
export function usedText(state: RunState): string | undefined {
  const used = usedIn(state);
  const { budget } = state.ledger;
  const parts = MEASURES.flatMap((measure) => {
    const [amount, limit] = [used[measure], budget[measure]];
    if (amount === undefined && limit === undefined) return [];
    const show = measure === 'costUsd' ? showCost : showTokens;
    if (limit === undefined) return show(amount ?? 0);
    const over = (amount ?? 0) - limit;
    return `${show(amount ?? 0)} of ${show(limit)}${over > DUST ? ` (${show(over)} over it)` : ''}`;
  });
  if (parts.length === 0) return undefined;
  const silent = state.tasks.filter(isSilent).length;
  const rest =
    silent === 0
      ? ''
      : ` (without ${silent === 1 ? '1 task that tells' : `${silent} tasks that tell`} nothing)`;
  const assumed = assumedText(state);
  return `${parts.join(', ')}${assumed === undefined ? '' : `, and ${assumed}`}${rest}`;
}

/** `$0.50 assumed for what ended untold`: it counts for the budget though nobody told it. */
export function assumedText({ ledger }: RunState): string | undefined {
  const assumed = assumedIn(ledger);
  return assumed === undefined ? undefined : `${showBudget(assumed)} assumed for what ended untold`;
}

/** It has called a model, and nobody knows what that cost. */
function isSilent({ task, attempts }: TaskState): boolean {
  return attempts.length > 0 && meteringOf(task.work) === 'unmetered';
}

/** What a run is expected to use. */
export interface Forecast {
  readonly expected: Budget;
  /** How many earlier runs say so, at most. */
  readonly attempts: number;
  /** Tasks that call a model and of which nobody knows anything. */
  readonly unknown: number;
}

/** By earlier runs; undefined: they say nothing. Each task counts once, however often it may be tried. */
export function forecastOf(
  { tasks }: Pick<Plan, 'tasks'>,
  costs: Readonly<Record<TaskId, CostEstimate>> = {},
): Forecast | undefined {
  let [expected, attempts, unknown]: [Budget, number, number] = [{}, 0, 0];
  for (const { id, work } of tasks) {
    const known = Object.hasOwn(costs, id) ? costs[id] : undefined;
    if (known === undefined) {
      if (meteringOf(work) !== 'free') unknown++;
      continue;
    }
    expected = sumOf(expected, known);
    attempts = Math.max(attempts, known.attempts);
  }
  return attempts === 0 ? undefined : { expected, attempts, unknown };
}

/** `forecast: about $1.20 and 45.2k tokens by 9 earlier runs; 3 tasks unknown`, and a warning when that is too much. */
export function forecastLines(plan: Plan, costs?: Readonly<Record<TaskId, CostEstimate>>): Line[] {
  const forecast = forecastOf(plan, costs);
  if (forecast === undefined) return [];
  const { expected, attempts, unknown } = forecast;
  const runs = attempts === 1 ? '1 earlier run' : `${attempts} earlier runs`;
  const rest = unknown === 0 ? '' : `; ${unknown} ${unknown === 1 ? 'task' : 'tasks'} unknown`;
  const { budget = {} } = plan;
  const over = MEASURES.some((measure) => (expected[measure] ?? 0) > (budget[measure] ?? Infinity));
  return [
    [
      { text: `  forecast: about ${showBudget(expected)} by ${runs}${rest}`, tone: 'dim' },
      ...(over ? [{ text: `, more than the budget of ${showBudget(budget)}`, tone: 'warn' as const }] : []),
    ],
  ];
}

/** How to go on after a budget has stopped a run, as it is typed: twice the budget, or twice what counts as spent if that is more. */
export function largerBudget({ budget, spent }: Pick<RunState['ledger'], 'budget' | 'spent'>): string {
  const { costUsd, tokens } = budget;
  return [
    ...(costUsd === undefined
      ? []
      : [`--max-cost ${Number((2 * Math.max(costUsd, spent.costUsd)).toFixed(6))}USD`]),
    ...(tokens === undefined ? [] : [`--max-tokens ${2 * Math.max(tokens, spent.tokens)}`]),
  ].join(' ');
}

export interface BudgetDocument {
  readonly costUsd: number | null;
  readonly tokens: number | null;
}

/** For documents: null for what is not known. */
export function budgetDocument({ costUsd, tokens }: Budget): BudgetDocument {
  return { costUsd: costUsd === undefined ? null : Number(costUsd.toFixed(6)), tokens: tokens ?? null };
}
