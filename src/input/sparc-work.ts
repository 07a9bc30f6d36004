/** SPARC work on this machine: which runner takes it, and whether that is there. */
import type { Command, Plan, Prompt, Task, TaskId } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import type { Draft } from '../patterns/pattern.js';
import { runnerByNpx, type SparcCommand, sparcCommand } from '../sparc/command.js';
import { localProgram, runnerNames } from '../sparc/runners.js';
import { labelOf } from './label.js';
import type { Machine } from './machine.js';
import { resolvePath } from './paths.js';
import { firstCommand, laterCommands, readShell } from './shell-words.js';

/** More ids than these are counted, not named. */
const MOST_IDS = 8;

/** The runner that a text for the shell begins with: that of a SPARC command, or one that npx is to find. */
export function runnerIn(text: string, more: readonly string[] = []): string | undefined {
  if (!text.includes('sparc') && !text.includes('npx')) return undefined;
  const words = wordsOf(text);
  return sparcCommand(words, more)?.runner ?? runnerByNpx(words, more);
}

function wordsOf(text: string): readonly string[] {
  return firstCommand(readShell(text, { prose: false }).words);
}

/** Tasks of a file, which is read before anybody says which runners there are besides those that are known. */
export function withCalledRunners(tasks: readonly Draft[], { moreRunners }: Machine): readonly Draft[] {
  if (moreRunners === undefined) return tasks;
  return tasks.map((task) => {
    const { work } = task;
    if (work.kind !== 'command' || work.runner !== undefined) return task;
    const runner = runnerIn(work.text, moreRunners);
    return runner === undefined ? task : { ...task, work: { ...work, runner } };
  });
}

