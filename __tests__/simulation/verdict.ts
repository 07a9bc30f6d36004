/** What became of a run, in words that the reference and the real policy share, so that the two can be compared. */
import type { Event, StopReason } from '../../src/core/event.js';
import type { Outcome } from '../../src/core/exit.js';
import type { TaskId } from '../../src/core/plan.js';
import type { RunState } from '../../src/core/state.js';

export interface Start {
  readonly task: TaskId;
  readonly attempt: number;
  readonly round: number;
  /** Wall time. */
  readonly at: number;
}

export interface TaskVerdict {
  readonly status: string;
  readonly outcome: Outcome | undefined;
  readonly round: number;
  readonly attempts: number;
  /** How it ended in each round, in order: `1 failed`, `2 succeeded`. */
  readonly ends: readonly string[];
}

export interface Verdict {
  readonly status: string;
  readonly stop: StopReason['kind'] | undefined;
  readonly tasks: Readonly<Record<TaskId, TaskVerdict>>;
  readonly loops: Readonly<Record<string, { readonly round: number; readonly closed: boolean }>>;
  /** What pools became: `a 2 until 1234 rate-limit`, in the order in which it was decided. */
  readonly changes: readonly string[];
  /** By all attempts together, rounded. */
  readonly spent: Readonly<Record<string, number>>;
  /** In the order in which they happened. */
  readonly starts: readonly Start[];
  /** Attempts that were told to end, as `task#attempt`, sorted. */
  readonly told: readonly string[];
  /** What the reference took from the real run and found to be against the rules. */
  readonly complaints: readonly string[];
}

/** Sums of dollars are not exact. */
export function rounded(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** The words of an end that the policy words itself are not compared. */
export function withoutWords(outcome: Outcome | undefined): Outcome | undefined {
  if (outcome?.kind !== 'failed' || outcome.exit.kind !== 'contract' || outcome.exit.failure !== 'budget')
    return outcome;
  return { kind: 'failed', exit: { ...outcome.exit, reason: '' } };
}

/** What the real policy did. */
export function verdictOf(journal: readonly Event[], state: RunState): Verdict {
  const starts: Start[] = [];
  const told: string[] = [];
  const changes: string[] = [];
  const ends = new Map<string, string[]>();
  for (const event of journal) {
    if (event.type === 'attempt.started')
      starts.push({ task: event.task, attempt: event.attempt, round: event.round, at: event.at });
    if (event.type === 'capacity.changed' && event.why !== 'asked')
      changes.push(`${event.pool} ${event.limit} until ${event.until} ${event.why}`);
    if (event.type === 'attempt.stopping') told.push(`${event.task}#${event.attempt}`);
    if (event.type === 'task.finished') {
      const list = ends.get(event.task) ?? [];
      ends.set(event.task, [...list, `${event.round} ${event.outcome.kind}`]);
    }
  }
  return {
    status: state.status,
    stop: state.stopping?.kind,
    tasks: Object.fromEntries(
      state.tasks.map(({ task, status, outcome, round, attempts }) => [
        task.id,
        {
          status,
          outcome: withoutWords(outcome),
          round,
          attempts: attempts.length,
          ends: ends.get(task.id) ?? [],
        },
      ]),
    ),
    loops: Object.fromEntries(state.loops.map(({ loop, round, closed }) => [loop.id, { round, closed }])),
    changes,
    spent: {
      costUsd: rounded(state.ledger.spent.costUsd),
      tokens: rounded(state.ledger.spent.tokens),
    },
    starts,
    told: told.sort(),
    complaints: [],
  };
}

/** How long the run wanted to wait after it had judged an attempt; undefined: it was not tried again. */
export function delaysOf(journal: readonly Event[]): (task: TaskId, attempt: number) => number | undefined {
  const delays = new Map<string, number>();
  const attempts = new Map<string, number>();
  for (const event of journal) {
    if (event.type === 'attempt.exited') attempts.set(event.task, event.attempt);
    if (event.type === 'task.retrying')
      delays.set(`${event.task}#${attempts.get(event.task)}`, event.notBefore - event.at);
  }
  return (task, attempt) => delays.get(`${task}#${attempt}`);
}

/** How long the run kept a pool closed when it shrank for the n-th time. */
export function closuresOf(journal: readonly Event[]): (pool: string, n: number) => number | undefined {
  const closures = new Map<string, number[]>();
  for (const event of journal) {
    if (event.type !== 'capacity.changed' || event.why !== 'rate-limit') continue;
    closures.set(event.pool, [...(closures.get(event.pool) ?? []), (event.until ?? 0) - event.at]);
  }
  return (pool, n) => closures.get(pool)?.[n];
}
