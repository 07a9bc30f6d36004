/** From the words after a verb to the plan that they mean: what `run` and every other verb that takes a plan share. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { idFault } from '../core/graph.js';
import type { Plan } from '../core/plan.js';
import {
  failure,
  failures,
  type Problem,
  problem,
  problemText,
  type Result,
  success,
} from '../core/problem.js';
import { keepHeapSmallForFile } from '../heap.js';
import type { Arguments } from '../input/argv.js';
import { compile, missingHere, type Use } from '../input/compile.js';
import { isolationNotices } from '../input/isolation-notices.js';
import type { Machine } from '../input/machine.js';
import type { VerbName } from '../input/option.js';
import type { PlanFile } from '../input/plan-file.js';
import { planFileWanted, type RunRequest, readRequest, USUAL_FILE } from '../input/request.js';
import { readSettings } from '../input/settings.js';
import { sparcNotices } from '../input/sparc-notices.js';
import { seenByTasks } from '../input/task-machine.js';
import { foldVerb, showHelp } from './arguments.js';
import { keptSettings } from './kept.js';
import { machineHere } from './machine-here.js';
import { schemaProblems } from './result-schemas.js';
import { type Ending, refuse, type Surroundings } from './surroundings.js';

/** What was asked for, and the plan that it comes to. */
export interface Meant {
  readonly request: RunRequest;
  readonly plan: Plan;
  /** To be said before anything starts. */
  readonly notices: readonly string[];
}

/** What a verb may see in another way than `run` does. */
export interface Eyes {
  /** What is taken when nothing says what to run. */
  readonly readFile: typeof readWantedFile;
  readonly use: Use;
}

const TO_RUN: Eyes = { readFile: readWantedFile, use: 'run' };

/** Understands all of it before anything starts. Gives an ending instead when help was asked for or something is wrong. */
export async function understandPlan(
  verb: VerbName,
  words: readonly string[],
  around: Surroundings,
  eyes: Eyes = TO_RUN,
): Promise<Meant | Ending> {
  const args = foldVerb(verb, words);
  return args.options.has('help') ? showHelp(verb, around) : understandArguments(args, around, eyes);
}

/** As `understandPlan`, of arguments that do not ask for help. */
export async function understandArguments(
  args: Arguments,
  around: Surroundings,
  eyes: Eyes = TO_RUN,
): Promise<Meant | Ending> {
  const meant = await planMeant(args, around, eyes);
  if (!meant.ok) return refuse(around, meant.problems);
  for (const notice of meant.value.notices) around.stderr.write(`batchtool: ${notice}\n`);
  return meant.value;
}

/** As `understandPlan`, and says nothing itself. */
export async function planMeant(
  args: Arguments,
  around: Surroundings,
  eyes: Eyes = TO_RUN,
): Promise<Result<Meant>> {
  const machine = await machineHere(around);
  const request = await understandRequest(args, machine, around, eyes);
  if (!request.ok) return request;
  const { settings } = request.value;
  const use = eyes.use === 'run' && settings['dry-run']?.value === true ? 'dry-run' : eyes.use;
  const here = seenByTasks(machine, settings);
  const plan = compile(request.value, here, use);
  if (!plan.ok) return plan;
  const schemas = await schemaProblems(plan.value, request.value.source, here.cwd);
  const wrong = [...schemas.wrong, ...(use === 'run' ? schemas.missing : [])];
  if (wrong.length > 0) return failures(wrong);
  const missing = use === 'look' ? [] : sparcNotices(plan.value, here);
  const unsure = use === 'look' ? [] : schemas.unsure.map(problemText);
  const notices = isolationNotices(plan.value, request.value, here);
  const lacking =
    use === 'dry-run' ? [...missingHere(plan.value, request.value, here), ...schemas.missing] : [];
  return success({
    request: request.value,
    plan: plan.value,
    notices: [...notices, ...missing, ...unsure, ...lacking.map(refusedHere)],
  });
}

/** What this machine lacks, where nothing is to run on it now. */
export function refusedHere(lack: Problem): string {
  return `a run would be refused here: ${problemText(lack)}`;
}

async function understandRequest(
  args: Arguments,
  machine: Machine,
  around: Surroundings,
  { readFile }: Eyes,
): Promise<Result<RunRequest>> {
  // What is wrong with the words and values that were typed is said before any file is read.
  if (args.problems.length > 0) return readRequest({ args, machine });
  const file = await readFile(args, around);
  const meant = file.ok ? await tasksMeant(args, machine, around) : [];
  if (meant.length > 0) return failures(meant);
  const kept = await keptSettings(args, around);
  if (!kept.ok) return kept;
  const { settings: config, maps, problems } = kept.value;
  if (!file.ok)
    return failures([...problems, ...readSettings({ args, machine, config }).problems, ...file.problems]);
  const request = readRequest({ args, machine, file: file.value, config, kept: maps });
  if (!request.ok) return failures([...problems, ...request.problems]);
  return success({ ...request.value, faults: [...problems, ...request.value.faults] });
}

/** `run build` where no command is called so, but a task of the usual plan file is. */
async function tasksMeant(args: Arguments, machine: Machine, { cwd }: Surroundings): Promise<Problem[]> {
  // The command `test` by itself does nothing but fail.
  const words = args.texts.filter(
    (text) => idFault(text) === undefined && (text === 'test' || !machine.resolves(text)),
  );
  const bytes = words.length === 0 ? undefined : readBytes(resolve(cwd, USUAL_FILE), USUAL_FILE, true);
  if (bytes?.ok !== true || bytes.value === undefined) return [];
  const { readPlanFile } = await import('../input/file.js');
  const file = readPlanFile(USUAL_FILE, bytes.value);
  const known = file.ok && file.value.kind === 'tasks' ? file.value.tasks.map(({ id }) => id) : [];
  return words
    .filter((word) => known.includes(word))
    .map((word) =>
      problem(
        `"${word}" is a task of ${USUAL_FILE}, and no command`,
        `\`batchtool run --only ${word}\` runs it with what it needs; "sh: ${word}" is a command all the same`,
      ),
    );
}

/** The plan file that these words ask for, read; undefined if they ask for none, or only for the usual one that is not there. */
export async function readWantedFile(
  args: Arguments,
  around: Surroundings,
): Promise<Result<PlanFile | undefined>> {
  const wanted = planFileWanted(args);
  if (wanted.kind === 'none') return success(undefined);
  const name = wanted.kind === 'stdin' ? '<stdin>' : wanted.kind === 'path' ? wanted.path : USUAL_FILE;
  const bytes = readBytes(
    wanted.kind === 'stdin' ? 0 : resolve(around.cwd, name),
    name,
    wanted.kind === 'usual',
  );
  if (!bytes.ok || bytes.value === undefined) return bytes as Result<undefined>;
  await keepHeapSmallForFile(bytes.value);
  const { readPlanFile } = await import('../input/file.js');
  return readPlanFile(name, bytes.value);
}

/** A file whole. One that is only usual may be missing. */
function readBytes(path: string | number, name: string, mayMiss: boolean): Result<Buffer | undefined> {
  try {
    return success(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && mayMiss) return success(undefined);
    if (code === 'ENOENT')
      return failure(`there is no file ${JSON.stringify(name)}`, 'check the path given with -f');
    if (code === 'EISDIR')
      return failure(
        `${JSON.stringify(name)} is a folder`,
        `name the plan file in it: -f ${name}/${USUAL_FILE}`,
      );
    return failure(`cannot read ${JSON.stringify(name)}: ${message}`);
  }
}
