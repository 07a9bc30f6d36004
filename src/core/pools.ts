/**
 * Slots. A pool holds a number of them; an attempt takes one of each of its task's pools and gives them back when it
 * exits. A pool other than `main` stands for somebody who may say that it is too much: each has a weather.
 */
import type { CapacityChange, EpochMillis } from './event.js';
import { MAIN_POOL, type PoolId } from './plan.js';

export interface PoolState {
  /** How many slots it has now. */
  limit: number;
  /** How many the plan, or somebody since, gave it: one that rate limits made smaller grows back to this. */
  size: number;
  used: number;
  /** Absent until its provider sends an attempt away. */
  weather?: Weather;
}

/** How a pool's provider has behaved. */
export interface Weather {
  /** The first rate limit since the last success. Absent: there was a success since the last rate limit. */
  since?: EpochMillis;
  /** How often it shrank since then. */
  row: number;
  /** Nothing of the pool starts before. */
  until: EpochMillis;
  /** The last rate limit, wait or growth. */
  quietSince: EpochMillis;
  /** Attempts of the run up to this one were started before it last shrank: what they meet says nothing of its new size. */
  shrankAfter: number;
  /** Rate limits that were seen and not yet answered by a decision. */
  unanswered?: RateLimits;
  /** It was given up: no task of it can start. */
  exhausted?: true;
}

/** What attempts of a pool met since the last decision. */
export interface RateLimits {
  /** How many had a slot when the first of those was sent away that started after the pool last shrank; absent: none did. */
  inUse?: number;
  /** The longest wait that the provider asked for. */
  retryAfterMillis?: number;
}

/** An attempt that its provider sent away; `nth` of all attempts of the run. */
export interface SentAway {
  readonly at: EpochMillis;
  readonly nth: number;
  readonly retryAfterMillis?: number | undefined;
}

export class PoolTable {
  private readonly pools: Map<PoolId, PoolState>;

  constructor(slots: Readonly<Record<PoolId, number>>) {
    this.pools = new Map(Object.entries(slots).map(([id, limit]) => [id, { limit, size: limit, used: 0 }]));
  }

  get(id: PoolId): Readonly<PoolState> | undefined {
    return this.pools.get(id);
  }

  entries(): IterableIterator<[PoolId, Readonly<PoolState>]> {
    return this.pools.entries();
  }

  /** A slot of each is free, and none has to wait. A pool above a lowered limit has none until enough attempts have ended. */
  canTake(ids: readonly PoolId[], now: EpochMillis): boolean {
    for (const id of ids) {
      const pool = this.pools.get(id);
      if (pool === undefined) continue;
      if (pool.used >= pool.limit || (pool.weather !== undefined && pool.weather.until > now)) return false;
    }
    return true;
  }

  /** How many more attempts may have a slot of each, whenever that is. */
  free(ids: readonly PoolId[]): number {
    const pools = ids.flatMap((id) => this.pools.get(id) ?? []);
    return Math.max(0, Math.min(...pools.map(({ limit, used }) => limit - used)));
  }

  take(ids: readonly PoolId[]): void {
    for (const id of ids) this.change(id, 1);
  }

  release(ids: readonly PoolId[]): void {
    for (const id of ids) this.change(id, -1);
  }

  /** One of them stands for a provider, which says by rate limits how much it takes. */
  haveWeather(ids: readonly PoolId[]): boolean {
    return ids.some((id) => id !== MAIN_POOL && this.pools.has(id));
  }

  /** One of them was given up. */
  areExhausted(ids: readonly PoolId[]): boolean {
    return ids.some((id) => this.pools.get(id)?.weather?.exhausted === true);
  }

  /** When all of them may start something again. */
  openAt(ids: readonly PoolId[]): EpochMillis {
    return Math.max(0, ...ids.map((id) => this.pools.get(id)?.weather?.until ?? 0));
  }

  /** To be told before the attempt's slots are released. */
  sentAway(ids: readonly PoolId[], { at, nth, retryAfterMillis = 0 }: SentAway): void {
    for (const id of ids) {
      const pool = this.pools.get(id);
      if (pool === undefined || id === MAIN_POOL) continue;
      pool.weather ??= { row: 0, until: 0, quietSince: at, shrankAfter: 0 };
      const { weather } = pool;
      weather.since ??= at;
      weather.quietSince = Math.max(weather.quietSince, at);
      const isNews = nth > weather.shrankAfter || at + retryAfterMillis > weather.until;
      if (weather.exhausted === true || !isNews) continue;
      weather.unanswered ??= {};
      if (nth > weather.shrankAfter) weather.unanswered.inUse ??= pool.used;
      if (retryAfterMillis > (weather.unanswered.retryAfterMillis ?? 0))
        weather.unanswered.retryAfterMillis = retryAfterMillis;
    }
  }

  /** An attempt succeeded: their providers let us in. */
  welcomed(ids: readonly PoolId[]): void {
    for (const id of ids) {
      const weather = this.pools.get(id)?.weather;
      if (weather === undefined) continue;
      weather.row = 0;
      delete weather.since;
      delete weather.exhausted;
    }
  }

  /** Carries out a change; `nth` attempts of the run have been started. */
  changed({ pool: id, limit, until = 0, why }: CapacityChange, at: EpochMillis, nth: number): void {
    const pool = this.pools.get(id);
    if (pool === undefined) return;
    pool.limit = Math.max(1, Math.trunc(limit));
    if (why === 'asked') pool.size = pool.limit;
    if (pool.weather === undefined || why === 'asked') return;
    const { weather } = pool;
    if (why === 'exhausted') weather.exhausted = true;
    else weather.quietSince = Math.max(weather.quietSince, at, until);
    if (why === 'quiet') return;
    if (why === 'rate-limit' && weather.unanswered?.inUse !== undefined) {
      weather.row++;
      weather.shrankAfter = nth;
    }
    weather.until = Math.max(weather.until, until);
    delete weather.unanswered;
  }

  /** Another process goes on, and whoever asked for that does not want to wait for old weather. */
  forgetWeather(): void {
    for (const pool of this.pools.values()) {
      pool.limit = pool.size;
      delete pool.weather;
    }
  }

  private change(id: PoolId, by: number): void {
    const pool = this.pools.get(id);
    if (pool !== undefined) pool.used += by;
  }
}
