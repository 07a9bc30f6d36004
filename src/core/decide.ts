/**
 * The whole scheduling policy. `decide` looks at the state and returns the next decision, or nothing when
 * the run has to wait for the world. The rules stand in order; the first that has something to say wins.
 * The loop records each decision, folds it in, and asks again until there is silence.
 *
 * Terms: an attempt *counts* unless it was rate-limited or lost; a task has 1 + `retry.max` counting attempts a round.
 */
import { fits, isBudgeted, overspent, reserveFor, stopForBudget } from './budget.js';
import type { Decision, EpochMillis, StopReason } from './event.js';
import { countsAsAttempt, type Exit, isFinal, isSuccess, type Outcome } from './exit.js';
import { hashFraction } from './hash.js';
import { startsBefore } from './order.js';
import { answerRateLimits, growPool, weatherChangesAt } from './rate-limits.js';
import { redone } from './redo.js';
import { goesAgain, withEndedDependents } from './rounds.js';
import {
  type AttemptState,
  failsRun,
  lastAttempt,
  type RunState,
  type TaskState,
  taskOf,
  wasHeldUp,
} from './state.js';

/** The next decision at this time, or undefined: nothing to do until an observation comes or `wakeAt` has passed. */
export function decide(state: RunState, now: EpochMillis): Decision | undefined {
  if (state.status !== 'running') return undefined;
  return (
    answerRateLimits(state, now) ??
    judgeExited(state, now) ??
    stopRun(state, now) ??
    answerConflict(state) ??
    stopAttempt(state) ??
    giveUp(state) ??
    endRound(state) ??
    runAgain(state) ??
    growPool(state, now) ??
    startReady(state, now) ??
    stopShortOfMoney(state) ??
    finishRun(state)
  );
}

/** When `decide` may have something new to say although nothing happened; undefined: only then. */
export function wakeAt(state: RunState, now: EpochMillis): EpochMillis | undefined {
  if (state.status !== 'running') return undefined;
  let next = weatherChangesAt(state, now);
  // Those whose time has come may still lack a slot; the first whose time has not lies below them.
  state.delayed.eachWhile(
    ({ notBefore = 0 }) => {
      if (notBefore > now) next = Math.min(next, notBefore);
      return notBefore <= now;
    },
    () => {},
  );
  const deadline = deadlineOf(state);
  if (deadline !== undefined && deadline > now && isStronger('deadline', state))
    next = Math.min(next, deadline);
  return next === Number.POSITIVE_INFINITY ? undefined : next;
}

function judgeExited(state: RunState, now: EpochMillis): Decision | undefined {
  const task = state.exited.first(
    (entry) => entry.status === 'running' && lastAttempt(entry)?.exit !== undefined,
  );
  const attempt = task && lastAttempt(task);
  if (task === undefined || attempt?.exit === undefined) return undefined;
  const verdict = verdictOn(state, task, attempt, attempt.exit);
  if (verdict === 'retry') {
    return {
      type: 'task.retrying',
      task: task.task.id,
      notBefore: retryTime(state, task, attempt.exit, now),
      why: attempt.exit,
    };
  }
  return finished(task, verdict);
}

/** A merge that met a conflict has failed, or is done again once the later task has begun anew and none of those runs. */
function answerConflict(state: RunState): Decision | undefined {
  for (const merge of state.conflicted) {
    const exit = lastAttempt(merge)?.exit;
    if (exit?.kind !== 'conflict') continue;
    const tasks = redone(state, merge, exit);
    if (tasks === undefined) return finished(merge, { kind: 'failed', exit });
    if (tasks.some((task) => task.status === 'running' && !state.conflicted.has(task))) continue;
    const { kind: _, more: __, ...conflict } = exit;
    return { type: 'round.started', tasks: tasks.map(({ task }) => task.id), because: 'conflict', conflict };
  }
  return undefined;
}

