/** What a run may cost, as it was said, and the tasks of which nobody could tell. */
import { isForAgent } from '../core/agent-work.js';
import { handedIn } from '../core/handed.js';
import { smallerOf } from '../core/ledger.js';
import { BATCHTOOL, tellsAll } from '../core/metering.js';
import type { Budget, Plan, Task } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { callIn } from './calls.js';
import type { Machine } from './machine.js';
import type { Setting, Settings } from './settings.js';
import { someIds } from './sparc-work.js';

/** The budget of the settings that count; undefined: none of them says one. */
export function budgetIn(
  settings: Settings,
  counts: (setting: Setting<unknown>) => boolean = () => true,
): Budget | undefined {
  const { 'max-cost': cost, 'max-tokens': tokens } = settings;
  const budget: Budget = {
    ...(cost !== undefined && counts(cost) ? { costUsd: cost.value } : {}),
    ...(tokens !== undefined && counts(tokens) ? { tokens: tokens.value } : {}),
  };
  return Object.keys(budget).length === 0 ? undefined : budget;
}

/** What holds for the plan if it is carried out now: its own budget, and no more than the run around it hands it. */
export function budgetNow(plan: Pick<Plan, 'budget'>, { env }: Pick<Machine, 'env'>): Budget | undefined {
  const budget = smallerOf(plan.budget ?? {}, handedIn(env));
  return Object.keys(budget).length === 0 ? undefined : budget;
}

/** A budget that some tasks could overrun unseen. `budget`: that of the run. */
export function unmeteredProblems(
  plan: Pick<Plan, 'tasks' | 'prices' | 'allowUnmetered'>,
  budget: Budget | undefined,
): Problem[] {
  if (plan.allowUnmetered === true) return [];
  const groups = new Map<string, Task[]>();
  for (const task of plan.tasks) {
    // Of one for which no agent is there that is said, and its bill depends on which one will be.
    if (isForAgent(task.work) && task.work.agent === undefined) continue;
    const limits = { ...budget, ...task.budget };
    const beside = Object.keys(limits).length === 0 ? undefined : whyUntoldBeside(task);
    if (beside === undefined && tellsAll(task.work, limits, plan.prices)) continue;
    const why = beside ?? whyUntold(task);
    groups.set(why, [...(groups.get(why) ?? []), task]);
  }
  return [...groups].map(([why, tasks]) =>
    problem(
      `${tasks.length === 1 ? 'task' : 'tasks'} ${someIds(tasks)}: ${why}, and there is a budget`,
      `${tasks.some(callsAgent) ? 'write it as a prompt ("prompt: TEXT", in a plan file "prompt"): of those the cost is known; ' : ''}--allow-unmetered runs such tasks all the same; what they cost does not count then`,
    ),
  );
}

/** Agents that its `setup` or its `check` calls tell nobody what they use, whatever its work does. */
function whyUntoldBeside({ setup, expect }: Task): string | undefined {
  for (const [part, text] of Object.entries({ setup, check: expect?.check })) {
    const called = text === undefined ? undefined : callIn(text);
    if (called !== undefined && called !== BATCHTOOL)
      return `its "${part}" calls ${called} itself, so nobody knows what that costs`;
  }
  return undefined;
}

function callsAgent({ work }: Task): boolean {
  return work.kind === 'command' && work.runner === undefined && work.calls !== undefined;
}

function whyUntold({ work }: Task): string {
  if (work.kind === 'integrate') return 'nobody can know the cost';
  if (work.runner !== undefined) return `the SPARC runner ${work.runner} tells nobody what it costs`;
  if (work.kind === 'command' && work.calls !== undefined)
    return `it calls ${work.calls} itself, so nobody knows what that costs`;
  if (work.kind === 'command' || work.agent === undefined) return 'nobody can know the cost';
  if (work.command !== undefined)
    return `the agent ${work.agent} is a command of your own, which tells nobody what it uses`;
  return work.model === undefined
    ? `the agent ${work.agent} tells only tokens, and which model it uses is not said ("agents" in a plan file or in .batchtool/config.yml says it)`
    : `the agent ${work.agent} tells only tokens, and what those of ${work.model} cost is not known ("prices" in a plan file or in .batchtool/config.yml says it)`;
}
