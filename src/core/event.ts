/**
 * Everything that happens in a run, one variant each. The journal is a list of these and the only truth:
 * the state is their fold. A *decision* is ours and is written before it is carried out;
 * an *observation* is what the world did and is written when it is seen.
 */
import type { Aside, Changes, NotKept } from './changes.js';
import type { Conflict, Exit, Outcome } from './exit.js';
import type { Budget, Isolation, PoolId, TaskId } from './plan.js';

/** Milliseconds since 1970, by the wall clock. It may go back; nothing relies on its order. */
export type EpochMillis = number;

/** The one process that writes a run's journal. The start time tells it from a later process with its number. */
export interface Owner {
  readonly pid: number;
  readonly startTime: string;
  readonly host: string;
}

/** Why nothing more starts. `kill`: what runs is stopped too. Ordered: a later, stronger reason replaces a weaker. */
export type StopReason =
  | { readonly kind: 'failure'; readonly task: TaskId; readonly kill: boolean }
  | {
      readonly kind: 'budget';
      readonly kill: boolean;
      readonly spent: Budget;
      /** The part of `spent` that nobody told, if there is any. */
      readonly assumed?: Budget;
      readonly budget: Budget;
    }
  | { readonly kind: 'deadline'; readonly kill: true; readonly limitMillis: number }
  | { readonly kind: 'cancelled'; readonly kill: true; readonly by: string };

/** What somebody asked of a live run, through its inbox or by a signal. */
export type Request =
  /** `now` skips the grace time: SIGKILL at once. */
  | { readonly kind: 'cancel'; readonly by: string; readonly now?: boolean }
  | { readonly kind: 'retry'; readonly task: TaskId }
  | { readonly kind: 'capacity'; readonly pool: PoolId; readonly limit: number };

/** What an agent or command handed over. Tokens and money are those of one attempt. */
export interface AttemptResult extends Budget {
  readonly turns?: number;
  readonly session?: string;
  /** It ended before it had told all that it used. */
  readonly untold?: true;
}

/**
 * Why a pool changed. `rate-limit`: its provider sent an attempt away; `quiet`: it has not for a while, a slot comes back;
 * `exhausted`: it has for as long as the run waits, so the pool's tasks fail; `asked`: somebody outside of the run said so.
 */
export type CapacityCause = 'rate-limit' | 'quiet' | 'exhausted' | 'asked';

/** A pool grew or shrank, or is given up. */
export interface CapacityChange {
  readonly type: 'capacity.changed';
  readonly pool: PoolId;
  /** At least 1. */
  readonly limit: number;
  /** Nothing of the pool starts before. */
  readonly until?: EpochMillis;
  readonly why: CapacityCause;
}

export type Decision =
  /** One more try of a task begins; its slots are taken. */
  | {
      readonly type: 'attempt.started';
      readonly task: TaskId;
      readonly attempt: number;
      readonly round: number;
      /** What is kept for it of the run's budget. */
      readonly reserve?: Budget;
    }
  /** A running attempt is told to end. */
  | {
      readonly type: 'attempt.stopping';
      readonly task: TaskId;
      readonly attempt: number;
      readonly why: StopReason['kind'];
    }
  /** The last attempt did not succeed; another starts when `notBefore` has come. */
  | {
      readonly type: 'task.retrying';
      readonly task: TaskId;
      readonly notBefore: EpochMillis;
      readonly why: Exit;
    }
  /** The end of a task in its round: exactly one for each. */
  | {
      readonly type: 'task.finished';
      readonly task: TaskId;
      readonly round: number;
      readonly outcome: Outcome;
    }
  /** These tasks wait again: the loop goes back, a request or a review pushed them back. */
  | {
      readonly type: 'round.started';
      readonly tasks: readonly TaskId[];
      readonly loop?: string;
      readonly because: RoundCause;
      /** Of a conflict: its task begins anew on what was merged before it. */
      readonly conflict?: Conflict;
    }
  | (CapacityChange & { readonly why: Exclude<CapacityCause, 'asked'> })
  /** The loop is over; who waits outside it may look at its tasks now. */
  | { readonly type: 'loop.closed'; readonly loop: string }
  /** Nothing starts from here on but `always` after a failure. */
  | { readonly type: 'run.stopping'; readonly why: StopReason }
  /** Every task has ended. The last event, unless a resume follows. */
  | { readonly type: 'run.finished'; readonly status: 'succeeded' | 'failed' | 'cancelled' };

export type RoundCause = 'loop' | 'request' | 'review' | 'conflict';

export type Observation =
  /** The first event of a journal. */
  | {
      readonly type: 'run.started';
      readonly run: string;
      readonly planDigest: string;
      /** The commit in which isolated tasks begin. */
      readonly base?: string;
      readonly owner: Owner;
      /** Expected duration of tasks by earlier runs, in milliseconds. Absent tasks are unknown. */
      readonly estimates: Readonly<Record<TaskId, number>>;
      /** Expected cost of one attempt by earlier runs. Absent tasks are unknown. */
      readonly costs?: Readonly<Record<TaskId, CostEstimate>>;
      /** What the run around this one lets it spend. */
      readonly handed?: Budget;
    }
  | {
      readonly type: 'attempt.spawned';
      readonly task: TaskId;
      readonly attempt: number;
      readonly pid: number;
      /** Absent: it was over before anybody looked. */
      readonly startTime?: string;
    }
  | {
      readonly type: 'attempt.exited';
      readonly task: TaskId;
      readonly attempt: number;
      readonly exit: Exit;
      readonly peakMemoryBytes?: number;
      readonly cpuMillis?: number;
      readonly outputBytes?: number;
      /** What it wrote to BATCHTOOL_OUTPUT. */
      readonly outputs?: Readonly<Record<string, string>>;
      readonly result?: AttemptResult;
      /** The commit that holds an isolated attempt's changes, or what was merged. Absent where there were none. */
      readonly commit?: string;
      readonly changes?: Changes;
      readonly notKept?: NotKept;
      readonly aside?: readonly Aside[];
      /** Why what an isolated attempt has left could not be committed, and where it is. */
      readonly uncommitted?: string;
    }
  | (CapacityChange & { readonly why: 'asked' })
  | { readonly type: 'request.received'; readonly request: Request }
  /**
   * Another process took over. `tasks` wait again in a new round; attempts that ran are reported `lost` right after.
   * A `once` task of `tasks` that ran has not ended: it goes on in its round, its lost attempt is repeated.
   */
  | {
      readonly type: 'run.resumed';
      readonly owner: Owner;
      readonly tasks: readonly TaskId[];
      /** Limits that hold from now on in place of the plan's; a part that is absent stays as it was. */
      readonly budget?: Budget;
      /** What the run around that process lets this one spend from now on, whatever an earlier one did. */
      readonly handed?: Budget;
      readonly rateLimitWaitMillis?: number;
      /** The same for what becomes of a conflict. */
      readonly onConflict?: Isolation['onConflict'];
    };

/** What one attempt of a task is expected to cost. */
export interface CostEstimate extends Budget {
  /** How many earlier attempts say so. */
  readonly attempts: number;
}

/** One line of a journal. */
export type Event = { readonly at: EpochMillis } & (Decision | Observation);