function verdictOn(state: RunState, task: TaskState, attempt: AttemptState, exit: Exit): Outcome | 'retry' {
  const failed: Outcome = { kind: 'failed', exit };
  if (attempt.stopping !== undefined) return { kind: 'cancelled' };
  if (isSuccess(exit)) return { kind: 'succeeded' };
  if (isFinal(exit) || !mayStart(state, task)) return failed;
  // It stays known as lost, whatever it cost: a resume must not repeat it.
  if (exit.kind === 'lost' && task.task.once === true && task.mayRepeat !== true) return failed;
  const spent = overspent(task);
  if (spent !== undefined) return { kind: 'failed', exit: spent };
  if (exit.kind === 'lost') return 'retry';
  if (exit.kind === 'rate-limit') return waitedTooLong(state, task, attempt) ? failed : 'retry';
  return task.counted <= task.task.retry.max ? 'retry' : failed;
}

/** Nothing has stopped the run, or only a failure and the task is one that runs even then. */
function mayStart({ stopping }: RunState, { task }: TaskState): boolean {
  return stopping === undefined || (stopping.kind === 'failure' && task.when === 'always');
}

/** What stands for a provider has patience as a whole; a task without such a pool has its own. */
function waitedTooLong(state: RunState, task: TaskState, attempt: AttemptState): boolean {
  const { pools } = task.task;
  if (state.pools.haveWeather(pools)) return state.pools.areExhausted(pools);
  return (attempt.endedAt ?? 0) - (task.rateLimitedSince ?? 0) >= state.rateLimitWaitMillis;
}

/** Doubling delay with up to a quarter more by the hash of task and attempt; a provider's own word wins. */
function retryTime(state: RunState, task: TaskState, exit: Exit, now: EpochMillis): EpochMillis {
  if (exit.kind === 'lost') return now;
  const { delayMillis, maxDelayMillis } = task.task.retry;
  if (exit.kind === 'rate-limit' && state.pools.haveWeather(task.task.pools))
    return Math.max(now, state.pools.openAt(task.task.pools));
  if (exit.kind === 'rate-limit' && exit.retryAfterMillis !== undefined) return now + exit.retryAfterMillis;
  const tries = countsAsAttempt(exit) ? task.counted : task.rateLimited;
  const base = Math.min(
    maxDelayMillis,
    Math.max(delayMillis, exit.kind === 'rate-limit' ? 1000 : 0) * 2 ** Math.min(tries - 1, 30),
  );
  const jitter = hashFraction(`${task.task.id}:${task.attempts.length}`) / 4;
  return now + Math.round(base * (1 + jitter));
}

const STRENGTH: Record<StopReason['kind'], number> = { failure: 1, budget: 2, deadline: 3, cancelled: 4 };

function stopRun(state: RunState, now: EpochMillis): Decision | undefined {
  if (state.unfinished === 0 && state.openLoops === 0 && state.retryRequests.length === 0) return undefined;
  const why = reasonToStop(state, now);
  return why !== undefined && isStronger(why.kind, state) ? { type: 'run.stopping', why } : undefined;
}

function isStronger(kind: StopReason['kind'], { stopping }: RunState): boolean {
  return stopping === undefined || STRENGTH[kind] > STRENGTH[stopping.kind];
}

function reasonToStop(state: RunState, now: EpochMillis): StopReason | undefined {
  if (state.cancelRequested !== undefined)
    return { kind: 'cancelled', kill: true, by: state.cancelRequested };
  const deadline = deadlineOf(state);
  if (deadline !== undefined && now >= deadline) {
    return { kind: 'deadline', kill: true, limitMillis: state.plan.deadlineMillis as number };
  }
  const { onError } = state.plan;
  if (state.failedBy !== undefined && (onError === 'stop' || onError === 'fail-fast')) {
    return { kind: 'failure', task: state.failedBy, kill: onError === 'fail-fast' };
  }
  return undefined;
}

function deadlineOf(state: RunState): EpochMillis | undefined {
  return state.plan.deadlineMillis === undefined ? undefined : state.activeSince + state.plan.deadlineMillis;
}

