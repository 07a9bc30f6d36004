/** Slots. A pool holds a number of them; an attempt takes one of each of its task's pools and gives them back when it exits. */
import type { PoolId } from './plan.js';

export interface PoolState {
  limit: number;
  used: number;
}

export class PoolTable {
  private readonly pools: Map<PoolId, PoolState>;

  constructor(slots: Readonly<Record<PoolId, number>>) {
    this.pools = new Map(Object.entries(slots).map(([id, limit]) => [id, { limit, used: 0 }]));
  }

  get(id: PoolId): Readonly<PoolState> | undefined {
    return this.pools.get(id);
  }

  entries(): IterableIterator<[PoolId, Readonly<PoolState>]> {
    return this.pools.entries();
  }

  /** A slot of each is free. A pool above a lowered limit has none until enough attempts have ended. */
  canTake(ids: readonly PoolId[]): boolean {
    for (const id of ids) {
      const pool = this.pools.get(id);
      if (pool !== undefined && pool.used >= pool.limit) return false;
    }
    return true;
  }

  take(ids: readonly PoolId[]): void {
    for (const id of ids) this.change(id, 1);
  }

  release(ids: readonly PoolId[]): void {
    for (const id of ids) this.change(id, -1);
  }

  /** Sets how many slots a pool has; below 1 would never end. */
  resize(id: PoolId, limit: number): void {
    const pool = this.pools.get(id);
    if (pool !== undefined) pool.limit = Math.max(1, Math.trunc(limit));
  }

  private change(id: PoolId, by: number): void {
    const pool = this.pools.get(id);
    if (pool !== undefined) pool.used += by;
  }
}
