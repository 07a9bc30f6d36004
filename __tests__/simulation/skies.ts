/** Rules 19 to 21 of docs/scheduling.md: pools that shrink, close, grow back and are given up. */
import type { Plan } from '../../src/core/plan.js';

interface Sky {
  readonly pool: string;
  limit: number;
  /** What the plan or somebody since gave it. */
  size: number;
  opensAt: number;
  /** The first rate limit since the last success, and how often it shrank since then. */
  since: number | undefined;
  shrunk: number;
  /** A minute must pass after this; undefined: there was no rate limit. */
  quietSince: number | undefined;
  /** How many attempts had been started when it last shrank. */
  shrankAfter: number;
  exhausted: boolean;
  /** Of what was met and not answered: slots in use, and the longest wait that was named. */
  met: { inUse: number | undefined; named: number } | undefined;
  closures: number;
}

interface SentAway {
  readonly pools: readonly string[];
  readonly at: number;
  readonly nth: number;
  /** 0: none. */
  readonly named: number;
  readonly inUse: (pool: string) => number;
}

const MINUTE = 60_000;

export class Skies {
  readonly changes: string[] = [];
  readonly complaints: string[] = [];
  readonly #all: readonly Sky[];
  readonly #patience: number;
  readonly #closedFor: (pool: string, n: number) => number | undefined;

  constructor(plan: Plan, closedFor: (pool: string, n: number) => number | undefined) {
    this.#patience = plan.rateLimitWaitMillis;
    this.#closedFor = closedFor;
    this.#all = Object.entries(plan.pools).map(([pool, limit]) => ({
      pool,
      limit,
      size: limit,
      opensAt: Number.NEGATIVE_INFINITY,
      since: undefined,
      shrunk: 0,
      quietSince: undefined,
      shrankAfter: 0,
      exhausted: false,
      met: undefined,
      closures: 0,
    }));
  }

  /** One of them stands for a provider. */
  over(pools: readonly string[]): boolean {
    return pools.some((pool) => pool !== 'main');
  }

  open(pools: readonly string[], now: number, inUse: (pool: string) => number): boolean {
    return this.#of(pools).every((sky) => inUse(sky.pool) < sky.limit && now >= sky.opensAt);
  }

  opensAt(pools: readonly string[]): number {
    return Math.max(...this.#of(pools).map(({ opensAt }) => opensAt));
  }

  exhausted(pools: readonly string[]): boolean {
    return this.#of(pools).some(({ exhausted }) => exhausted);
  }

  /** When something changes by itself. */
  times(stopped: boolean): number[] {
    const growths = stopped ? [] : this.#all.map((sky) => this.#growsAt(sky));
    return [...this.#all.map(({ opensAt }) => opensAt), ...growths];
  }

  /** How many slots it has now. */
  slots(pool: string): number {
    return this.#all.find((sky) => sky.pool === pool)?.limit ?? 0;
  }

  resize(pool: string, limit: number): void {
    for (const sky of this.#of([pool])) Object.assign(sky, { limit, size: limit });
  }

  sentAway({ pools, at, nth, named, inUse }: SentAway): void {
    for (const sky of this.#of(pools)) {
      if (sky.pool === 'main') continue;
      sky.since ??= at;
      sky.quietSince = Math.max(sky.quietSince ?? at, at);
      const isOld = nth <= sky.shrankAfter;
      if (sky.exhausted || (isOld && at + named <= sky.opensAt)) continue;
      sky.met ??= { inUse: undefined, named: 0 };
      if (!isOld) sky.met.inUse ??= inUse(sky.pool);
      sky.met.named = Math.max(sky.met.named, named);
    }
  }

  welcomed(pools: readonly string[]): void {
    for (const sky of this.#of(pools)) Object.assign(sky, { since: undefined, shrunk: 0, exhausted: false });
  }

  /** Answers what the first pool met, if any did. */
  answer(now: number, started: number): boolean {
    const sky = this.#all.find(({ met }) => met !== undefined);
    if (sky?.met === undefined) return false;
    const { inUse, named } = sky.met;
    sky.met = undefined;
    const end = (sky.since ?? now) + this.#patience;
    if (now >= end || now + named > end) {
      sky.exhausted = true;
      this.#changed(sky, undefined, 'exhausted');
      return true;
    }
    const until = named > 0 ? now + named : this.#ownWait(sky, now, end);
    sky.closures++;
    if (inUse !== undefined) {
      sky.limit = Math.max(1, Math.min(sky.limit, inUse) >> 1);
      sky.shrunk++;
      sky.shrankAfter = started;
    }
    sky.opensAt = Math.max(sky.opensAt, until);
    sky.quietSince = Math.max(sky.quietSince ?? until, sky.opensAt);
    this.#changed(sky, sky.opensAt, 'rate-limit');
    return true;
  }

  /** Takes what the real run took, if that is within the bounds. */
  #ownWait(sky: Sky, now: number, end: number): number {
    const least = Math.min(300_000, 5000 * 2 ** sky.shrunk);
    const taken = this.#closedFor(sky.pool, sky.closures);
    const bounds = [least, least * 1.25].map((wait) => Math.min(now + wait, end));
    const [low = 0, high = 0] = bounds;
    // A pool that is closed for longer already stays so.
    if (taken === undefined || now + taken <= sky.opensAt) return low;
    if (now + taken >= Math.floor(low) && now + taken <= Math.ceil(high)) return now + taken;
    this.complaints.push(`${sky.pool} is closed for ${taken}, not ${low - now}…${high - now}`);
    return low;
  }

  /** Gives a slot back to the first pool that may have one. */
  grow(now: number): boolean {
    const sky = this.#all.find((one) => this.#growsAt(one) <= now);
    if (sky === undefined) return false;
    sky.limit++;
    sky.quietSince = Math.max(sky.quietSince ?? now, now);
    this.#changed(sky, undefined, 'quiet');
    return true;
  }

  #growsAt({ limit, size, since, quietSince }: Sky): number {
    if (limit >= size || since !== undefined || quietSince === undefined) return Number.POSITIVE_INFINITY;
    return quietSince + MINUTE;
  }

  #changed({ pool, limit }: Sky, until: number | undefined, why: string): void {
    this.changes.push(`${pool} ${limit} until ${until} ${why}`);
  }

  #of(pools: readonly string[]): readonly Sky[] {
    return this.#all.filter(({ pool }) => pools.includes(pool));
  }
}
