/**
 * The documents of `--json`. Their keys and words are a promise to programs: times are ISO 8601, sizes bytes,
 * durations milliseconds in keys that end in `Ms`. A value that is not known yet is `null`, never a missing key.
 */

import type { Aside, NotKept } from '../core/changes.js';
import type { EpochMillis } from '../core/event.js';
import type { Because, BrokenContract, Conflict, Exit, LeftOut } from '../core/exit.js';
import { assumedIn } from '../core/ledger.js';
import type { AttemptRef } from '../core/ports.js';
import type { AttemptState, RunState, TaskState, TaskStatus } from '../core/state.js';
import { unreachable } from '../core/unreachable.js';
import {
  type ChangesDocument,
  changesDocument,
  type MergedDocument,
  mergedDocument,
} from './changes-document.js';
import { type BudgetDocument, budgetDocument, usedIn } from './cost.js';
import { type RunWord, runWord } from './status.js';
import { type Tally, tallyOf } from './tally.js';
import { isoTime } from './time.js';
import { leadingTo } from './work-left.js';

export type ExitDocument =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'timeout' | 'idle'; readonly limitMs: number }
  | { readonly kind: 'memory'; readonly limitBytes: number; readonly peakBytes: number }
  | { readonly kind: 'output'; readonly limitBytes: number }
  | { readonly kind: 'spawn-error'; readonly message: string }
  | BrokenContract
  | { readonly kind: 'rate-limit'; readonly retryAfterMs: number | null }
  | (Omit<Conflict, 'more'> & {
      readonly kind: 'conflict';
      /** The others that do not fit either; without files one builds on another that is left out. */
      readonly more: readonly Required<LeftOut>[];
    })
  | { readonly kind: 'lost' };

export interface AttemptDocument {
  readonly number: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly exit: ExitDocument | null;
  readonly peakMemoryBytes: number | null;
  readonly costUsd: number | null;
  readonly tokens: number | null;
  /** What it left in its worktree, or what was merged: the commit, the branch that leads to it, and the files. */
  readonly commit: string | null;
  readonly branch: string | null;
  readonly changes: ChangesDocument | null;
  /** What it made that git ignores, and that went with its worktree: some names, and how many more there are. */
  readonly notKept: NotKept | null;
  /** Commits that it has put elsewhere than into its worktree. */
  readonly aside: readonly Aside[];
  /** Why no commit holds what it left. */
  readonly uncommitted: string | null;
  /** An absolute path. */
  readonly log: string;
}

export interface TaskDocument {
  readonly id: string;
  readonly label: string;
  readonly kind: 'command' | 'prompt' | 'integrate';
  readonly status: TaskStatus;
  /** Only on skipped tasks. */
  readonly because?: Because;
  readonly needs: readonly string[];
  readonly stage: string | null;
  /** Only on tasks that begin anew, for their changes met those of others. */
  readonly conflict?: Conflict;
  readonly attempts: readonly AttemptDocument[];
}

export interface RunDocument {
  readonly id: string;
  readonly name: string;
  readonly pattern: string;
  readonly status: RunWord;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly tags: readonly string[];
  readonly costUsd: number | null;
  readonly tokens: number | null;
  /** What counts as spent beside that though nobody told it: of attempts of which nobody saw the end. */
  readonly assumed: BudgetDocument | null;
  /** What became of the work of isolated tasks. */
  readonly merged: MergedDocument | null;
}

/** A pool as it stands. */
export interface PoolDocument {
  readonly name: string;
  /** How many slots it has now, and how many it was given. */
  readonly limit: number;
  readonly size: number;
  readonly used: number;
  /** Nothing of it starts before. */
  readonly closedUntil: string | null;
}

export interface StatusDocument {
  readonly run: RunDocument & {
    readonly budget: BudgetDocument | null;
    readonly pools: readonly PoolDocument[];
  };
  readonly tasks: readonly TaskDocument[];
}

export interface ListDocument {
  readonly runs: readonly (RunDocument & { readonly tasks: Tally })[];
}

