/** `batchtool run`, `orchestrate` and `pipeline`: understands what is to be run, all of it, and only then starts anything. */
import type { Plan } from '../core/plan.js';
import { budgetNow } from '../input/budget.js';
import type { VerbName } from '../input/option.js';
import { flagOf } from '../input/options.js';
import { originText, type Settings } from '../input/settings.js';
import { readEstimates } from '../journal/history.js';
import { isEnding } from './arguments.js';
import { execute } from './execute.js';
import { lookAtStateDir } from './look.js';
import { newRun, type Ready, readyToRun } from './new-run.js';
import { chooseOutput, outputIn } from './output.js';
import { type Meant, understandPlan } from './plan-request.js';
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
  return isEnding(meant) ? meant : carryOut(meant, around);
}

/** Runs what was understood, or shows the plan of it where that is all that is asked. */
export async function carryOut(meant: Meant, around: Surroundings): Promise<Ending> {
  const { request, plan } = meant;
  const { settings } = request;
  if (settings['dry-run']?.value === true) {
    const budget = budgetNow(plan, around);
    return dryRun(budget === undefined ? plan : { ...plan, budget }, settings, around);
  }
  const ready = await readyToRun(meant, around);
  if (!ready.ok) return refuse(around, ready.problems);
  for (const notice of ready.value.notices) around.stderr.write(`batchtool: ${notice}\n`);
  return start(ready.value, settings, around);
}

async function dryRun(plan: Plan, settings: Settings, around: Surroundings): Promise<Ending> {
  const { planDocument, planSheet } = await import('../reports/plan.js');
  const { printJson, printSheet } = await import('./print.js');
  const looked = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  const stateDir = looked.ok ? looked.value : undefined;
  const costs = stateDir === undefined ? undefined : readEstimates(stateDir, plan).costs;
  if (settings.json?.value === true) await printJson(planDocument(plan, costs), around);
  else await printSheet(planSheet(plan, costs), around);
  return 0;
}

async function start(ready: Ready, settings: Settings, around: Surroundings): Promise<Ending> {
  const begun = newRun(ready, around);
  if (settings.detach?.value === true) {
    const { detach, progressWords } = await import('./detach.js');
    const words = ['--state-dir', ready.stateDir.path, ...progressWords(settings)];
    return detach(begun.folder, words, ready.secrets, settings.json?.value === true, around);
  }
  const style = chooseOutput(settings, around);
  if (style.verbose) sayOrigins(settings, around);
  return execute({ ...begun, output: outputIn(style) }, around);
}

/** Which settings nobody typed here, and who said them. Their values may be private. */
function sayOrigins(settings: Settings, { stderr }: Surroundings): void {
  const said = Object.entries(settings).flatMap(([name, { origin }]) =>
    origin.kind === 'flag' || origin.kind === 'default' ? [] : [`${flagOf(name)} from ${originText(origin)}`],
  );
  if (said.length > 0) stderr.write(`batchtool: settings: ${said.join(', ')}\n`);
}
