/** The command line that runs one task again, anywhere the project is checked out. */
import type { Plan, Task } from '../core/plan.js';
import { shellWord } from '../core/shell-word.js';
import { showLimit, someOf } from './reason.js';

const MOST_VARIABLES = 8;

/**
 * Undefined for a merge, which is nothing without the tasks before it, and where a command line would say less than the plan
 * and there is no file that says it all.
 */
export function reproduction(plan: Plan, task: Task): string | undefined {
  const { id, work, needs } = task;
  if (work.kind === 'integrate') return undefined;
  if (isMoreThanOptions(task))
    return plan.pattern === 'file'
      ? `# PLAN is the plan file: no command line says all that it says of this task.\nnpx batchtool run -f PLAN --only ${shellWord(id)}`
      : undefined;
  const words = [
    ...optionsOf(plan, task),
    work.kind === 'command' ? `sh: ${work.text.trim()}` : `${work.mode}: ${work.text.trim()}`,
  ];
  const line = `npx batchtool run ${words.map(shellWord).join(' ')}`;
  const data = [...new Set(needs.filter(({ kind }) => kind === 'data').map((need) => need.task))];
  return data.length === 0
    ? line
    : `# It can use results of ${someOf(data, 5)}, which it lacks here.\n${line}`;
}

/** It is told what only a plan file or a configuration can tell. */
function isMoreThanOptions({ work, expect, setup }: Task): boolean {
  if (expect !== undefined || setup !== undefined) return true;
  return (
    work.kind === 'prompt' &&
    [work.model, work.permission, work.args, work.command].some((said) => said !== undefined)
  );
}

function optionsOf(plan: Plan, { work, cwd, limits, env }: Task): string[] {
  const variables = Object.entries({ ...plan.env, ...env }).slice(0, MOST_VARIABLES);
  return [
    ...(cwd === undefined ? [] : ['--cwd', cwd]),
    ...(work.kind === 'command' && work.shell !== undefined ? ['--shell', work.shell.join(' ')] : []),
    ...(work.kind === 'prompt' && work.agent !== undefined ? ['--agent', work.agent] : []),
    ...(limits.timeoutMillis === undefined ? [] : ['--timeout', showLimit(limits.timeoutMillis)]),
    ...(limits.idleMillis === undefined ? [] : ['--idle-timeout', showLimit(limits.idleMillis)]),
    ...(limits.memoryBytes === undefined ? [] : ['--memory-limit', String(limits.memoryBytes)]),
    ...(limits.outputBytes === undefined ? [] : ['--max-output', String(limits.outputBytes)]),
    ...variables.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}
