/** The GitHub Action: the same as `batchtool run`, asked by inputs, and answered in the log, outputs and summary of a step. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isOverBudget } from '../core/budget.js';
import type { Plan } from '../core/plan.js';
import { Fatal, failure, type Problem, problem, problemText, type Result, success } from '../core/problem.js';
import { SHORTEST_SECRET } from '../core/secret.js';
import type { RunState } from '../core/state.js';
import { givenInputs } from '../github/given-inputs.js';
import { cacheKeys, hasArtifacts, hasCache } from '../github/place.js';
import type { Annotation } from '../github/runner.js';
import type { OutputName } from '../input/action-names.js';
import { inInputs } from '../input/input-words.js';
import { type ActionRequest, readInputs } from '../input/inputs.js';
import { hiddenInPlan, secretsAmong } from '../input/secrets.js';
import { withoutRunnersOwn } from '../input/withheld.js';
import { usedText } from '../reports/cost.js';
import { bearGoneReader, Outlet } from '../terminal/outlet.js';
import { styleFor } from '../terminal/style.js';
import type { StepCache } from './action-cache.js';
import { guardProblems, pastedProblems } from './action-guard.js';
import { argumentsOf, planFileOf, understand } from './action-plan.js';
import type { Over, Telling } from './action-report.js';
import { foldVerb } from './arguments.js';
import { wantsArtifact } from './artifact-wish.js';
import { execute } from './execute.js';
import { newRun, type Ready, readyToRun } from './new-run.js';
import type { Meant } from './plan-request.js';
import { readMatcherFiles } from './run-annotations.js';
import type { Surroundings } from './surroundings.js';
import { frameFor, hider, workflowLog } from './workflow-log.js';

const TOO_SHORT = `input mask: a text of less than ${SHORTEST_SECRET} characters is not masked`;

/** Carries the step out. The result is its exit code. */
export async function runAction(around: Surroundings): Promise<0 | 1> {
  // @actions/core writes to the log too, and knows no outlet.
  bearGoneReader(around.stdout);
  try {
    const inputs = givenInputs(around.env);
    const pasted = pastedProblems(inputs, around.env);
    if (pasted.length > 0) return refuse(pasted);
    const request = readInputs(inputs);
    if (!request.ok) return refuse(request.problems, (inputs.get('run') ?? '').split(/\s+/));
    await hide(request.value.mask);
    if (!request.value.mask.every(isLongEnough)) await say([TOO_SHORT], 'warning');
    return await carryOut(request.value, around);
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    return refuse([error.problem]);
  }
}

async function carryOut(request: ActionRequest, runner: Surroundings): Promise<0 | 1> {
  const { mask, token, typed } = request;
  const folder = workingFolder(request, runner.cwd);
  if (!folder.ok) return refuse(folder.problems);
  const words = foldVerb(request.verb, request.words);
  const passed = (words.options.get('pass-env')?.values ?? []).flatMap((value) => value.split(','));
  const env = withoutRunnersOwn(
    runner.env,
    passed.map((name) => name.trim()),
  );
  const around: Surroundings = { cwd: folder.value, env, stdout: runner.stdout, stderr: runner.stdout };
  const args = await argumentsOf(words, around);
  if (!args.ok) return refuse(args.problems, typed);
  const meant = await understand(request, args.value, around);
  if (!meant.ok) return refuse(meant.problems, typed);
  const bared = [
    ...hiddenInPlan(meant.value.plan, mask, 'mask'),
    ...hiddenInPlan(meant.value.plan, [token], 'github-token'),
  ];
  if (bared.length > 0) return refuse(bared);
  await say(meant.value.notices);
  if (meant.value.request.settings['dry-run']?.value === true)
    return showPlan(meant.value.plan, request, around);
  const refused = await guardProblems({
    ...around,
    request,
    plan: meant.value.plan,
    planFile: planFileOf(request, args.value),
    runnerEnv: runner.env,
  });
  return refused.length > 0 ? refuse(refused) : start(meant.value, request, around, runner.env);
}

/** What must not be seen and no task is given. */
function hiddenBy({ mask, token }: ActionRequest): Record<string, string> {
  // No variable is called by a number.
  return { ...Object.fromEntries(mask.entries()), ...(token === '' ? {} : { [mask.length]: token }) };
}

function workingFolder({ folder }: ActionRequest, cwd: string): Result<string> {
  const path = resolve(cwd, folder ?? '.');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return success(path);
  return failure(
    `input working-directory: there is no folder ${JSON.stringify(folder)}`,
    'it counts from the workspace; is there an actions/checkout before this step?',
  );
}

