/** Where a step stands, as the runner tells it: in which job, on which branch, beside which services. */
import { hashText } from '../core/hash.js';
import { defaultBranchOf, readEvent, standingOf } from './event.js';

/** What entries of a cache are called: at most 512 characters without commas. GitHub finds the newest by its beginning. */
export interface CacheKeys {
  /** A name that nothing else has: an entry never changes. */
  readonly own: string;
  /** Beginnings of names: what ran on this branch, on the one that it goes into, and anywhere. */
  readonly branch: string;
  readonly base: string;
  readonly any: string;
}

/**
 * The same step of the same job finds what it kept; another job, step, machine, folder or run name has entries of its own.
 * A pull request has no branch in this: its ref is one that only it has, whatever its branch is called in a fork.
 */
export function cacheKeys(env: NodeJS.ProcessEnv, names: readonly string[]): CacheKeys {
  const [workflow] = (env.GITHUB_WORKFLOW_REF ?? env.GITHUB_WORKFLOW ?? '').split('@');
  const { GITHUB_JOB, GITHUB_ACTION, RUNNER_OS, RUNNER_ARCH } = env;
  const any = `batchtool-1-${wordFor(workflow, GITHUB_JOB, GITHUB_ACTION, RUNNER_OS, RUNNER_ARCH, ...names)}-`;
  const on = (ref: string): string => `${any}${wordFor(ref)}-`;
  const ref = env.GITHUB_REF ?? '';
  const base = baseBranch(env);
  const branch = on(ref);
  return {
    own: `${branch}${env.GITHUB_RUN_ID ?? ''}-${env.GITHUB_RUN_ATTEMPT ?? ''}`,
    branch,
    base: base === undefined ? branch : on(`refs/heads/${base}`),
    any,
  };
}

/** One word for several texts, whatever they hold. */
function wordFor(...texts: readonly (string | undefined)[]): string {
  return hashText(JSON.stringify(texts.map((text) => text ?? '')));
}

/** What a pull request goes into; else the branch that all others come from. Undefined where nobody says it. */
export function baseBranch(env: NodeJS.ProcessEnv): string | undefined {
  return env.GITHUB_BASE_REF || defaultBranchOf(readEvent(env));
}

/** What was checked out, by the names that people have for it. */
export function originOf({ GITHUB_REF_NAME: branch, GITHUB_SHA: commit }: NodeJS.ProcessEnv): {
  branch?: string;
  commit?: string;
} {
  return { ...(branch === undefined ? {} : { branch }), ...(commit === undefined ? {} : { commit }) };
}

/** Whether there is a cache service to be asked. */
export function hasCache(env: NodeJS.ProcessEnv): boolean {
  // What stands in for tar is a script for a shell.
  if (process.platform === 'win32') return false;
  const service = env.ACTIONS_CACHE_SERVICE_V2 ? env.ACTIONS_RESULTS_URL : env.ACTIONS_CACHE_URL;
  return Boolean(service) && Boolean(env.ACTIONS_RUNTIME_TOKEN);
}

/** Whether there is a service for artifacts. */
export function hasArtifacts({ ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN }: NodeJS.ProcessEnv): boolean {
  return Boolean(ACTIONS_RESULTS_URL) && Boolean(ACTIONS_RUNTIME_TOKEN);
}

/**
 * Whether this run may keep anything in it. What strangers can cause with the rights of the base branch is kept for
 * nobody: GitHub lets most of it only read the cache, unless a workflow says otherwise.
 */
export function mayKeep(env: NodeJS.ProcessEnv): boolean {
  return standingOf(readEvent(env)) !== 'anybody' && !/^(none|read)$/i.test(env.ACTIONS_CACHE_MODE ?? '');
}
