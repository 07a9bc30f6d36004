/** Which tasks are commands and which are prompts, and who carries them out: told before they run, so that a wrong guess is seen at once. */
import type { Task, Work } from '../core/plan.js';
import type { Line } from '../core/shown.js';
import { someOf } from './reason.js';
import { titleOf } from './title.js';

const MOST_IDS = 12;

interface Group {
  /** Its place among the lines. */
  readonly order: number;
  readonly one: string;
  readonly many: string;
  readonly names: string[];
}

/** `commands: build, test` and `prompts, by flowx: design as architect`, one line for each kind, runner and agent that there is. */
export function kindLines(tasks: readonly Task[]): Line[] {
  const groups = new Map<string, Group>();
  for (const task of tasks) {
    const group = groupOf(task.work);
    const known = groups.get(group.many) ?? group;
    groups.set(group.many, known);
    known.names.push(task.work.kind === 'prompt' ? `${titleOf(task)} as ${task.work.mode}` : titleOf(task));
  }
  return [...groups.values()]
    .sort((a, b) => a.order - b.order)
    .map(({ one, many, names }) => [
      { text: `  ${names.length === 1 ? one : many}: ${someOf(names, MOST_IDS)}`, tone: 'dim' },
    ]);
}

function groupOf(work: Work): Group {
  if (work.kind === 'integrate') return { order: 3, one: 'merge', many: 'merges', names: [] };
  const runner = work.runner === undefined ? undefined : runnerName(work.runner);
  if (work.kind === 'prompt') {
    const by =
      runner !== undefined
        ? `, by ${runner}`
        : work.agent === undefined
          ? ''
          : `, by the built-in runner with ${work.agent}`;
    return { order: 2, one: `prompt${by}`, many: `prompts${by}`, names: [] };
  }
  if (runner === undefined) return { order: 0, one: 'command', many: 'commands', names: [] };
  const by = `, by ${runner} as written`;
  return { order: 1, one: `SPARC command${by}`, many: `SPARC commands${by}`, names: [] };
}

/** The kind of a task in a table: `command`, `SPARC (flowx)`, `prompt (ask, flowx)`, `prompt (ask, claude, some-model)`. */
export function kindOf({ work }: Task): string {
  if (work.kind === 'integrate') return work.kind;
  const runner = work.runner === undefined ? undefined : runnerName(work.runner);
  if (work.kind === 'command') return runner === undefined ? work.kind : `SPARC (${runner})`;
  const by = runner === undefined ? [work.agent, work.model] : [runner];
  return `prompt (${[work.mode, ...by].filter((word) => word !== undefined).join(', ')})`;
}

/** What people must know when such a program is to build on what others did; undefined where that is not so. */
export function contextNote(tasks: readonly Task[]): string | undefined {
  const builds = tasks.some(({ work, needs }) => {
    return needs.length > 0 && work.kind !== 'integrate' && work.runner !== undefined;
  });
  return builds ? 'a SPARC runner sees earlier results only through the folder BATCHTOOL_CONTEXT' : undefined;
}

/** Without the folder that it stands in. */
function runnerName(runner: string): string {
  return /^([/\\]|[A-Za-z]:)/.test(runner) ? (runner.split(/[/\\]/).at(-1) ?? runner) : runner;
}
