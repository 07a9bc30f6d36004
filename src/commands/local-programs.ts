/** Programs that a plan starts as agents or SPARC runners and that lie in the workspace, where a checkout may have brought them. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { agentOf } from '../agents/of-prompt.js';
import { isAgentWork } from '../core/agent-work.js';
import type { Command, Plan, Prompt, Task } from '../core/plan.js';
import { within } from '../github/watched-files.js';
import { asksNpx, isByNpx } from '../input/sparc-work.js';
import { programPath } from '../machine.js';
import { localProgram } from '../sparc/runners.js';
import { foldersIn } from '../workspace/entries.js';

/** As they are seen from where a task works. */
interface Seen {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Their absolute paths, each also where it leads to if it is a link. One that a command calls by a relative path stands by its name
 * alone: the command may have gone elsewhere before. Undefined: the plan starts no agents.
 */
export function localPrograms(
  plan: Plan,
  env: NodeJS.ProcessEnv,
  workspace: string,
): readonly string[] | undefined {
  const tasks = plan.tasks.filter(({ work }) => isAgentWork(work));
  if (tasks.length === 0) return undefined;
  const top = realpathSync(workspace);
  const found = tasks.flatMap((task) => programsOf(task, plan, env, top)).flatMap(placesOf);
  return [
    ...new Set([
      ...found.filter((path) => within(top, path) !== undefined),
      ...tasks.flatMap(({ work }) => (work.kind === 'command' ? namedHere(work) : [])),
    ]),
  ];
}

function programsOf(task: Task, plan: Plan, env: NodeJS.ProcessEnv, top: string): string[] {
  const { work } = task;
  const seen: Seen = {
    folder: resolve(plan.cwd, task.cwd ?? '.'),
    env: { ...env, ...plan.env, ...task.env },
  };
  if (work.kind === 'prompt') return programsOfPrompt(work, seen);
  if (work.kind !== 'command' || work.runner === undefined) return [];
  return [
    ...(isByNpx(task) ? foundByNpx(work.runner, seen) : found(work.runner, seen)),
    ...(asksNpx(task, [work.runner]) ? ownProgramsBelow(work.runner, top) : []),
  ];
}

/** Also a script that the command of a plan's own agent names, as in `node --import=./hook.js tools/agent.js`. */
function programsOfPrompt(work: Prompt, seen: Seen): string[] {
  if (work.runner !== undefined) return found(work.runner, seen);
  const words = (work.command ?? []).slice(1).flatMap((word) => [word, word.replace(/^-[^=]*=/, '')]);
  const scripts = words.map((word) => resolve(seen.folder, word));
  return [...found(agentOf(work)?.program ?? '', seen), ...scripts];
}

function namedHere({ runner = '' }: Command): string[] {
  return runner.includes('/') && !isAbsolute(runner) ? [basename(runner)] : [];
}

function found(word: string, { folder, env }: Seen): string[] {
  const path = /[/\\]/.test(word) ? word : programPath(word, env);
  return path === undefined ? [] : [resolve(folder, path)];
}

/** It looks from here upwards, first for a package that is itself called so. */
function foundByNpx(runner: string, seen: Seen): string[] {
  const paths = found(runner, seen);
  for (let folder = seen.folder; ; folder = dirname(folder)) {
    paths.push(join(folder, localProgram(runner)), ...ownProgram(runner, folder));
    if (dirname(folder) === folder) return paths;
  }
}

/** The package of this folder and its program, if that has this name. */
function ownProgram(runner: string, folder: string): string[] {
  const file = join(folder, 'package.json');
  try {
    const { name, bin } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const program = typeof bin === 'string' ? { [basename(String(name))]: bin } : bin;
    const path: unknown = (program as Record<string, unknown> | undefined)?.[runner];
    return path === undefined ? [] : [file, join(folder, String(path))];
  } catch {
    return [];
  }
}

/** `node_modules` is compared as a whole. */
const NO_PACKAGES = new Set(['node_modules', '.git']);

/** Of every package here and below: the command may have gone there before it asks npx. */
function ownProgramsBelow(runner: string, folder: string): string[] {
  const below = foldersIn(folder).filter((name) => !NO_PACKAGES.has(name));
  return [
    ...ownProgram(runner, folder),
    ...below.flatMap((name) => ownProgramsBelow(runner, join(folder, name))),
  ];
}

/** Where it is, through no folder that is a link, and where it leads to. Nothing where no file is. */
function placesOf(path: string): string[] {
  try {
    if (!statSync(path).isFile()) return [];
    return [join(realpathSync(dirname(path)), basename(path)), realpathSync(path)];
  } catch {
    return [];
  }
}
