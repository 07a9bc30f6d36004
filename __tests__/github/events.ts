/** Events as GitHub sends them, as far as they are looked at, and what the runner says of them. */
import type { Bench } from '../cli/harness.js';
import { type GitHubApi, REPOSITORY } from './github-api.js';

type Payload = Readonly<Record<string, unknown>>;

/** A pull request of a branch, here or in another repository. */
export function pullRequest(
  more: {
    readonly fork?: boolean;
    readonly title?: string;
    readonly body?: string;
    readonly branch?: string;
    readonly base?: string;
    readonly head?: string;
  } = {},
): Payload {
  const {
    fork = false,
    title = 'A title',
    body = '',
    branch = 'topic',
    base = '0'.repeat(40),
    head = 'f'.repeat(40),
  } = more;
  const repo = { full_name: fork ? 'stranger/repo' : REPOSITORY };
  return {
    number: 7,
    pull_request: {
      number: 7,
      title,
      body,
      head: { ref: branch, sha: head, label: `stranger:${branch}`, repo },
      base: { ref: 'main', sha: base, repo: { full_name: REPOSITORY } },
    },
    repository: { full_name: REPOSITORY, description: 'A repository' },
  };
}

/** A comment on a pull request, which is an issue too. */
export function issueComment(body: string): Payload {
  return { issue: { number: 7, title: 'A title', pull_request: {} }, comment: { body } };
}

/** The variables of a job that this event set going. */
export function eventEnv(
  here: Bench,
  name: string,
  payload: Payload,
  api: GitHubApi,
): Record<string, string> {
  here.write('event.json', payload);
  return {
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: here.path('event.json'),
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_ACTOR: 'someone',
    GITHUB_TRIGGERING_ACTOR: 'someone',
    GITHUB_API_URL: api.url,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_WORKFLOW: 'CI',
    GITHUB_JOB: 'test',
    GITHUB_ACTION: '__org_batchtool-action',
    GITHUB_RUN_ID: '100',
  };
}
