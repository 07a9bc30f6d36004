/** From the inputs of the action to the plan that they mean. */
import { isAbsolute, join, sep } from 'node:path';
import { failure, failures, type Problem, type Result, success } from '../core/problem.js';
import type { Arguments } from '../input/argv.js';
import type { ActionRequest } from '../input/inputs.js';
import { planFileWanted, USUAL_FILE } from '../input/request.js';
import { machineHere } from './machine-here.js';
import { type Meant, planMeant, type readWantedFile } from './plan-request.js';
import { asRun, SPARC_RUN_FORM } from './sparc-run.js';
import type { Surroundings } from './surroundings.js';

/** A job that is cancelled gets 7.5 seconds from the runner, and there is a summary to be written in them. */
const MOST_GRACE_MILLIS = 5000;

/** The words as arguments of a verb that carries a plan out. */
export async function argumentsOf(words: Arguments, around: Surroundings): Promise<Result<Arguments>> {
  if (words.verb !== 'sparc') return success(words);
  if (words.problems.length > 0) return failures(words.problems);
  const part = words.texts.slice(0, 1);
  if (part[0] !== 'run')
    return failure(
      `input run: batchtool ${['sparc', ...part].join(' ')} runs nothing`,
      `a task in a mode is written ${SPARC_RUN_FORM}`,
    );
  return asRun(words, await machineHere(around));
}

/** The plan file that counts, if one does. */
export function planFileOf({ plan }: ActionRequest, args: Arguments): string | undefined {
  if (plan !== undefined) return undefined;
  const wanted = planFileWanted(args);
  if (wanted.kind === 'path') return wanted.path;
  return wanted.kind === 'usual' ? USUAL_FILE : undefined;
}

/** All that is to be run; nothing has been started then. */
export async function understand(
  request: ActionRequest,
  args: Arguments,
  around: Surroundings,
): Promise<Result<Meant>> {
  // A switch has no word for its contrary.
  const env = request.dryRun === false ? { ...around.env, BATCHTOOL_DRY_RUN: '' } : around.env;
  const meant = await planOfStep(request, args, { ...around, env });
  return meant.ok ? capped(meant.value) : failures(meant.problems.map((one) => fromWorkspace(one, request)));
}

/** What messages call a plan that stands in the workflow. */
const INPUT_PLAN = 'input plan';

/** Files of a step count from the workspace, wherever it works. Where the input `plan` stands, only the workflow could tell. */
function fromWorkspace({ place, ...said }: Problem, { folder = '', plan }: ActionRequest): Problem {
  if (place === undefined) return said;
  const { file, line, column } = place;
  if (plan === undefined || file !== INPUT_PLAN) {
    const path = isAbsolute(file) ? file : join(folder, file).split(sep).join('/');
    return { ...said, place: { ...place, file: path } };
  }
  const parts = Object.entries({ line, column }).filter(([, count]) => count !== undefined);
  const where = [INPUT_PLAN, ...parts.map(([name, count]) => `${name} ${count}`)].join(', ');
  return { ...said, message: `${where}: ${said.message}` };
}

async function planOfStep(
  { plan }: ActionRequest,
  args: Arguments,
  around: Surroundings,
): Promise<Result<Meant>> {
  const wanted = planFileWanted(args).kind;
  if (wanted === 'stdin') return failure('input file: a step has no standard input', 'name a file');
  if (plan === undefined) return planMeant(args, around);
  if (wanted !== 'usual' && args.problems.length === 0)
    return failure('inputs run and plan exclude each other', 'say what to run in one way');
  const { readPlanFile } = await import('../input/file.js');
  const readFile: typeof readWantedFile = async () => readPlanFile(INPUT_PLAN, Buffer.from(plan));
  return planMeant(args, around, { readFile, use: 'run' });
}

/** Told to end, tasks have as long as a cancelled job leaves them. */
function capped(meant: Meant): Result<Meant> {
  const { plan } = meant;
  const graceMillis = Math.min(plan.graceMillis, MOST_GRACE_MILLIS);
  return success({ ...meant, plan: { ...plan, graceMillis } });
}