function stopAttempt(state: RunState): Decision | undefined {
  const why = state.stopping;
  const task = state.toStop.first(
    (entry) => state.running.has(entry) && lastAttempt(entry)?.stopping === undefined,
  );
  const attempt = task && lastAttempt(task);
  if (task === undefined || attempt === undefined || why === undefined) return undefined;
  return { type: 'attempt.stopping', task: task.task.id, attempt: attempt.number, why: why.kind };
}

function giveUp(state: RunState): Decision | undefined {
  const task = state.doomed.first((entry) => entry.status === 'waiting' && typeof entry.fate === 'object');
  return task === undefined || typeof task.fate !== 'object' ? undefined : finished(task, task.fate);
}

function endRound(state: RunState): Decision | undefined {
  const ended = state.endedLoops.first(
    ({ loop, nth }) => loop.unfinished === 0 && !loop.closed && loop.endings === nth,
  )?.loop;
  if (ended === undefined) return undefined;
  const { id } = ended.loop;
  if (state.stopping !== undefined || !goesAgain(ended)) return { type: 'loop.closed', loop: id };
  const tasks = withEndedDependents(state, ended.members);
  // After a resume, what a loop is followed by may have been kept, and what follows that may run.
  if (tasks.some(({ status }) => status === 'running')) return undefined;
  return { type: 'round.started', tasks: tasks.map(({ task }) => task.id), loop: id, because: 'loop' };
}

/** Somebody asked for a task again: it and what came after it get a new round, once none of them runs. */
function runAgain(state: RunState): Decision | undefined {
  if (state.stopping !== undefined) return undefined;
  for (const id of state.retryRequests) {
    const task = taskOf(state, id);
    if (task.outcome === undefined) continue;
    const tasks = withEndedDependents(state, [task]);
    if (tasks.some((entry) => entry.status === 'running')) continue;
    return { type: 'round.started', tasks: tasks.map((entry) => entry.task.id), because: 'request' };
  }
  return undefined;
}

function startReady(state: RunState, now: EpochMillis): Decision | undefined {
  const { ledger, pools, ready, delayed } = state;
  let free: TaskState | undefined;
  /** The first for which a budget counts. */
  let paid: TaskState | undefined;
  const consider = (task: TaskState): void => {
    if (!isBudgeted(state, task)) free = earlier(free, task);
    else if (ledger.couldFit(task.task.id)) paid = earlier(paid, task);
  };
  for (const { pools: slots, heap } of ready.values()) {
    const head = heap.peek();
    if (head !== undefined && pools.canTake(slots, now)) consider(head);
  }
  delayed.eachWhile(
    (task) => (task.notBefore ?? 0) <= now,
    (task) => {
      if (task.status === 'waiting' && task.fate === 'ready' && pools.canTake(task.task.pools, now))
        consider(task);
    },
  );
  const fitting = paid !== undefined && fits(state, paid) ? paid : undefined;
  const best = fitting === undefined ? free : earlier(free, fitting);
  if (best === undefined) return undefined;
  return {
    type: 'attempt.started',
    task: best.task.id,
    attempt: best.attempts.length + 1,
    round: best.round,
    ...(best === fitting ? { reserve: reserveFor(state, best) } : {}),
  };
}

function earlier(best: TaskState | undefined, task: TaskState): TaskState {
  return best === undefined || startsBefore(task, best) ? task : best;
}

function stopShortOfMoney(state: RunState): Decision | undefined {
  return isStronger('budget', state) ? stopForBudget(state) : undefined;
}

function finishRun(state: RunState): Decision | undefined {
  if (state.unfinished > 0 || state.openLoops > 0) return undefined;
  const why = state.stopping?.kind;
  if (why === 'cancelled') return { type: 'run.finished', status: 'cancelled' };
  const failed = why !== undefined || state.tasks.some((task) => failsRun(task) || wasHeldUp(task));
  return { type: 'run.finished', status: failed ? 'failed' : 'succeeded' };
}

function finished(task: TaskState, outcome: Outcome): Decision {
  return { type: 'task.finished', task: task.task.id, round: task.round, outcome };
}
