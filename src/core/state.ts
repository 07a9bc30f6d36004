/**
 * What a run looks like after some events. Nothing in here is saved: it is folded from the journal by `evolve`.
 * The sets and queues exist so that asking "what next?" is cheap; entries in queues may be stale and are
 * checked when they come up.
 */
import type { Aside, Changes, NotKept } from './changes.js';
import type { AttemptResult, EpochMillis, Owner, StopReason } from './event.js';
import type { Conflict, Exit, Outcome } from './exit.js';
import { type Graph, graphOf, innermostFirst } from './graph.js';
import { type Amount, Ledger } from './ledger.js';
import { Heap, Queue, tails } from './order.js';
import type { Budget, Isolation, Loop, Plan, PoolId, Task, TaskId } from './plan.js';
import { PoolTable } from './pools.js';

export type TaskStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';
/** `interrupted` is not here: it is what a reader calls a running run whose owner is gone. */
export type RunStatus = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** One try of a task. Fields appear as events bring them. */
export interface AttemptState {
  readonly number: number;
  readonly round: number;
  /** Its place among all attempts of the run, by their starts. */
  readonly nth: number;
  readonly startedAt: EpochMillis;
  /** The commit that an isolated or merging one begins in. */
  readonly base?: string;
  /** What is kept for it of the run's budget. */
  readonly reserve?: Budget;
  /** What it may use beyond that: its share of what was left when it began. */
  beyond?: Budget;
  /** What counts beside what it told, for it ended before it had told all. */
  assumed?: Budget;
  pid?: number;
  startTime?: string;
  /** It was told to end, for this reason. */
  stopping?: StopReason['kind'];
  endedAt?: EpochMillis;
  exit?: Exit;
  peakMemoryBytes?: number;
  cpuMillis?: number;
  outputBytes?: number;
  outputs?: Readonly<Record<string, string>>;
  result?: AttemptResult;
  commit?: string;
  changes?: Changes;
  notKept?: NotKept;
  aside?: readonly Aside[];
  uncommitted?: string;
}

/** The newest conflict that sent a task back. */
export interface Redo extends Conflict {
  /** The round of the task that it began. */
  readonly round: number;
  /** How often one did so. */
  readonly times: number;
  /** The newest attempt of the run at that time. */
  readonly nth: number;
  /** All whose work is in the commit in which it begins now. */
  readonly beside: readonly TaskId[];
}

export interface TaskState {
  readonly task: Task;
  /** Its place in the plan. */
  readonly index: number;
  /** Expected time from its start to the end of the plan; see `tails`. */
  tail: number;
  status: TaskStatus;
  /** Counts from 1; each round has exactly one end. */
  round: number;
  /** How it ended in this round. */
  outcome?: Outcome;
  /** All tries of all rounds, oldest first. */
  attempts: readonly AttemptState[];
  /** Tries of this round that count against the limit. */
  counted: number;
  /** Tries of this round in a row that met a rate limit, and since when. */
  rateLimited: number;
  rateLimitedSince?: EpochMillis;
  /** What all tries of this round have used, as far as they said it. */
  spent: Amount;
  /** Needs that are not over yet. */
  pending: number;
  /** All needs are over since. */
  settledAt?: EpochMillis;
  /** While waiting: what is to become of it. `ready` when only slots or time are missing. */
  fate: 'pending' | 'ready' | Outcome;
  /** It lies in a ready queue (perhaps as a stale entry). */
  queued: boolean;
  /** While waiting for a retry: not before. */
  notBefore?: EpochMillis;
  /** A resume asked for it by name: though it is a `once` task, its lost attempt is repeated. */
  mayRepeat?: boolean;
  endedAt?: EpochMillis;
  /** Its changes met those of others, and it begins anew on top of these. */
  conflict?: Redo;
  /** It failed and may not, or was skipped because of one that did: what `when: failure` looks for. */
  carriesFailure: boolean;
}

export interface LoopState {
  readonly loop: Loop;
  readonly members: readonly TaskState[];
  round: number;
  closed: boolean;
  /** Members that have not ended in this round. */
  unfinished: number;
  /** How often its members had all ended, so that an entry of an earlier round is told from one of this. */
  endings: number;
  /** One of its tasks was tried in this round. Going back over skipped tasks only would never get anywhere. */
  ran: boolean;
}

/** Nobody ran the run between these. `status`: how it stood, `running` if its process had died. */
export interface Pause {
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  readonly status: RunStatus;
}

/** Ready tasks that take the same slots, and that are alike in whether a budget counts for them. */
export interface ReadyGroup {
  readonly pools: readonly PoolId[];
  readonly metered: boolean;
  readonly heap: Heap<TaskState>;
}