/** The SPARC command that a command was recognised as. */
export function sparcCommandOf({ text, runner }: Command): SparcCommand | undefined {
  return runner === undefined ? undefined : sparcCommand(wordsOf(text), [runner.replace(/^\.\//, '')]);
}

/** A text for the shell; one that calls a SPARC runner says which. */
export function commandOf(text: string, runner: string | undefined): Command {
  return { kind: 'command', text, ...(runner === undefined ? {} : { runner }) };
}

/** The plan with a runner for each prompt, as far as there is one. One that the plan names already is kept while it is there. */
export function withRunners(plan: Plan, machine: Machine): Plan {
  const lacks = ({ work }: Task): boolean =>
    work.kind === 'prompt' && (work.runner === undefined || !machine.resolves(work.runner));
  if (!plan.tasks.some(lacks)) return plan;
  const runner = installedRunner(machine);
  const given = ({ runner: _, ...prompt }: Prompt): Prompt =>
    runner === undefined ? prompt : { ...prompt, runner };
  return {
    ...plan,
    tasks: plan.tasks.map((task) => (lacks(task) ? { ...task, work: given(task.work as Prompt) } : task)),
  };
}

/** The first runner of the list that is on PATH or that the project has installed. */
function installedRunner(machine: Machine): string | undefined {
  for (const runner of runnerNames(machine.moreRunners)) {
    if (machine.resolves(runner)) return runner;
    const local = localPath(runner, machine);
    if (machine.resolves(local)) return local;
  }
  return undefined;
}

/** Installed for the project, wherever in it the tasks work. */
function localPath(runner: string, { cwd }: Machine): string {
  return resolvePath(cwd, localProgram(runner));
}

/** Without a terminal npx takes silence for a yes. */
const ASKED = { npm_config_yes: 'false' };

/** The plan with every npx that is to find a runner told not to download one, also when a tag asks for a newer one than is there. */
export function withoutDownloads(plan: Plan, { moreRunners }: Machine): Plan {
  const asksNpx = (task: Task): boolean => isByNpx(task) || laterByNpx(task, moreRunners);
  if (!plan.tasks.some(asksNpx)) return plan;
  return {
    ...plan,
    tasks: plan.tasks.map((task) => (asksNpx(task) ? { ...task, env: { ...task.env, ...ASKED } } : task)),
  };
}

/** `cd app && npx flowx …`: nobody knows what is installed there, but npx can be told not to download. */
function laterByNpx({ work }: Task, more: readonly string[] | undefined): boolean {
  if (work.kind !== 'command' || !work.text.includes('npx')) return false;
  const later = laterCommands(readShell(work.text, { prose: false }).words);
  return later.some((words) => runnerByNpx(words, more) !== undefined);
}

function isByNpx({ work }: Task): boolean {
  if (work.kind !== 'command' || work.runner === undefined) return false;
  return runnerByNpx(wordsOf(work.text), [work.runner]) !== undefined;
}

/** What keeps SPARC work from being started. */
export function sparcProblems({ tasks }: Plan, machine: Machine): Problem[] {
  return [...promptProblems(tasks, machine), ...npxProblems(tasks, machine)];
}

function promptProblems(tasks: readonly Task[], { moreRunners }: Machine): Problem[] {
  const stuck = tasks.filter(({ work }) => work.kind === 'prompt' && work.runner === undefined);
  const [first] = stuck;
  if (first === undefined) return [];
  const one = stuck.length === 1;
  const who = one
    ? `task ${first.id}: ${JSON.stringify(labelOf((first.work as Prompt).text))} is a prompt`
    : `tasks ${someIds(stuck)} are prompts`;
  return [
    problem(
      `${who}, and no SPARC runner is installed to carry ${one ? 'it' : 'them'} out (this version has none of its own)`,
      `put one on PATH (${runnerNames(moreRunners).slice(0, -1).join(', ')}); a text that is a command takes "sh:" before it, in a plan file "run"`,
    ),
  ];
}

const SAYS_YES = /^\s*(?:\w+=\S*\s+)*npx\s+(?:-\S+\s+)*(?:-y|--yes)\s/;

/** `npx` would download it, and the names are free for anyone to register. */
function npxProblems(tasks: readonly Task[], machine: Machine): Problem[] {
  return tasks.flatMap((task) => {
    const { id, work } = task;
    if (!isByNpx(task) || work.kind !== 'command' || work.runner === undefined) return [];
    if (!isInstalled(work.runner, machine))
      return [
        problem(
          `task ${id}: ${work.runner} is not installed, and batchtool never lets npx download it`,
          `install ${work.runner} yourself; or prefix the text with "sh:" to run it as it is`,
        ),
      ];
    if (!machine.resolves('npx'))
      return [
        problem(
          `task ${id}: npx is not on PATH, which is to find ${work.runner}`,
          `install npx (it comes with npm), or leave "npx" out where ${work.runner} is on PATH`,
        ),
      ];
    if (!SAYS_YES.test(work.text)) return [];
    return [
      problem(
        `task ${id}: "npx --yes" may download ${work.runner}, and batchtool never lets it`,
        'leave that option out; or prefix the text with "sh:" to run it as it is',
      ),
    ];
  });
}

function isInstalled(runner: string, machine: Machine): boolean {
  return machine.resolves(runner) || machine.resolves(localPath(runner, machine));
}

/** What is worth knowing before they start: commands whose runner is not there run as written all the same. */
export function sparcNotices({ tasks }: Plan, machine: Machine): string[] {
  const missing = new Map<string, Task[]>();
  for (const task of tasks) {
    const { work } = task;
    if (work.kind !== 'command' || work.runner === undefined || machine.resolves(work.runner)) continue;
    if (isByNpx(task)) continue;
    missing.set(work.runner, [...(missing.get(work.runner) ?? []), task]);
  }
  return [...missing].map(
    ([runner, some]) =>
      `the SPARC runner ${runner} is not installed; as written, ${some.length === 1 ? `task ${someIds(some)} calls` : `tasks ${someIds(some)} call`} it all the same`,
  );
}

function someIds(tasks: readonly { readonly id: TaskId }[]): string {
  const ids = tasks.map(({ id }) => id);
  if (ids.length > MOST_IDS + 1)
    return `${ids.slice(0, MOST_IDS).join(', ')} and ${ids.length - MOST_IDS} more`;
  return ids.join(', ').replace(/, ([^,]*)$/, ' and $1');
}
