/** `batchtool run`: understands what is to be run, all of it, and only then starts anything. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Observation, Owner } from '../core/event.js';
import { idFault } from '../core/graph.js';
import type { Plan } from '../core/plan.js';
import { failure, failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { initialState } from '../core/state.js';
import type { Arguments } from '../input/argv.js';
import { compile } from '../input/compile.js';
import type { Machine } from '../input/machine.js';
import { flagOf } from '../input/options.js';
import type { PlanFile } from '../input/plan-file.js';
import { planFileWanted, type RunRequest, readRequest, USUAL_FILE } from '../input/request.js';
import { SHORTEST_SECRET } from '../input/secrets.js';
import { originText, type Settings } from '../input/settings.js';
import { isSecretName } from '../input/variables.js';
import { findStateDir, openStateDir, type StateDir } from '../journal/folder.js';
import { readEstimates } from '../journal/history.js';
import { createRun } from '../journal/runs.js';
import { takeMachine } from '../machine.js';
import { foldVerb, showHelp } from './arguments.js';
import { depthProblems, execute, readSecrets } from './execute.js';
import { keepHeapSmallFor } from './heap.js';
import { chooseOutput } from './output.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const runVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const args = foldVerb('run', words);
  if (args.options.has('help')) return showHelp('run', around);
  const machine = takeMachine(around.cwd, around.env);
  const request = await understandRequest(args, machine, around);
  if (!request.ok) return refuse(around, request.problems);
  const plan = compile(request.value, machine);
  if (!plan.ok) return refuse(around, plan.problems);
  for (const notice of request.value.notices) around.stderr.write(`batchtool: ${notice}\n`);
  const { settings } = request.value;
  if (settings['dry-run']?.value === true) return dryRun(plan.value, settings, around);
  const { secrets, problems } = readSecrets(plan.value, { ...around.env, ...request.value.secretValues });
  const all = [...depthProblems(around.env), ...problems];
  if (all.length > 0) return refuse(around, all);
  for (const [name, value] of Object.entries(secrets))
    if (isSecretName(name) && value !== '' && value.length < SHORTEST_SECRET)
      around.stderr.write(
        `batchtool: ${name} is too short to be masked: it will be seen wherever a task prints it\n`,
      );
  const stateDir = await openStateDir(stateFolder(settings, around));
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  return start(plan.value, stateDir.value, secrets, settings, around);
}

async function understandRequest(
  args: Arguments,
  machine: Machine,
  around: Surroundings,
): Promise<Result<RunRequest>> {
  // What is wrong with the words themselves is said before any file is read.
  if (args.problems.length > 0) return { ok: false, problems: args.problems };
  const file = await readWantedFile(args, around);
  if (!file.ok) return file;
  const meant = await tasksMeant(args, machine, around);
  return meant.length > 0 ? failures(meant) : readRequest({ args, machine, file: file.value });
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

async function readWantedFile(args: Arguments, around: Surroundings): Promise<Result<PlanFile | undefined>> {
  const wanted = planFileWanted(args);
  if (wanted.kind === 'none') return success(undefined);
  const name = wanted.kind === 'stdin' ? '<stdin>' : wanted.kind === 'path' ? wanted.path : USUAL_FILE;
  const bytes = readBytes(
    wanted.kind === 'stdin' ? 0 : resolve(around.cwd, name),
    name,
    wanted.kind === 'usual',
  );
  if (!bytes.ok || bytes.value === undefined) return bytes as Result<undefined>;
  await keepHeapSmallFor(bytes.value);
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

async function dryRun(plan: Plan, settings: Settings, around: Surroundings): Promise<Ending> {
  const { planDocument, planSheet } = await import('../reports/plan.js');
  const { printJson, printSheet } = await import('./print.js');
  if (settings.json?.value === true) await printJson(planDocument(plan), around);
  else await printSheet(planSheet(plan), around);
  return 0;
}

function stateFolder(settings: Settings, { cwd }: Surroundings): string {
  const stateDir = settings['state-dir']?.value;
  return findStateDir(stateDir === undefined ? { cwd } : { cwd, stateDir });
}

async function start(
  plan: Plan,
  stateDir: StateDir,
  secrets: Readonly<Record<string, string>>,
  settings: Settings,
  around: Surroundings,
): Promise<Ending> {
  const { run: folder, planDigest } = createRun(stateDir, plan);
  if (settings.detach?.value === true) {
    const { detach } = await import('./detach.js');
    return detach(folder, ['--state-dir', stateDir.path], secrets, settings.json?.value === true, around);
  }
  const output = chooseOutput(settings, around);
  if (output.verbose) sayOrigins(settings, around);
  const opening = async (owner: Owner): Promise<readonly Observation[]> => {
    const { estimates } = readEstimates(stateDir, plan);
    return [{ type: 'run.started', run: folder.id, planDigest, owner, estimates }];
  };
  return execute({ stateDir, folder, plan, state: initialState(plan), opening, secrets, output }, around);
}

/** Which settings nobody typed here, and who said them. Their values may be private. */
function sayOrigins(settings: Settings, { stderr }: Surroundings): void {
  const said = Object.entries(settings).flatMap(([name, { origin }]) =>
    origin.kind === 'flag' || origin.kind === 'default' ? [] : [`${flagOf(name)} from ${originText(origin)}`],
  );
  if (said.length > 0) stderr.write(`batchtool: settings: ${said.join(', ')}\n`);
}
