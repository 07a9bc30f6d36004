/** The report on the pull request. Whatever keeps it from there is told in a notice, and fails nothing. */
import { type ApiFault, accessWith } from '../github/api.js';
import { pullRequestOf, readEvent } from '../github/event.js';
import { annotate } from '../github/runner.js';
import type { ActionRequest } from '../input/inputs.js';
import { commentStart, commentText, commentWish, isLater, type JobPlace } from '../reports/comment.js';
import type { Material } from '../reports/material.js';

export interface Commenting {
  readonly request: ActionRequest;
  /** Takes out of a text what must not be seen. */
  readonly hide: (text: string) => string;
  readonly runnerEnv: NodeJS.ProcessEnv;
}

export async function commentOn(material: Material, { request, hide, runnerEnv }: Commenting): Promise<void> {
  const wish = commentWish(request.comment, material);
  const event = readEvent(runnerEnv);
  const number = pullRequestOf(event);
  if (wish === 'none' || number === undefined) return;
  const tell = (why: string): void =>
    annotate({ level: 'notice', message: `pull request ${number} has no comment of this run: ${why}` });
  if (request.token === '') return tell('input github-token is empty; the summary of the step says the same');
  const { putComment } = await import('../github/pull-request.js');
  const place = placeOf(request, runnerEnv, event.payload);
  const answer = await putComment(accessWith(request.token, runnerEnv), {
    repository: event.repository,
    number,
    body: hide(commentText(material, place)),
    start: commentStart(material, place),
    isNewer: (body) => isLater(body, place),
    mayCreate: wish === 'create',
  });
  if (answer.kind === 'value') return;
  // A token without rights has made no comment before, and there is no need of one now.
  if (wish === 'update' && isWithoutRights(answer.fault)) return;
  tell(`${answer.fault.message}${wayOut(answer.fault)}`);
}

/** What a token may not even know of is missing. */
function isWithoutRights({ kind }: ApiFault): boolean {
  return kind === 'denied' || kind === 'missing';
}

function wayOut(fault: ApiFault): string {
  const summary = 'the summary of the step says the same';
  return isWithoutRights(fault)
    ? `\n  hint: the job needs "permissions: { pull-requests: write }", which a pull request from a fork never has; ${summary}`
    : `\n  hint: ${summary}`;
}

function placeOf(
  { matrix }: ActionRequest,
  env: NodeJS.ProcessEnv,
  payload: Readonly<Record<string, unknown>>,
): JobPlace {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const { head } = (payload.pull_request ?? {}) as { head?: { sha?: unknown } };
  return {
    workflow: env.GITHUB_WORKFLOW ?? '',
    job: env.GITHUB_JOB ?? '',
    step: env.GITHUB_ACTION ?? '',
    matrix,
    run: Number(run ?? 0),
    ...(server === undefined ? {} : { url: `${server}/${repository}/actions/runs/${run}` }),
    ...(typeof head?.sha === 'string' ? { commit: head.sha } : {}),
  };
}
