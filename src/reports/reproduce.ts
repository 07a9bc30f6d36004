/** The command line that runs one task again, at the top of a checkout of the project. */
import { cleanText } from '../core/clean-text.js';
import type { Plan, Prompt, Task } from '../core/plan.js';
import { shellWord } from '../core/shell-word.js';
import type { Material } from './material.js';
import { showLimit, someOf } from './reason.js';

type Place = Pick<Material, 'folder' | 'source'>;

/** More of them are left to the plan file, where there is one. */
const MANY_VARIABLES = 8;
/** Set by a matrix alone, and refused from anybody else. */
const OF_MATRIX = /^BATCHTOOL_MATRIX_/i;
/** A text that is nothing but the call of a runner. */
const SPARC_COMMAND = /^\s*(npx\s+)?\S+\s+sparc\s/;

/**
 * Undefined for a merge, which is nothing without the tasks before it, and where a command line would say less than the plan
 * and there is no file that says it all.
 */
export function reproduction(plan: Plan, task: Task, place: Place = {}): string | undefined {
  if (task.work.kind === 'integrate') return undefined;
  const told = commandFor(plan, task, place);
  const lines = told === undefined ? [] : [...secretsNote(plan), ...told];
  const text = lines.join('\n');
  // What nobody can type is nothing to be copied.
  return text === '' || cleanText(text) !== text ? undefined : text;
}

function commandFor(plan: Plan, task: Task, { folder = '', source }: Place): string[] | undefined {
  const isMore = isMoreThanOptions(plan, task);
  if (source?.kind === 'file' && (isMore || isEasierInFile(plan, task)))
    return [fromFile(task, [source.path, ...source.options])];
  if (!isMore) return [...dataNote(task), fromText(plan, task, folder)];
  if (source !== undefined || plan.pattern !== 'file') return undefined;
  return [
    '# PLAN is the plan file: no command line says all that it says of this task.',
    fromFile(task, ['PLAN', ...(folder === '' ? [] : ['--cwd', folder])]),
  ];
}

/** With what it needs, so that the results are there too. */
function fromFile({ id }: Task, words: readonly string[]): string {
  return lineOf(['-f', ...words, '--only', id]);
}

function fromText(plan: Plan, task: Task, folder: string): string {
  return lineOf([...optionsOf(plan, task, folder), ...textOf(task)]);
}

/** What a runner says is looked at only where it is seen that it is one, so not behind `sh:`. */
function textOf({ work }: Task): string[] {
  if (work.kind === 'integrate') return [];
  const text = work.text.trim();
  if (work.kind === 'prompt') return [`${work.mode}: ${text}`];
  return [work.runner === undefined ? `sh: ${text}` : text];
}

function lineOf(words: readonly string[]): string {
  return `npx batchtool run ${words.map(shellWord).join(' ')}`;
}

/** It is told what only a plan file or a configuration can tell. */
function isMoreThanOptions(plan: Plan, { work, expect, budget, env }: Task): boolean {
  if (expect !== undefined || budget !== undefined) return true;
  if (Object.keys(env).some((name) => OF_MATRIX.test(name))) return true;
  // An option takes a lone word for a shell that it knows; what calls a runner somewhere inside may read as prose.
  if (work.kind === 'command')
    return work.shell?.length === 1 || (work.runner !== undefined && !SPARC_COMMAND.test(work.text));
  return work.kind === 'prompt' && isProfiled(plan, work);
}

/** A project's words for a mode are in its repository. */
function isProfiled({ agents = {}, modes = {}, agent }: Plan, work: Prompt): boolean {
  const { role: _, ...ofMode } = (Object.hasOwn(modes, work.mode) && modes[work.mode]) || {};
  const name = work.agent ?? agent;
  const isNamed = name !== undefined && Object.hasOwn(agents, name);
  // What begins with another mode would be no prefix of a text.
  if (isNamed || Object.keys(ofMode).length > 0 || !/^[a-z0-9-]+$/i.test(work.mode)) return true;
  return [work.model, work.permission, work.args, work.command].some((said) => said !== undefined);
}

function isEasierInFile(plan: Plan, task: Task): boolean {
  return (
    task.isolate === 'worktree' ||
    dataNeeds(task).length > 0 ||
    variablesOf(plan, task).length > MANY_VARIABLES
  );
}

function dataNeeds({ needs }: Task): string[] {
  return [...new Set(needs.filter(({ kind }) => kind === 'data').map((need) => need.task))];
}

function dataNote(task: Task): string[] {
  const data = dataNeeds(task);
  return data.length === 0 ? [] : [`# It can use results of ${someOf(data, 5)}, which it lacks here.`];
}

function secretsNote({ secrets }: Plan): string[] {
  return secrets.length === 0
    ? []
    : [`# Set first, for their values are kept nowhere: ${someOf(secrets, 20)}`];
}

function variablesOf(plan: Plan, { env }: Task): [string, string][] {
  return Object.entries({ ...plan.env, ...env });
}

function optionsOf(plan: Plan, task: Task, folder: string): string[] {
  const { work, limits } = task;
  const agent = work.kind === 'prompt' ? (work.agent ?? plan.agent) : undefined;
  const shell = work.kind === 'command' ? work.shell?.map(shellWord).join(' ') : undefined;
  const cwd = folderOf(task, folder);
  const runner = work.kind === 'prompt' || (work.kind === 'command' && work.runner) ? plan.runner : undefined;
  return [
    ...(cwd === '' ? [] : ['--cwd', cwd]),
    ...(shell === undefined ? [] : ['--shell', shell]),
    ...(agent === undefined ? [] : ['--agent', agent]),
    ...(runner === undefined ? [] : ['--runner', runner]),
    ...(task.isolate === 'worktree' ? isolationOf(task) : []),
    ...(limits.timeoutMillis === undefined ? [] : ['--timeout', durationText(limits.timeoutMillis)]),
    ...(limits.idleMillis === undefined ? [] : ['--idle-timeout', durationText(limits.idleMillis)]),
    ...(limits.memoryBytes === undefined ? [] : ['--memory-limit', String(limits.memoryBytes)]),
    ...(limits.outputBytes === undefined ? [] : ['--max-output', String(limits.outputBytes)]),
    ...(plan.passEnv ?? []).flatMap((name) => ['--pass-env', name]),
    ...variablesOf(plan, task).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}

function isolationOf({ setup, copy = [] }: Task): string[] {
  return [
    ...['--isolate', 'worktree'],
    ...(setup === undefined ? [] : ['--isolate-setup', setup]),
    ...copy.flatMap((pattern) => ['--isolate-copy', pattern]),
  ];
}

/** From the top of the repository; an absolute one stays. */
function folderOf({ cwd }: Task, folder: string): string {
  if (cwd === undefined || folder === '') return cwd ?? folder;
  return /^(\/|[a-z]:[\\/])/i.test(cwd) ? cwd : `${folder}/${cwd}`;
}

/** For people where that says all of it. */
function durationText(millis: number): string {
  return millis % 100 === 0 ? showLimit(millis) : `${millis}ms`;
}
