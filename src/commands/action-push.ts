/** What a run has merged goes onto a branch of the repository, when the workflow asks for it. What keeps it from there fails nothing. */
import { resolve } from 'node:path';
import { resultBranch } from '../core/branch.js';
import { failure, type Result, success } from '../core/problem.js';
import { landingOf } from '../reports/landing.js';
import type { Over, Telling } from './action-report.js';

/** The branch on which it is now; undefined: nobody asked, or there is nothing. A cancelled job has no time for it. */
export async function pushWork(
  { state }: Over,
  { request, hide, runnerEnv }: Telling,
  cwd: string,
): Promise<Result<string | undefined>> {
  const landing = landingOf(state);
  if (request.push !== 'branch' || state.status === 'cancelled') return success(undefined);
  if (landing?.kind !== 'branch' && landing?.kind !== 'landed') return success(undefined);
  const branch = resultBranch(state.id);
  const notPushed = (why: string, hint?: string): Result<never> =>
    failure(`the branch ${branch} is not pushed: ${why}`, hint);
  if (request.token === '')
    return notPushed('input github-token is empty', 'the token of the job is the default');
  const { pushCommit } = await import('../github/push.js');
  const fault = await pushCommit(
    {
      folder: resolve(cwd, state.plan.cwd),
      ...(state.base === undefined ? {} : { base: state.base }),
      commit: landing.commit,
      branch,
      token: request.token,
      isHarmless: (text) => hide(text) === text,
    },
    runnerEnv,
  );
  return fault === undefined ? success(branch) : notPushed(hide(fault.message), fault.hint);
}
