/**
 * Rate limits are weather and no failure. A pool whose provider sends an attempt away is halved and waits; after a
 * success and quiet minutes it grows back, slot by slot; one that has met nothing else for too long is given up.
 */
import type { Decision, EpochMillis } from './event.js';
import { hashFraction } from './hash.js';
import type { PoolId } from './plan.js';
import type { PoolState, RateLimits } from './pools.js';
import type { RunState } from './state.js';

/** So long must nothing happen before one slot comes back. */
export const QUIET_MILLIS = 60_000;
/** The wait that a provider leaves to us doubles from this one on with each time that the pool shrinks without a success. */
const FIRST_WAIT_MILLIS = 5000;
const LONGEST_WAIT_MILLIS = 300_000;

/** The answer to rate limits that were seen: fewer slots and a wait, or the end of the pool's patience. */
export function answerRateLimits(state: RunState, now: EpochMillis): Decision | undefined {
  for (const [id, pool] of state.pools.entries()) {
    const said = pool.weather?.unanswered;
    if (said !== undefined) return answer(state, id, pool, said, now);
  }
  return undefined;
}

function answer(
  state: RunState,
  id: PoolId,
  { limit, weather }: PoolState,
  { inUse, retryAfterMillis }: RateLimits,
  now: EpochMillis,
): Decision {
  const type = 'capacity.changed';
  const givenUpAt = (weather?.since ?? now) + state.rateLimitWaitMillis;
  // A wait of our own ends with the patience: the last attempt is made then.
  const opensAt =
    retryAfterMillis === undefined
      ? Math.min(now + waitMillis(state.id, id, weather?.row ?? 0), givenUpAt)
      : now + retryAfterMillis;
  if (now >= givenUpAt || opensAt > givenUpAt) return { type, pool: id, limit, why: 'exhausted' };
  return {
    type,
    pool: id,
    limit: inUse === undefined ? limit : Math.max(1, Math.floor(Math.min(inUse, limit) / 2)),
    until: Math.max(opensAt, weather?.until ?? 0),
    why: 'rate-limit',
  };
}

/** With up to a quarter more, so that runs which were sent away together do not come back together. */
function waitMillis(run: string, pool: PoolId, row: number): number {
  const base = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS * 2 ** Math.min(row, 30));
  return Math.round(base * (1 + hashFraction(`${run}:${pool}:${row}`) / 4));
}

/** A slot comes back. */
export function growPool(state: RunState, now: EpochMillis): Decision | undefined {
  for (const [pool, entry] of state.pools.entries()) {
    const at = growsAt(state, entry);
    if (at !== undefined && at <= now)
      return { type: 'capacity.changed', pool, limit: entry.limit + 1, why: 'quiet' };
  }
  return undefined;
}

function growsAt({ stopping }: RunState, { limit, size, weather }: PoolState): EpochMillis | undefined {
  if (stopping !== undefined || limit >= size || weather === undefined) return undefined;
  return weather.since === undefined ? weather.quietSince + QUIET_MILLIS : undefined;
}

/** The next time at which a pool opens or grows; infinity: none does by itself. */
export function weatherChangesAt(state: RunState, now: EpochMillis): EpochMillis {
  let next = Number.POSITIVE_INFINITY;
  for (const [, pool] of state.pools.entries())
    for (const at of [pool.weather?.until, growsAt(state, pool)])
      if (at !== undefined && at > now) next = Math.min(next, at);
  return next;
}
