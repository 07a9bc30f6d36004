/** The plan of the newest run, for verbs that take it when nothing else is given. */
import { type Result, success } from '../core/problem.js';
import type { Arguments } from '../input/argv.js';
import type { PlanFile } from '../input/plan-file.js';
import { lookIntoStateDir } from '../journal/folder.js';
import { latestRun, readPlan } from '../journal/runs.js';
import { stateFolderOf } from './kept.js';
import type { Surroundings } from './surroundings.js';

/** As a file that was exported; undefined where nothing has run yet. */
export async function readNewestPlan(
  args: Arguments,
  around: Surroundings,
): Promise<Result<PlanFile | undefined>> {
  const stateDir = await lookIntoStateDir(stateFolderOf(args, around));
  if (!stateDir.ok) return stateDir;
  const newest = stateDir.value && latestRun(stateDir.value);
  if (newest === undefined) return success(undefined);
  return success({ kind: 'plan', file: newest.plan, plan: readPlan(newest).plan });
}
