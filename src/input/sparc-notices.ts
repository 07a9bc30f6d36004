/** What is worth knowing about SPARC work before it starts, and keeps nothing from starting. */
import { isForAgent } from '../core/agent-work.js';
import type { Command, Plan, Task } from '../core/plan.js';
import { problemText } from '../core/problem.js';
import type { Machine } from './machine.js';
import { findsRunner, isByNpx, someIds, sparcCommandOf } from './sparc-work.js';

export function sparcNotices(plan: Plan, machine: Machine): string[] {
  const asWritten = plan.runner === 'as-written' ? unaskedAgents(plan) : [];
  return [...missingRunners(plan, machine), ...asWritten, ...modeFaults(plan, machine)];
}

/** Commands whose runner is not there run as written all the same, where nothing else may or can take them. */
function missingRunners(plan: Plan, machine: Machine): string[] {
  const missing = new Map<string, Task[]>();
  for (const task of plan.tasks) {
    const { work } = task;
    if (work.kind !== 'command' || work.runner === undefined) continue;
    if (isByNpx(task) || findsRunner(task, plan, machine)) continue;
    const isWhole = sparcCommandOf(work) !== undefined;
    // Within a text nobody knows which folder it is called in; on PATH it is looked for wherever that is.
    if (isWhole ? plan.runner !== 'as-written' : work.runner.includes('/') || namesNpx(work)) continue;
    missing.set(work.runner, [...(missing.get(work.runner) ?? []), task]);
  }
  const way = plan.runner === 'as-written' ? '' : ' (a prompt, "MODE: TEXT", would go to an agent)';
  return [...missing].map(
    ([runner, tasks]) =>
      `the SPARC runner ${runner} is not installed; as written, ${some(tasks)} ${tasks.length === 1 ? 'calls' : 'call'} it all the same${way}`,
  );
}

function namesNpx({ text }: Command): boolean {
  return /\bnpx\b|\bnpm (?:exec|x)\b/.test(text);
}

/** Only the built-in runner can choose an agent. */
function unaskedAgents({ tasks }: Plan): string[] {
  const named = tasks.filter(({ work }) => work.kind === 'prompt' && work.agent !== undefined);
  if (named.length === 0) return [];
  return [
    `with --runner as-written no agent is chosen, though ${some(named)} ${named.length === 1 ? 'names' : 'name'} one`,
  ];
}

/** What is wrong with the modes of the project, where texts may speak of them and nothing is refused for it. */
function modeFaults({ tasks }: Plan, { ownModes }: Machine): string[] {
  const mayName = ({ work }: Task): boolean =>
    work.kind === 'prompt' || (work.kind === 'command' && /^\s*[a-z0-9-]+:\s/i.test(work.text));
  if (ownModes === undefined || tasks.some(({ work }) => isForAgent(work)) || !tasks.some(mayName)) return [];
  return ownModes.problems.map(problemText);
}

function some(tasks: readonly Task[]): string {
  return `${tasks.length === 1 ? 'task' : 'tasks'} ${someIds(tasks)}`;
}