/** `status --json`. `logPath` gives the absolute path of an attempt's log. */
export function statusDocument(
  state: RunState,
  interrupted: boolean,
  logPath: (attempt: AttemptRef) => string,
): StatusDocument {
  const { ledger, pools } = state;
  return {
    run: {
      ...runDocument(state, interrupted),
      budget: ledger.isLimited ? budgetDocument(ledger.budget) : null,
      pools: [...pools.entries()].map(([name, { limit, size, used, weather }]) => ({
        name,
        limit,
        size,
        used,
        closedUntil: timeOrNull(weather?.until),
      })),
    },
    tasks: state.tasks.map((task) => taskDocument(state, task, logPath)),
  };
}

export interface ListedRun {
  readonly state: RunState;
  readonly interrupted: boolean;
}

/** `list --json`, in the order given. */
export function listDocument(runs: readonly ListedRun[]): ListDocument {
  return {
    runs: runs.map(({ state, interrupted }) => ({
      ...runDocument(state, interrupted),
      tasks: tallyOf(state),
    })),
  };
}

export function runDocument(state: RunState, interrupted: boolean): RunDocument {
  const assumed = assumedIn(state.ledger);
  return {
    id: state.id,
    name: state.plan.name,
    pattern: state.plan.pattern,
    status: runWord(state, interrupted),
    startedAt: isoTime(state.startedAt),
    endedAt: timeOrNull(state.endedAt),
    tags: state.plan.tags,
    ...budgetDocument(usedIn(state)),
    assumed: assumed === undefined ? null : budgetDocument(assumed),
    merged: mergedDocument(state),
  };
}

function taskDocument(
  state: RunState,
  taskState: TaskState,
  logPath: (attempt: AttemptRef) => string,
): TaskDocument {
  const { task, status, outcome, attempts, conflict } = taskState;
  return {
    id: task.id,
    label: task.label,
    kind: task.work.kind,
    status,
    ...(outcome?.kind === 'skipped' ? { because: outcome.because } : {}),
    needs: [...new Set(task.needs.map((need) => need.task))],
    stage: task.stage ?? null,
    ...(conflict === undefined ? {} : { conflict }),
    attempts: attempts.map((attempt) => {
      const log = logPath({ task: task.id, attempt: attempt.number });
      return attemptDocument(attempt, leadingTo(state, taskState, attempt), log);
    }),
  };
}

function attemptDocument(attempt: AttemptState, branch: string | undefined, log: string): AttemptDocument {
  return {
    number: attempt.number,
    startedAt: isoTime(attempt.startedAt),
    endedAt: timeOrNull(attempt.endedAt),
    exit: attempt.exit === undefined ? null : exitDocument(attempt.exit),
    peakMemoryBytes: attempt.peakMemoryBytes ?? null,
    ...budgetDocument(attempt.result ?? {}),
    commit: attempt.commit ?? null,
    branch: branch ?? null,
    changes: attempt.changes === undefined ? null : changesDocument(attempt.changes),
    notKept: attempt.notKept ?? null,
    aside: attempt.aside ?? [],
    uncommitted: attempt.uncommitted ?? null,
    log,
  };
}

/** An exit with the unit names of documents. */
export function exitDocument(exit: Exit): ExitDocument {
  switch (exit.kind) {
    case 'timeout':
    case 'idle':
      return { kind: exit.kind, limitMs: exit.limitMillis };
    case 'rate-limit':
      return { kind: exit.kind, retryAfterMs: exit.retryAfterMillis ?? null };
    case 'code':
    case 'signal':
    case 'memory':
    case 'output':
    case 'spawn-error':
    case 'contract':
    case 'lost':
      return exit;
    case 'conflict':
      return {
        ...exit,
        more: (exit.more ?? []).map(({ task, files = [], against = [] }) => ({ task, files, against })),
      };
    default:
      return unreachable(exit);
  }
}

function timeOrNull(at: EpochMillis | undefined): string | null {
  return at === undefined ? null : isoTime(at);
}
