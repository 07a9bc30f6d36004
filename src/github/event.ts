/** What set the workflow going, as the runner tells it in variables and in a file with what GitHub sent. */
import { readFileSync } from 'node:fs';

export interface WorkflowEvent {
  /** `pull_request`, `issue_comment`…; empty outside of a workflow. */
  readonly name: string;
  /** `owner/name`. */
  readonly repository: string;
  /** The commit that the workflow runs for. */
  readonly sha: string;
  /** Who set it going. More than one where a run was done again by somebody else, or follows another run. */
  readonly actors: readonly string[];
  /** Empty where it cannot be read. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * `own`: only who may write here can cause it · `anybody`: a stranger can, and it has the rights of the base branch ·
 * `fork`: a pull request from another repository, which has no rights but code of a stranger.
 */
export type Standing = 'own' | 'anybody' | 'fork';

/** They run the workflow of the base branch, with its token and secrets, for whoever comes by. */
const ANYBODYS = new Set([
  ...['pull_request_target', 'pull_request_review', 'pull_request_review_comment'],
  ...['issue_comment', 'issues', 'discussion', 'discussion_comment', 'workflow_run', 'fork', 'watch'],
]);
/** Their commit is one that GitHub made of the base branch and of what is to be merged. */
const OF_MERGES = new Set(['pull_request', 'pull_request_review', 'pull_request_review_comment']);

export function readEvent(env: NodeJS.ProcessEnv): WorkflowEvent {
  const payload = readPayload(env.GITHUB_EVENT_PATH);
  const actors = [
    env.GITHUB_ACTOR,
    env.GITHUB_TRIGGERING_ACTOR,
    textAt(payload, 'workflow_run', 'actor', 'login'),
    textAt(payload, 'workflow_run', 'triggering_actor', 'login'),
  ];
  return {
    name: env.GITHUB_EVENT_NAME ?? '',
    repository: env.GITHUB_REPOSITORY ?? '',
    sha: env.GITHUB_SHA ?? '',
    actors: [...new Set(actors.filter((actor) => actor !== undefined && actor !== ''))] as string[],
    payload,
  };
}

function readPayload(path: string | undefined): WorkflowEvent['payload'] {
  try {
    const payload: unknown = path === undefined ? {} : JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(payload) ? payload : {};
  } catch {
    return {};
  }
}

export function standingOf({ name, payload }: WorkflowEvent): Standing {
  if (ANYBODYS.has(name)) return 'anybody';
  if (name !== 'pull_request') return 'own';
  const head = textAt(payload, 'pull_request', 'head', 'repo', 'full_name');
  // A fork may have been deleted since.
  return head !== undefined && head === textAt(payload, 'pull_request', 'base', 'repo', 'full_name')
    ? 'own'
    : 'fork';
}

/** The pull request that the event is about, also when somebody commented on it. */
export function pullRequestOf({ payload }: WorkflowEvent): number | undefined {
  const number = at(payload, 'pull_request', 'number') ?? at(payload, 'issue', 'number');
  const isPull = isRecord(payload.pull_request) || at(payload, 'issue', 'pull_request') !== undefined;
  return isPull && typeof number === 'number' ? number : undefined;
}

/** The branch that others come from. */
export function defaultBranchOf({ payload }: WorkflowEvent): string | undefined {
  return textAt(payload, 'repository', 'default_branch');
}

/** Commits that only who may write to this repository can have made: to be like one of them is to be trusted. */
export interface Bases {
  readonly commits: readonly string[];
  /** The commit that GitHub made of the base branch and of `head`, which a stranger may have made. */
  readonly merge?: string;
  readonly head?: string;
}

export function basesOf({ name, sha, payload }: WorkflowEvent): Bases {
  const isCommit = (commit = ''): boolean => /^[0-9a-f]{40,64}$/.test(commit);
  const base = textAt(payload, 'pull_request', 'base', 'sha') ?? '';
  const head = textAt(payload, 'pull_request', 'head', 'sha') ?? '';
  if (!OF_MERGES.has(name)) return { commits: [...new Set([base, sha])].filter(isCommit) };
  return {
    commits: [base].filter(isCommit),
    ...(isCommit(sha) && isCommit(head) ? { merge: sha, head } : {}),
  };
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