async function start(
  meant: Meant,
  request: ActionRequest,
  around: Surroundings,
  runnerEnv: NodeJS.ProcessEnv,
): Promise<0 | 1> {
  const matchers = readMatcherFiles(request.problemMatchers, around);
  if (!matchers.ok) return refuse(matchers.problems);
  const ready = await readyToRun(meant, around);
  if (!ready.ok) return refuse(ready.problems, request.typed);
  const inherited = secretsAmong(around.env);
  await hide(Object.values({ ...inherited, ...ready.value.secrets }));
  const cache = await cacheOf(ready.value, request, runnerEnv);
  await say([...ready.value.notices, ...((await cache?.beforeRun(ready.value.plan)) ?? [])]);
  const run = newRun(ready.value, around);
  const masked = { ...inherited, ...hiddenBy(request) };
  const hidden = { ...masked, ...ready.value.secrets };
  const output = workflowLog(meant.request.settings, request, hidden, cache === undefined ? [] : [cache]);
  const broken = await brokenOff(() => execute({ ...run, masked, output }, around));
  const telling: Telling = { request, matchers: matchers.value, hide: hider(hidden), runnerEnv };
  const { reportRun } = await import('./action-report.js');
  if (broken !== undefined) {
    await refuse([problem(telling.hide(broken.message))], [], 'batchtool: the run broke off');
    await reportRun(run, { ...telling, isBroken: true }, around);
    return 1;
  }
  await say((await cache?.afterRun(run.folder)) ?? []);
  const pushed = await branchPushed(run, telling, around);
  await reportRun(run, { ...telling, branches: pushed === undefined ? 'gone' : 'pushed' }, around);
  await say((await cache?.remember(run.state)) ?? []);
  await keepLogs(run, telling, around);
  return verdict(run.state);
}

/** A run above its budget is no success, as on the command line. */
async function verdict(state: RunState): Promise<0 | 1> {
  if (state.status !== 'succeeded') return 1;
  if (!isOverBudget(state)) return 0;
  await say([`the run is above its budget: it used ${usedText(state)}`], 'error');
  return 1;
}

/** Why the run did not come to its end. What to do about it where it began helps nobody on a machine that is no more. */
async function brokenOff(work: () => Promise<unknown>): Promise<Problem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Fatal) return error.problem;
    throw error;
  }
}

/** Undefined where there is no cache, or nobody wants it. */
async function cacheOf(
  { plan, stateDir }: Ready,
  { cache: isWanted, folder = '', matrix }: ActionRequest,
  env: NodeJS.ProcessEnv,
): Promise<StepCache | undefined> {
  if (!isWanted || !hasCache(env)) return undefined;
  const { StepCache } = await import('./action-cache.js');
  return new StepCache(cacheKeys(env, [plan.name, folder, matrix]), stateDir, env);
}

/** The branch on which the run's work is in the repository now; undefined: on none. */
async function branchPushed(run: Over, telling: Telling, around: Surroundings): Promise<string | undefined> {
  if (telling.request.push === 'never') return undefined;
  const { pushWork } = await import('./action-push.js');
  const pushed = await pushWork(run, telling, around.cwd);
  if (pushed.ok) return pushed.value;
  await say(pushed.problems.map(problemText));
  return undefined;
}

/** As an artifact, when one is wanted. A cancelled job has no time for one. */
async function keepLogs(run: Over, telling: Telling, around: Surroundings): Promise<void> {
  if (!wantsArtifact(telling.request, run.state.status) || !hasArtifacts(telling.runnerEnv)) return;
  const { keepArtifact } = await import('./action-artifact.js');
  const kept = await keepArtifact(run, telling, around);
  if (!kept.ok) return say(kept.problems.map(problemText));
  const { name, leftOut } = kept.value;
  await new Outlet(around.stdout).write(`logs and reports are in the artifact ${name}\n`);
  if (leftOut > 0)
    await say([`the artifact ${name} has no room for ${leftOut} ${leftOut === 1 ? 'file' : 'files'}`]);
}

/** A dry run: the plan in the log, and nothing else. */
async function showPlan(plan: Plan, request: ActionRequest, { stdout, env }: Surroundings): Promise<0> {
  const { planSheet } = await import('../reports/plan.js');
  const { renderSheet } = await import('../terminal/sheet.js');
  const look = styleFor(stdout, env, 'notices');
  const text = await renderSheet(planSheet(plan), look, undefined);
  await new Outlet(stdout).write(frameFor('stop', hiddenBy(request), look).notice(text));
  const { giveOutputs } = await loadRunner();
  const fault = giveOutputs({ status: 'planned' } satisfies Partial<Record<OutputName, string>>);
  await say(fault === undefined ? [] : [problemText(fault)], 'warning');
  return 0;
}

/** A shorter text stands in too many words by chance. */
function isLongEnough(text: string): boolean {
  return text.length >= SHORTEST_SECRET;
}

/** Loads what talks with the runner, which takes longer than all else here: not before there is something to say. */
function loadRunner() {
  return import('../github/runner.js');
}

async function hide(texts: readonly string[]): Promise<void> {
  const long = texts.filter(isLongEnough);
  if (long.length > 0) (await loadRunner()).hide(long);
}

async function say(notices: readonly string[], level: Annotation['level'] = 'notice'): Promise<void> {
  if (notices.length === 0) return;
  const { annotate } = await loadRunner();
  for (const message of notices) annotate({ level, message });
}

/** Each problem as an error of the step, in its place if it stands in a file. `typed`: the words of the input `run`. */
async function refuse(
  problems: readonly Problem[],
  typed: readonly string[] = [],
  title = 'batchtool: nothing was started',
): Promise<1> {
  const { annotate } = await loadRunner();
  for (const { message, hint, place } of problems.map((one) => inInputs(one, typed))) {
    const text = problemText(problem(message, hint));
    const { file, line, column } = place ?? {};
    annotate({
      level: 'error',
      title,
      message: text,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    });
  }
  return 1;
}
