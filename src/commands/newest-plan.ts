/** What verbs that only look at plans take when nothing else is given. */
import { type Result, success } from '../core/problem.js';
import type { Arguments } from '../input/argv.js';
import type { PlanFile } from '../input/plan-file.js';
import { planFileWanted } from '../input/request.js';
import { lookIntoStateDir } from '../journal/folder.js';
import { latestRun, readPlan } from '../journal/runs.js';
import { stateFolderOf } from './kept.js';
import { readWantedFile } from './plan-request.js';
import type { Surroundings } from './surroundings.js';

/** What these words ask for; when they say nothing, the newest run's plan, then the usual file; undefined when there is neither. */
export async function readFileOrRun(
  args: Arguments,
  around: Surroundings,
): Promise<Result<PlanFile | undefined>> {
  if (planFileWanted(args).kind !== 'usual') return readWantedFile(args, around);
  const newest = await readNewestPlan(args, around);
  return newest.ok && newest.value === undefined ? readWantedFile(args, around) : newest;
}

/** As a file that was exported; undefined where nothing has run yet. */
async function readNewestPlan(args: Arguments, around: Surroundings): Promise<Result<PlanFile | undefined>> {
  const stateDir = await lookIntoStateDir(stateFolderOf(args, around));
  if (!stateDir.ok) return stateDir;
  const newest = stateDir.value && latestRun(stateDir.value);
  if (newest === undefined) return success(undefined);
  return success({ kind: 'plan', file: newest.plan, plan: readPlan(newest).plan });
}
