/** What must hold of pools in every run, read off the journal. */
import type { Event } from '../../src/core/event.js';
import type { Plan, Task, TaskId } from '../../src/core/plan.js';

interface Watched {
  limit: number;
  size: number;
  opensAt: number;
  /** The last rate limit, opening or growth; a success since the last rate limit. */
  unquietAt: number;
  welcomed: boolean;
  exhausted: boolean;
}

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

export class SkyWatch {
  readonly #pools: Map<string, Watched>;
  readonly #tasks: Map<TaskId, Task>;
  readonly #say: (sentence: string) => void;

  constructor(plan: Plan, say: (sentence: string) => void) {
    this.#tasks = new Map(plan.tasks.map((task) => [task.id, task]));
    this.#say = say;
    this.#pools = new Map(Object.entries(plan.pools).map(([pool, limit]) => [pool, fair(limit)]));
  }

  isExhausted(pools: readonly string[]): boolean {
    return pools.some((pool) => this.#pools.get(pool)?.exhausted === true);
  }

  /** `inUse` counts slots without what the event itself takes or gives back. */
  see(event: Event, inUse: (pool: string) => number): void {
    if (event.type === 'attempt.started') this.#started(event, inUse);
    if (event.type === 'attempt.exited') this.#exited(event);
    if (event.type === 'capacity.changed') this.#changed(event);
    if (event.type === 'run.resumed')
      for (const [name, { size }] of this.#pools) this.#pools.set(name, fair(size));
  }

  #started({ task, attempt, at }: Of<'attempt.started'>, inUse: (pool: string) => number): void {
    for (const name of this.#tasks.get(task)?.pools ?? []) {
      const pool = this.#pools.get(name) as Watched;
      const start = `${task}#${attempt} started`;
      if (inUse(name) >= pool.limit) this.#say(`${start} above the limit ${pool.limit} of ${name}`);
      if (at < pool.opensAt) this.#say(`${start} while ${name} was closed`);
      if (pool.exhausted) this.#say(`${start} although ${name} was given up`);
    }
  }

  #exited({ task, exit, at }: Of<'attempt.exited'>): void {
    for (const name of this.#tasks.get(task)?.pools ?? []) {
      const pool = this.#pools.get(name) as Watched;
      if (exit.kind === 'rate-limit') {
        pool.unquietAt = Math.max(pool.unquietAt, at);
        pool.welcomed = false;
      }
      if (exit.kind === 'code' && exit.code === 0) Object.assign(pool, { welcomed: true, exhausted: false });
    }
  }

  #changed({ pool: name, limit, until, why, at }: Of<'capacity.changed'>): void {
    const pool = this.#pools.get(name) as Watched;
    const before = pool.limit;
    pool.limit = limit;
    if (limit < 1) this.#say(`${name} has ${limit} slots`);
    switch (why) {
      case 'asked':
        pool.size = limit;
        break;
      case 'exhausted':
        if (limit !== before) this.#say(`${name} was given up and changed from ${before} to ${limit}`);
        pool.exhausted = true;
        break;
      case 'quiet':
        if (limit !== before + 1 || limit > pool.size)
          this.#say(`${name} grew from ${before} to ${limit} of ${pool.size}`);
        if (at < pool.unquietAt + 60_000) this.#say(`${name} grew ${at - pool.unquietAt} after trouble`);
        if (!pool.welcomed) this.#say(`${name} grew without a success`);
        pool.unquietAt = at;
        break;
      case 'rate-limit':
        if (name === 'main') this.#say('main met a rate limit');
        if (limit > before) this.#say(`${name} grew from ${before} to ${limit} by a rate limit`);
        if (until === undefined || until < pool.opensAt) this.#say(`${name} opens earlier than it was to`);
        pool.opensAt = until ?? 0;
        pool.unquietAt = Math.max(pool.unquietAt, pool.opensAt);
        break;
    }
  }
}

function fair(limit: number): Watched {
  return {
    limit,
    size: limit,
    opensAt: Number.NEGATIVE_INFINITY,
    unquietAt: Number.NEGATIVE_INFINITY,
    welcomed: false,
    exhausted: false,
  };
}
