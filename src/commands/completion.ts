/** `batchtool completion`: a script for the shell; `runs` and `tasks` are what such a script asks while somebody types. */
import { nearest } from '../core/nearest.js';
import { Fatal, type Problem, problem } from '../core/problem.js';
import { offeredVerb, SHELLS, type Shell } from '../input/completion.js';
import type { StateDir } from '../journal/folder.js';
import { latestRun, listRuns, readMeta, readPlan } from '../journal/runs.js';
import { Outlet } from '../terminal/outlet.js';
import { isEnding, understand } from './arguments.js';
import { completionScript } from './completion-scripts.js';
import { aboutVerbs } from './help.js';
import { lookAtStateDir } from './look.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const completionVerb: Verb = { run };

/** More help nobody who types. */
const MOST_NAMES = 100;
/** What needs quotes in a shell is not offered. */
const PLAIN = /^[\w.-]+$/;

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('completion', words, around);
  if (isEnding(given)) return given;
  const [word] = given.args.texts;
  if (word === 'runs' || word === 'tasks') return offerNames(word, around);
  const shell = SHELLS.find((name) => name === word);
  if (shell === undefined) return refuse(around, [whichShell(word)]);
  await new Outlet(around.stdout).write(scriptFor(shell));
  return 0;
}

function scriptFor(shell: Shell): string {
  return completionScript(
    shell,
    aboutVerbs().map(({ name, about }) => ({ ...offeredVerb(name), about })),
  );
}

function whichShell(word: string | undefined): Problem {
  const shells = SHELLS.join(', ');
  if (word === undefined)
    return problem(`expected a shell: ${shells}`, 'for example batchtool completion bash');
  const near = nearest(word, SHELLS);
  return problem(
    `expected ${shells}; found ${JSON.stringify(word)}`,
    near === undefined ? 'for example batchtool completion bash' : `did you mean ${near}?`,
  );
}

/** Whatever is wrong, somebody is typing: then there is nothing to offer. */
async function offerNames(what: 'runs' | 'tasks', around: Surroundings): Promise<Ending> {
  try {
    const stateDir = await lookAtStateDir(around.cwd, around.env.BATCHTOOL_STATE_DIR);
    if (!stateDir.ok || stateDir.value === undefined) return 0;
    const names = what === 'runs' ? runNames(stateDir.value) : taskIds(stateDir.value);
    const lines = [...new Set(names)].filter((name) => PLAIN.test(name)).map((name) => `${name}\n`);
    await new Outlet(around.stdout).write(lines.join(''));
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
  }
  return 0;
}

function runNames(stateDir: StateDir): string[] {
  const runs = listRuns(stateDir).slice(0, MOST_NAMES);
  return [...runs.flatMap((run) => readMeta(run)?.name ?? []), ...runs.map(({ id }) => id)];
}

function taskIds(stateDir: StateDir): string[] {
  const newest = latestRun(stateDir);
  return newest === undefined ? [] : readPlan(newest).plan.tasks.map(({ id }) => id);
}