export interface RunState {
  readonly plan: Plan;
  readonly graph: Graph;
  /** In plan order. */
  readonly tasks: readonly TaskState[];
  /** Innermost first. */
  readonly loops: readonly LoopState[];
  readonly loopOf: ReadonlyMap<Loop, LoopState>;
  readonly pools: PoolTable;
  readonly ledger: Ledger;
  rateLimitWaitMillis: number;
  /** The plan's, until a resume says otherwise. */
  onConflict: Isolation['onConflict'];
  /** Attempts that were started. */
  starts: number;
  id: string;
  planDigest: string;
  status: RunStatus;
  owner?: Owner;
  startedAt: EpochMillis;
  /** The last resume, else the start: what a deadline counts from. */
  activeSince: EpochMillis;
  /** How long the parts before the last resume took together; one that was interrupted counts up to its last event. */
  workedBeforeMillis: number;
  /** When the newest event happened. */
  lastAt: EpochMillis;
  endedAt?: EpochMillis;
  resumes: number;
  /** Times between an end, or what was seen last, and a resume. */
  pauses: readonly Pause[];
  estimates: Readonly<Record<TaskId, number>>;
  /** The commit in which isolated tasks begin. */
  base?: string;
  stopping?: StopReason;
  /** Somebody asked to cancel; the stop itself is a decision. */
  cancelRequested?: string;
  /** The first failure that counts for the run, loops around it being closed. */
  failedBy?: TaskId;
  /** Tasks that were asked to run again and still wait for that. */
  retryRequests: readonly TaskId[];
  /** Tasks that have not ended. */
  unfinished: number;
  openLoops: number;
  readonly running: Set<TaskState>;
  /** Attempts that exited and were not judged. */
  readonly exited: Queue<TaskState>;
  /** Merges that met a conflict after which its task may begin anew. */
  readonly conflicted: Set<TaskState>;
  /** Waiting tasks that can never start. */
  readonly doomed: Queue<TaskState>;
  /** Running attempts to tell to end. */
  readonly toStop: Queue<TaskState>;
  /** Loops whose members have all ended for the n-th time, innermost first. */
  readonly endedLoops: Queue<{ readonly loop: LoopState; readonly nth: number }>;
  readonly ready: Map<string, ReadyGroup>;
  /** Ready but for money: what is left of the budget will never do. */
  readonly unaffordable: Set<TaskState>;
  /** Ready but for `notBefore`; the soonest first. */
  readonly delayed: Heap<TaskState>;
}

const NO_ATTEMPTS: readonly AttemptState[] = [];

/** The state before the first event. Nothing is ready until `run.started` has brought the estimates. */
export function initialState(plan: Plan): RunState {
  const graph = graphOf(plan);
  const tasks = plan.tasks.map(
    (task, index): TaskState => ({
      task,
      index,
      tail: 0,
      status: 'waiting',
      round: 1,
      attempts: NO_ATTEMPTS,
      counted: 0,
      rateLimited: 0,
      spent: { costUsd: 0, tokens: 0 },
      pending: new Set(task.needs.map((need) => need.task)).size,
      fate: 'pending',
      queued: false,
      carriesFailure: false,
    }),
  );
  const loops = innermostFirst(plan.loops).map((loop): LoopState => {
    const members = loop.tasks.map((id) => tasks[graph.indexOf.get(id) as number] as TaskState);
    return { loop, members, round: 1, closed: false, unfinished: members.length, endings: 0, ran: false };
  });
  return {
    plan,
    graph,
    tasks,
    loops,
    loopOf: new Map(loops.map((state) => [state.loop, state])),
    pools: new PoolTable(plan.pools),
    ledger: new Ledger(plan.budget ?? {}),
    rateLimitWaitMillis: plan.rateLimitWaitMillis,
    onConflict: plan.isolation?.onConflict ?? 'fail',
    starts: 0,
    id: '',
    planDigest: '',
    status: 'running',
    startedAt: 0,
    activeSince: 0,
    workedBeforeMillis: 0,
    lastAt: 0,
    resumes: 0,
    pauses: [],
    estimates: {},
    retryRequests: [],
    unfinished: tasks.length,
    openLoops: loops.length,
    running: new Set(),
    exited: new Queue(),
    conflicted: new Set(),
    doomed: new Queue(),
    toStop: new Queue(),
    endedLoops: new Queue(),
    ready: new Map(),
    unaffordable: new Set(),
    delayed: new Heap((a, b) => (a.notBefore ?? 0) < (b.notBefore ?? 0)),
  };
}

/** The task with this id. Asking for one that the plan does not have is a bug. */
export function taskOf(state: RunState, id: TaskId): TaskState {
  const index = state.graph.indexOf.get(id);
  const found = index === undefined ? undefined : state.tasks[index];
  if (found === undefined) throw new Error(`no task "${id}" in this plan`);
  return found;
}

/** The newest attempt of a task, whatever its round. */
export function lastAttempt(task: TaskState): AttemptState | undefined {
  return task.attempts[task.attempts.length - 1];
}

const NO_LOOPS: readonly LoopState[] = [];

/** Loops around a task, innermost first. */
export function loopStatesAround(state: RunState, task: TaskState): readonly LoopState[] {
  if (state.loops.length === 0) return NO_LOOPS;
  const around = state.graph.loopsAround[task.index] ?? [];
  return around.map((loop) => state.loopOf.get(loop) as LoopState);
}

/** Ends the run as failed when it stands: it may not fail and did, or what was to succeed for it did not. */
export function failsRun(task: TaskState): boolean {
  if (task.task.mayFail === true || task.outcome === undefined) return false;
  if (task.outcome.kind === 'failed') return true;
  return task.outcome.kind === 'skipped' && task.outcome.because.kind === 'none-succeeded';
}

/** An earlier stop kept it from its end, and a resume that chose only some tasks left it so. */
export function wasHeldUp({ outcome }: TaskState): boolean {
  return outcome?.kind === 'cancelled' || (outcome?.kind === 'skipped' && outcome.because.kind === 'stopped');
}

/** Brings the expected durations in and with them the order of ready tasks. */
export function rank(state: RunState, estimates: Readonly<Record<TaskId, number>>): void {
  state.estimates = estimates;
  const lengths = tails(state.plan, state.graph, estimates);
  for (const task of state.tasks) task.tail = lengths[task.index] as number;
}
