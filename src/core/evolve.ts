/**
 * The fold: what each event does to the state. It knows no policy beyond `fateOf`; it decides nothing and
 * never looks at a clock. It changes the state that it is given, so that ten thousand tasks stay cheap:
 * whoever folds owns the state.
 */

import { othersBeside } from './budget.js';
import type { Event } from './event.js';
import { countsAsAttempt, isSuccess, type Outcome } from './exit.js';
import { MEASURES } from './ledger.js';
import { baseOf } from './lineage.js';
import type { Plan, TaskId } from './plan.js';
import { inPlanOrder, putBack } from './put-back.js';
import { promoteDelayed, settle, tidyHeads } from './queues.js';
import { asksForRedo, mergedBefore, sendBack } from './redo.js';
import { resumed } from './resumed.js';
import { dependentsBehind, isFinalEnd } from './rounds.js';
import {
  type AttemptState,
  failsRun,
  initialState,
  type LoopState,
  loopStatesAround,
  type RunState,
  rank,
  type TaskState,
  taskOf,
} from './state.js';
import { unreachable } from './unreachable.js';

/** The state after all these events. */
export function fold(plan: Plan, events: Iterable<Event>): RunState {
  const state = initialState(plan);
  for (const event of events) evolve(state, event);
  return state;
}

/** Changes `state` to what it is after `event`, and returns it. */
export function evolve(state: RunState, event: Event): RunState {
  promoteDelayed(state, event.at);
  switch (event.type) {
    case 'run.started':
      state.id = event.run;
      state.planDigest = event.planDigest;
      state.owner = event.owner;
      state.startedAt = state.activeSince = event.at;
      state.ledger.expected = event.costs ?? {};
      state.ledger.limit({}, event.handed);
      if (event.base !== undefined) state.base = event.base;
      rank(state, event.estimates);
      for (const task of state.tasks) settle(state, task, event.at);
      break;
    case 'run.resumed':
      resumed(state, event);
      break;
    case 'run.stopping':
      state.stopping = event.why;
      state.retryRequests = [];
      stop(state, event.at);
      break;
    case 'run.finished':
      state.status = event.status;
      state.endedAt = event.at;
      break;
    case 'round.started':
      restart(state, event);
      break;
    case 'loop.closed':
      closeLoop(state, event);
      break;
    case 'task.retrying':
      retry(state, event);
      break;
    case 'task.finished':
      finish(state, taskOf(state, event.task), event.outcome, event.at);
      break;
    case 'attempt.started':
      startAttempt(state, event);
      break;
    case 'attempt.spawned':
      Object.assign(attemptOf(state, event), {
        pid: event.pid,
        ...(event.startTime === undefined ? {} : { startTime: event.startTime }),
      });
      break;
    case 'attempt.stopping':
      attemptOf(state, event).stopping = event.why;
      break;
    case 'attempt.exited':
      endAttempt(state, event);
      break;
    case 'capacity.changed':
      state.pools.changed(event, event.at, state.starts);
      if (event.why === 'exhausted') settleAll(state, event.at);
      break;
    case 'request.received':
      receive(state, event);
      break;
    default:
      unreachable(event);
  }
  tidyHeads(state);
  state.lastAt = event.at;
  return state;
}

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

function attemptOf(state: RunState, ref: { task: TaskId; attempt: number }): AttemptState {
  const attempt = taskOf(state, ref.task).attempts.find(({ number }) => number === ref.attempt);
  if (attempt === undefined) throw new Error(`no attempt ${ref.attempt} of task "${ref.task}"`);
  return attempt;
}

/** Gives every waiting task its fate anew. */
function settleAll(state: RunState, at: number): void {
  for (const task of state.tasks) settle(state, task, at);
}

function startAttempt(state: RunState, event: Of<'attempt.started'>): void {
  const task = taskOf(state, event.task);
  const { attempt: number, round, at: startedAt, reserve } = event;
  const base = begins(task) ? baseOf(state, task) : undefined;
  const attempt: AttemptState = {
    number,
    round,
    nth: ++state.starts,
    startedAt,
    ...(base === undefined ? {} : { base }),
    ...(reserve === undefined ? {} : { reserve }),
  };
  task.attempts = [...task.attempts, attempt];
  task.status = 'running';
  delete task.notBefore;
  delete task.mayRepeat;
  state.running.add(task);
  state.pools.take(task.task.pools);
  if (reserve !== undefined) {
    state.ledger.begin(reserve);
    attempt.beyond = state.ledger.promise(reserve, othersBeside(state, task));
  }
  for (const loop of loopStatesAround(state, task)) loop.ran = true;
}

/** It begins in a commit. */
function begins({ task: { isolate, work } }: TaskState): boolean {
  return isolate === 'worktree' || work.kind === 'integrate';
}

