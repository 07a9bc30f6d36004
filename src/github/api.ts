/** GitHub's API, asked with a patience that ends. What it refuses is a value: no run fails for a report. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { getOctokit } from '@actions/github';

export type Octokit = ReturnType<typeof getOctokit>;

/** How to reach it. */
export interface Access {
  readonly token: string;
  /** Absent: that of github.com. */
  readonly url?: string;
}

/** The API that the runner names. */
export function accessWith(token: string, { GITHUB_API_URL: url }: NodeJS.ProcessEnv): Access {
  return { token, ...(url === undefined || url === '' ? {} : { url: url.replace(/\/+$/, '') }) };
}

/**
 * `denied`: the token may not · `missing`: there is no such thing, or the token may not even know of it · `invalid`: what
 * was asked makes no sense to GitHub · `busy`: too many requests · `down`: it failed, was not reached or was too slow.
 */
export interface ApiFault {
  readonly kind: 'denied' | 'missing' | 'invalid' | 'busy' | 'down';
  /** Ends a sentence: `GitHub answered 403: …`. */
  readonly message: string;
}

export type Answer<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: ApiFault };

/** For all requests of one call, with their pauses. */
const PATIENCE_MILLIS = 10_000;
/** Between tries, unless GitHub asks for more. */
const PAUSES_MILLIS = [500, 1000, 2000];
const MOST_MESSAGE = 200;

/**
 * Runs `work`, which may be several requests, and runs it again from its beginning where that may help. So it
 * looks first what is there already: a request that was said to have failed may have been carried out.
 */
export async function ask<T>(
  { token, url }: Access,
  work: (octokit: Octokit) => Promise<T>,
): Promise<Answer<T>> {
  const end = Date.now() + PATIENCE_MILLIS;
  const signal = AbortSignal.timeout(PATIENCE_MILLIS);
  // Loaded late: it is a quarter of the action, and most runs never need it.
  const github = await import('@actions/github');
  if (url !== undefined && !URL.canParse(url))
    return { kind: 'fault', fault: { kind: 'invalid', message: `GITHUB_API_URL is no address: ${url}` } };
  const octokit = github.getOctokit(token, url === undefined ? {} : { baseUrl: url });
  octokit.hook.before('request', (options) => {
    options.request.signal = signal;
  });
  for (let tries = 0; ; tries++) {
    try {
      return { kind: 'value', value: await work(octokit) };
    } catch (error) {
      const fault = signal.aborted ? TOO_SLOW : faultOf(error);
      const pauseMillis = Math.max(PAUSES_MILLIS[tries] ?? Infinity, askedPauseMillis(error));
      if (!isPassing(fault) || Date.now() + pauseMillis >= end) return { kind: 'fault', fault };
      await sleep(pauseMillis);
    }
  }
}

/** It may be over in a moment. */
function isPassing({ kind }: ApiFault): boolean {
  return kind === 'busy' || kind === 'down';
}

const TOO_SLOW: ApiFault = {
  kind: 'down',
  message: `GitHub did not answer within ${PATIENCE_MILLIS / 1000} seconds`,
};

interface Failure {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly response?: { readonly headers?: Readonly<Record<string, unknown>> };
}

function faultOf(error: unknown): ApiFault {
  const { status, message, response } = error as Failure;
  const said = oneLine(message);
  // The client says 500 for what never got an answer.
  if (typeof status !== 'number' || response === undefined)
    return { kind: 'down', message: `GitHub was not reached: ${said}` };
  const answer = `GitHub answered ${status}: ${said}`;
  if (isLimit(status, said, response.headers)) return { kind: 'busy', message: answer };
  if (status === 401 || status === 403) return { kind: 'denied', message: answer };
  if (status === 404 || status === 410) return { kind: 'missing', message: answer };
  return { kind: status >= 500 ? 'down' : 'invalid', message: answer };
}

/** Also 403 may mean that it was too much. */
function isLimit(status: number, said: string, headers: Readonly<Record<string, unknown>> = {}): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return 'retry-after' in headers || headers['x-ratelimit-remaining'] === '0' || /rate limit/i.test(said);
}

/** What GitHub wants to be left alone for; 0 when it says nothing. */
function askedPauseMillis(error: unknown): number {
  const { headers = {} } = (error as Failure).response ?? {};
  const seconds = Number(headers['retry-after'] ?? 0);
  if (seconds > 0) return seconds * 1000;
  if (headers['x-ratelimit-remaining'] !== '0') return 0;
  return Math.max(0, Number(headers['x-ratelimit-reset'] ?? 0) * 1000 - Date.now());
}

function oneLine(text: unknown): string {
  return String(text ?? '')
    .replace(/ - https:\/\/docs\.github\.com\S*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_MESSAGE);
}
