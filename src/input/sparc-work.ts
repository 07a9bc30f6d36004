/** SPARC work as it is written: which runner a text calls, and whether that is there. */
import type { Command, Plan, Task, TaskId, Work } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import type { Draft } from '../patterns/pattern.js';
import { runnerAmong, runnerByNpx, type SparcCommand, saysYesToNpx, sparcCommand } from '../sparc/command.js';
import { modeNamed } from '../sparc/modes.js';
import { localProgram, programName, runnerNames } from '../sparc/runners.js';
import { labelOf } from './label.js';
import type { Machine } from './machine.js';
import { resolvePath } from './paths.js';
import { allCommands } from './shell-commands.js';
import { firstCommand, readShell } from './shell-words.js';

/** The runner that a text for the shell calls: that of a SPARC command anywhere in it, or one that an npx at its beginning is to find. */
export function runnerIn(text: string, more: readonly string[] = []): string | undefined {
  if (!text.includes('sparc') && !mayAskNpx(text)) return undefined;
  const commands = allCommands(text);
  return runnerAmong(commands, more) ?? runnerByNpx(commands[0] ?? [], more);
}

/** Only a look, for most texts hold neither. */
function mayAskNpx(text: string): boolean {
  return text.includes('npx') || text.includes('npm');
}

function wordsOf(text: string): readonly string[] {
  return firstCommand(readShell(text, { prose: false }).words);
}

/** Tasks of a file, which is read before anybody says which runners and modes there are besides those that are known. */
export function asMeantHere(tasks: readonly Draft[], machine: Machine): readonly Draft[] {
  return tasks.map((task) => {
    const work = meantHere(task.work, machine);
    return work === task.work ? task : { ...task, work };
  });
}

function meantHere(work: Work, { moreRunners, ownModes }: Machine): Work {
  switch (work.kind) {
    case 'command': {
      if (work.runner !== undefined || moreRunners === undefined) return work;
      const runner = runnerIn(work.text, moreRunners);
      return runner === undefined ? work : { ...work, runner };
    }
    case 'prompt': {
      const mode = modeNamed(work.mode, ownModes?.modes) ?? work.mode;
      return mode === work.mode ? work : { ...work, mode };
    }
    case 'integrate':
      return work;
    default:
      return unreachable(work);
  }
}

/** The SPARC command that a command was recognised as. */
export function sparcCommandOf({ text, runner }: Command): SparcCommand | undefined {
  return runner === undefined ? undefined : sparcCommand(wordsOf(text), [programName(runner)]);
}

/** A text for the shell; one that calls a SPARC runner says which. */
export function commandOf(text: string, runner: string | undefined): Command {
  return { kind: 'command', text, ...(runner === undefined ? {} : { runner }) };
}

/** Where a runner stands that is installed for the project, wherever in it the tasks work. */
export function localPath(runner: string, { cwd }: Machine): string {
  return resolvePath(cwd, localProgram(runner));
}

/** Without a terminal npx takes silence for a yes. */
const ASKED = { npm_config_yes: 'false' };

/** The plan with every npx that is to find a runner told not to download one, also when a tag asks for a newer one than is there. */
export function withoutDownloads(plan: Plan, { moreRunners }: Machine): Plan {
  const asks = (task: Task): boolean => isByNpx(task) || asksNpx(task, moreRunners);
  if (!plan.tasks.some(asks)) return plan;
  return {
    ...plan,
    tasks: plan.tasks.map((task) => (asks(task) ? { ...task, env: { ...task.env, ...ASKED } } : task)),
  };
}

/** It holds an npx for a runner anywhere: `cd app && npx flowx …`. Nobody knows what is installed there, but npx can be told not to download. */
export function asksNpx({ work }: Task, more: readonly string[] | undefined): boolean {
  if (work.kind !== 'command' || !mayAskNpx(work.text)) return false;
  return allCommands(work.text).some((words) => runnerByNpx(words, more) !== undefined);
}

/** It begins with an npx that is to find a runner. */
export function isByNpx({ work }: Task): boolean {
  if (work.kind !== 'command' || work.runner === undefined) return false;
  return runnerByNpx(wordsOf(work.text), [work.runner]) !== undefined;
}

/** An npx at the beginning of a text that cannot find the runner here. */
export function npxProblems(tasks: readonly Task[], machine: Machine): Problem[] {
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
    if (machine.resolves('npx')) return [];
    return [
      problem(
        `task ${id}: npx is not on PATH, which is to find ${work.runner}`,
        `install npx (it comes with npm), or leave "npx" out where ${work.runner} is on PATH`,
      ),
    ];
  });
}

/** An npx that was told to download, where nothing else keeps it from that: the names are free for anyone to register. */
export function npxDownloads(tasks: readonly Task[], plan: Plan, machine: Machine): Problem[] {
  return tasks.flatMap((task) => {
    const { id, work } = task;
    if (work.kind !== 'command' || !isByNpx(task) || !findsRunner(task, plan, machine)) return [];
    if (!saysYesToNpx(wordsOf(work.text))) return [];
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

/** True where the text of a task finds the runner that it calls. Where tasks have a PATH of their own, only they can tell. */
export function findsRunner(task: Task, plan: Plan, machine: Machine): boolean {
  const { work } = task;
  if (work.kind !== 'command' || work.runner === undefined) return false;
  if (isByNpx(task)) return isInstalled(work.runner, machine) && machine.resolves('npx');
  if (work.runner.includes('/')) return machine.resolves(resolvePath(folderOf(task, plan), work.runner));
  return task.env.PATH !== undefined || plan.env.PATH !== undefined || machine.resolves(work.runner);
}

function folderOf({ cwd }: Task, plan: Plan): string {
  return cwd === undefined ? plan.cwd : resolvePath(plan.cwd, cwd);
}

/** More ids than these are counted, not named. */
const MOST_IDS = 8;

/** `a, b and c`; of many the first ones. */
export function someIds(tasks: readonly { readonly id: TaskId }[]): string {
  const ids = tasks.map(({ id }) => id);
  if (ids.length > MOST_IDS + 1)
    return `${ids.slice(0, MOST_IDS).join(', ')} and ${ids.length - MOST_IDS} more`;
  return ids.join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/** `task a: "the text" is`, or `tasks a and b are`: the beginning of what is said of prompts. */
export function whichAre(tasks: readonly Task[]): string {
  const [first] = tasks;
  if (tasks.length > 1 || first?.work.kind !== 'prompt') return `tasks ${someIds(tasks)} are`;
  return `task ${first.id}: ${JSON.stringify(labelOf(first.work.text))} is`;
}

/** Runners to choose from, for a hint: `sparc` by itself says too little. */
export function somePrograms(more: readonly string[] | undefined): string {
  return runnerNames(more)
    .filter((name) => name !== 'sparc')
    .join(', ');
}