function endAttempt(state: RunState, event: Of<'attempt.exited'>): void {
  const task = taskOf(state, event.task);
  const { type: _type, task: _task, attempt: _attempt, at, ...facts } = event;
  const attempt = Object.assign(attemptOf(state, event), facts, { endedAt: at });
  const { exit, result = {} } = event;
  const { pools } = task.task;
  const isUntold = exit.kind === 'lost' || result.untold === true;
  state.ledger.end(attempt, result, isSuccess(exit) && !isUntold);
  const assumed = isUntold ? state.ledger.assume(event.task, attempt.reserve ?? {}, result) : {};
  if (isUntold) attempt.assumed = assumed;
  for (const measure of MEASURES) task.spent[measure] += (result[measure] ?? 0) + (assumed[measure] ?? 0);
  if (countsAsAttempt(exit)) task.counted++;
  if (exit.kind === 'rate-limit') {
    task.rateLimited++;
    task.rateLimitedSince ??= at;
    state.pools.sentAway(pools, { at, nth: attempt.nth, retryAfterMillis: exit.retryAfterMillis });
  } else {
    task.rateLimited = 0;
    delete task.rateLimitedSince;
    if (isSuccess(exit)) state.pools.welcomed(pools);
  }
  state.pools.release(pools);
  state.running.delete(task);
  if (asksForRedo(state, attempt)) state.conflicted.add(task);
  else state.exited.push(task);
}

function retry(state: RunState, event: Of<'task.retrying'>): void {
  const task = taskOf(state, event.task);
  task.status = 'waiting';
  task.notBefore = event.notBefore;
  settle(state, task, event.at);
}

function finish(state: RunState, task: TaskState, outcome: Outcome, at: number): void {
  task.status = outcome.kind;
  task.outcome = outcome;
  task.endedAt = at;
  task.carriesFailure = carriesFailure(state, task, outcome);
  state.conflicted.delete(task);
  state.unfinished--;
  if (failsRun(task) && isFinalEnd(state, task)) state.failedBy ??= task.task.id;
  for (const loop of loopStatesAround(state, task)) {
    loop.unfinished--;
    if (loop.unfinished === 0) state.endedLoops.push({ loop, nth: ++loop.endings });
  }
  for (const dependent of dependentsBehind(state, task, undefined)) oneNeedLess(state, dependent, at);
}

function carriesFailure(state: RunState, task: TaskState, outcome: Outcome): boolean {
  if (failsRun(task)) return true;
  if (outcome.kind !== 'skipped' || outcome.because.kind !== 'need') return false;
  return taskOf(state, outcome.because.task).carriesFailure;
}

function oneNeedLess(state: RunState, dependent: TaskState, at: number): void {
  dependent.pending--;
  if (dependent.status === 'waiting' && dependent.pending === 0 && dependent.fate === 'pending')
    settle(state, dependent, at);
}

function closeLoop(state: RunState, event: Of<'loop.closed'>): void {
  const loop = state.loops.find((candidate) => candidate.loop.id === event.loop) as LoopState;
  loop.closed = true;
  state.openLoops--;
  for (const member of inPlanOrder(loop.members))
    if (failsRun(member) && isFinalEnd(state, member)) state.failedBy ??= member.task.id;
  const behind = loop.members.flatMap((member) => dependentsBehind(state, member, loop.loop));
  for (const dependent of inPlanOrder(behind)) oneNeedLess(state, dependent, event.at);
}

function restart(state: RunState, event: Of<'round.started'>): void {
  for (const loop of state.loops) if (loop.loop.id === event.loop) loop.round++;
  const beside = event.conflict === undefined ? [] : mergedBefore(state, event.conflict);
  putBack(state, event.tasks, event.at, event.loop);
  if (event.conflict !== undefined) sendBack(state, event.tasks, { ...event.conflict, beside });
  state.retryRequests = state.retryRequests.filter((id) => !event.tasks.includes(id));
}

/** Waiting tasks get their fate anew; running ones are to be told, but not `always` after a mere failure. */
function stop(state: RunState, at: number): void {
  const why = state.stopping;
  for (const task of state.tasks) {
    if (task.status === 'waiting') settle(state, task, at);
    else if (
      why?.kill === true &&
      state.running.has(task) &&
      (why.kind !== 'failure' || task.task.when !== 'always')
    )
      state.toStop.push(task);
  }
}

function receive(state: RunState, { request, at }: Of<'request.received'>): void {
  switch (request.kind) {
    case 'cancel':
      state.cancelRequested ??= request.by;
      break;
    case 'retry':
      requestRetry(state, request.task);
      break;
    case 'capacity':
      state.pools.changed({ ...request, type: 'capacity.changed', why: 'asked' }, at, state.starts);
      break;
    default:
      unreachable(request);
  }
}

/** Only what has ended can run again, and only while nothing has stopped the run; else the request is void. */
function requestRetry(state: RunState, id: TaskId): void {
  const index = state.graph.indexOf.get(id);
  const ended = index !== undefined && state.tasks[index]?.outcome !== undefined;
  if (!ended || state.stopping !== undefined || state.retryRequests.includes(id)) return;
  state.retryRequests = [...state.retryRequests, id];
}
