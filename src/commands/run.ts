/** `batchtool run`, `orchestrate` and `pipeline`: understands what is to be run, all of it, and only then starts anything. */
import type { Observation, Owner } from '../core/event.js';
import type { Plan } from '../core/plan.js';
import { initialState } from '../core/state.js';
import type { VerbName } from '../input/option.js';
import { flagOf } from '../input/options.js';
import { SHORTEST_SECRET } from '../input/secrets.js';
import { originText, type Settings } from '../input/settings.js';
import { isSecretName } from '../input/variables.js';
import { findStateDir, openStateDir, type StateDir } from '../journal/folder.js';
import { readEstimates } from '../journal/history.js';
import { createRun } from '../journal/runs.js';
import { isEnding } from './arguments.js';
import { depthProblems, execute, readSecrets } from './execute.js';
import { chooseOutput } from './output.js';
import { understandPlan } from './plan-request.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const runVerb = verbThatRuns('run');
export const orchestrateVerb = verbThatRuns('orchestrate');
export const pipelineVerb = verbThatRuns('pipeline');

/** A verb that carries out the plan which its words mean. */
function verbThatRuns(verb: VerbName): Verb {
  return { run: (words, around) => run(verb, words, around) };
}

async function run(verb: VerbName, words: readonly string[], around: Surroundings): Promise<Ending> {
  const meant = await understandPlan(verb, words, around);
  if (isEnding(meant)) return meant;
  const { request, plan } = meant;
  const { settings } = request;
  if (settings['dry-run']?.value === true) return dryRun(plan, settings, around);
  const { secrets, problems } = readSecrets(plan, { ...around.env, ...request.secretValues });
  const all = [...depthProblems(around.env), ...problems];
  if (all.length > 0) return refuse(around, all);
  for (const [name, value] of Object.entries(secrets))
    if (isSecretName(name) && value !== '' && value.length < SHORTEST_SECRET)
      around.stderr.write(
        `batchtool: ${name} is too short to be masked: it will be seen wherever a task prints it\n`,
      );
  const stateDir = await openStateDir(stateFolder(settings, around));
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  return start(plan, stateDir.value, secrets, settings, around);
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
    const { detach, progressWords } = await import('./detach.js');
    const words = ['--state-dir', stateDir.path, ...progressWords(settings)];
    return detach(folder, words, secrets, settings.json?.value === true, around);
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
