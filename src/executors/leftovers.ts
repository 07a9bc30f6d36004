/** Ends what an owner that died has left running, before somebody takes its run over. */
import { Census } from './census.js';
import { markPrefix } from './mark.js';
import { isAlive, type ProcessRef } from './process-table.js';
import { Reaper } from './reaper.js';
import { send } from './signals.js';
import { uptimeMillis } from './uptime.js';

/** What is ended may start something new as its last deed; but what cannot be ended is not tried for ever. */
const MAX_ROUNDS = 3;

export interface Leftovers {
  /** Recorded attempts whose end nobody saw. */
  readonly attempts: readonly ProcessRef[];
  readonly runMark: string;
  readonly graceMillis: number;
}

/**
 * Ends the recorded processes, if they are still the same ones, with their groups and descendants, and everything
 * that carries a mark of the run. Resolves to how many processes there were, when none is left.
 */
export async function killLeftovers({ attempts, runMark, graceMillis }: Leftovers): Promise<number> {
  const census = new Census(markPrefix(runMark));
  const leaders = new Map<string, ProcessRef>();
  // A group whose leader is gone is not taken by its number alone: since then it may be somebody else's.
  for (const attempt of attempts.filter(isAlive)) {
    leaders.set(`pid ${attempt.pid}`, attempt);
    census.lead(attempt, `pid ${attempt.pid}`);
  }
  const reaper = new Reaper({
    look: () => census.take(),
    lookCostMillis: () => census.costMillis,
    send,
    now: uptimeMillis,
  });
  const found = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const members = census.take();
    if (members.size === 0 && census.isSure) break;
    for (const [key, processes] of members) {
      for (const { pid, startTime } of processes) found.add(`${pid} ${startTime}`);
      const ref = leaders.get(key);
      const leader = ref === undefined ? {} : { leader: { pid: ref.pid, gone: () => !isAlive(ref) } };
      reaper.end(key, { from: 'SIGINT', graceMillis, ...leader, done: () => undefined });
    }
    await reaper.idle();
  }
  return found.size;
}
