/** The command line that runs one task again, anywhere the project is checked out. */
import type { Plan, Task } from '../core/plan.js';
import { shellWord } from '../core/shell-word.js';
import { showLimit, someOf } from './reason.js';

const MOST_VARIABLES = 8;

/** Undefined for a merge, which is nothing without the tasks before it. */
export function reproduction(plan: Plan, task: Task): string | undefined {
  const { work, needs } = task;
  if (work.kind === 'integrate') return undefined;
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

function optionsOf(plan: Plan, { work, cwd, limits, env }: Task): string[] {
  const variables = Object.entries({ ...plan.env, ...env }).slice(0, MOST_VARIABLES);
  return [
    ...(cwd === undefined ? [] : ['--cwd', cwd]),
    ...(work.kind === 'command' && work.shell !== undefined ? ['--shell', work.shell.join(' ')] : []),
    ...(limits.timeoutMillis === undefined ? [] : ['--timeout', showLimit(limits.timeoutMillis)]),
    ...(limits.idleMillis === undefined ? [] : ['--idle-timeout', showLimit(limits.idleMillis)]),
    ...(limits.memoryBytes === undefined ? [] : ['--memory-limit', String(limits.memoryBytes)]),
    ...variables.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}
