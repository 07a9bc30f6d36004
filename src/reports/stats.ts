/**
 * Figures of one run, and of each task over past runs. Definitions, all in milliseconds:
 * *work* is the sum of the lengths of attempts, from start to exit; *busy* is the time in which at least one of them
 * ran; so *saved* = work - busy is what running side by side saved, and pauses in which nothing ran (a retry's delay, the
 * hours before a resume) are in neither. *waited* is how long a task stood ready, with all that it needs over, until its
 * first attempt of its newest round started: the price of too few slots. Attempts whose end nobody saw count nowhere.
 */

import type { EpochMillis } from '../core/event.js';
import { countsAsAttempt, isSuccess } from '../core/exit.js';
import { medianOf } from '../core/median.js';
import type { Budget, TaskId } from '../core/plan.js';
import type { RunState, TaskState, TaskStatus } from '../core/state.js';
import { usedBy } from './cost.js';
import { criticalPath, type PathStep } from './critical-path.js';
import { type Interval, intervalsOf, totalMillis, unionMillis, workedBetween } from './intervals.js';
import { runMillis } from './status.js';

export interface TaskStats {
  readonly id: TaskId;
  readonly label: string;
  readonly status: TaskStatus;
  readonly attempts: number;
  readonly workMillis: number;
  /** Undefined when it was never ready or has not started. */
  readonly waitedMillis?: number;
  readonly peakMemoryBytes?: number;
  /** By all its attempts, as far as they told it. */
  readonly used: Budget;
  /** It succeeded, and not at its first try. */
  readonly flaky: boolean;
  /** Its time on the critical path; 0 when it is not on it. */
  readonly criticalMillis: number;
  readonly history: TaskHistory;
}

/** One task over several runs, the newest included. */
export interface TaskHistory {
  /** Runs in which it succeeded or failed. */
  readonly runs: number;
  readonly succeeded: number;
  readonly flakyRuns: number;
  /** Of the attempts that succeeded; undefined when none did. */
  readonly medianMillis?: number;
  readonly longestMillis?: number;
}

/** What would make the next run faster, the best first. */
export type Advice =
  /** This much of the critical path is this task. */
  | { readonly kind: 'task'; readonly task: TaskId; readonly millis: number }
  /** For this long, tasks of the critical path waited for a slot. */
  | { readonly kind: 'slots'; readonly millis: number }
  /** This much of the critical path are tries that failed, and the delays after them. */
  | { readonly kind: 'retries'; readonly millis: number };

export interface RunStats {
  /** From the start to the end or `now`, without the time before each resume in which nobody ran it. */
  readonly wallMillis: number;
  readonly workMillis: number;
  readonly busyMillis: number;
  readonly savedMillis: number;
  readonly tasks: readonly TaskStats[];
  readonly criticalPath: readonly PathStep[];
  readonly advice: readonly Advice[];
  /** Runs that are over, this one included, and how many of them succeeded. */
  readonly runs: number;
  readonly succeededRuns: number;
}

/**
 * Figures of `state`; `earlier` are runs of the same name, in any order. A task of theirs counts for one of this run
 * when id and work are the same: texts are numbered, and many runs are called after their pattern.
 */
export function runStats(state: RunState, earlier: readonly RunState[], now: EpochMillis): RunStats {
  const past = earlier.filter((run) => run.tasks.some((task) => isSameTask(state, task)));
  const intervals = intervalsOf(state, now);
  const path = criticalPath(state, now);
  const [work, busy] = [totalMillis(intervals), unionMillis(intervals)];
  const ended = [state, ...past].filter(({ status }) => status !== 'running');
  return {
    wallMillis: runMillis(state, now),
    workMillis: work,
    busyMillis: busy,
    savedMillis: work - busy,
    tasks: taskStats(state, past, intervals, path),
    criticalPath: path,
    advice: adviceFrom(path),
    runs: ended.length,
    succeededRuns: ended.filter(({ status }) => status === 'succeeded').length,
  };
}

function taskStats(
  state: RunState,
  past: readonly RunState[],
  intervals: readonly Interval[],
  path: readonly PathStep[],
): TaskStats[] {
  const work = sums(intervals.map(({ task, startedAt, endedAt }) => [task.task.id, endedAt - startedAt]));
  const critical = sums(path.map((step) => [step.task, step.endedAt - step.startedAt]));
  const history = histories(state, past);
  return state.tasks.map((task) => {
    const { id } = task.task;
    const waitedMillis = waitedFor(state, task);
    const peak = Math.max(0, ...task.attempts.map((attempt) => attempt.peakMemoryBytes ?? 0));
    return {
      id,
      label: task.task.label,
      status: task.status,
      attempts: task.attempts.length,
      workMillis: work.get(id) ?? 0,
      used: usedBy(task),
      flaky: isFlaky(task),
      criticalMillis: critical.get(id) ?? 0,
      history: history.get(id) ?? { runs: 0, succeeded: 0, flakyRuns: 0 },
      ...(waitedMillis === undefined ? {} : { waitedMillis }),
      ...(peak === 0 ? {} : { peakMemoryBytes: peak }),
    };
  });
}

function isSameTask(state: RunState, { task }: TaskState): boolean {
  const index = state.graph.indexOf.get(task.id);
  const own = index === undefined ? undefined : state.tasks[index]?.task.work;
  return own !== undefined && (own === task.work || JSON.stringify(own) === JSON.stringify(task.work));
}

function sums(entries: readonly (readonly [TaskId, number])[]): Map<TaskId, number> {
  const result = new Map<TaskId, number>();
  for (const [id, millis] of entries) result.set(id, (result.get(id) ?? 0) + millis);
  return result;
}

function waitedFor(state: RunState, task: TaskState): number | undefined {
  const first = task.attempts.find(({ round }) => round === task.round);
  if (first === undefined || task.settledAt === undefined) return undefined;
  return workedBetween(state, task.settledAt, first.startedAt);
}

/** It succeeded in its newest round after a try of that round that counted and did not. */
function isFlaky(task: TaskState): boolean {
  if (task.status !== 'succeeded') return false;
  return task.attempts.some(
    ({ round, exit, stopping }) =>
      round === task.round &&
      stopping === undefined &&
      exit !== undefined &&
      countsAsAttempt(exit) &&
      !isSuccess(exit),
  );
}

function histories(current: RunState, past: readonly RunState[]): Map<TaskId, TaskHistory> {
  const all = new Map<TaskId, { runs: number; succeeded: number; flakyRuns: number; lengths: number[] }>();
  for (const state of [current, ...past]) {
    for (const task of state.tasks) {
      if (task.status !== 'succeeded' && task.status !== 'failed') continue;
      if (!isSameTask(current, task)) continue;
      const entry = all.get(task.task.id) ?? { runs: 0, succeeded: 0, flakyRuns: 0, lengths: [] };
      all.set(task.task.id, entry);
      entry.runs++;
      if (task.status === 'succeeded') entry.succeeded++;
      if (isFlaky(task)) entry.flakyRuns++;
      for (const { startedAt, endedAt, exit } of task.attempts)
        if (exit !== undefined && isSuccess(exit) && endedAt !== undefined)
          entry.lengths.push(Math.max(0, endedAt - startedAt));
    }
  }
  return new Map([...all].map(([id, { lengths, ...counts }]) => [id, { ...counts, ...lengthsOf(lengths) }]));
}

function lengthsOf(lengths: readonly number[]): Pick<TaskHistory, 'medianMillis' | 'longestMillis'> {
  const medianMillis = medianOf(lengths);
  if (medianMillis === undefined) return {};
  return { medianMillis, longestMillis: lengths.reduce((longest, length) => Math.max(longest, length), 0) };
}

/** Below a twentieth of the path a change would not be felt. */
const WORTH_SAYING = 0.05;
const MOST_TASKS = 3;

function adviceFrom(path: readonly PathStep[]): Advice[] {
  const run = sums(path.map((step) => [step.task, step.endedAt - step.startedAt]));
  const ranMillis = [...run.values()].reduce((sum, millis) => sum + millis, 0);
  // They wait side by side: one that got its slot from another has mostly waited while that one did.
  const waits = path
    .filter(({ link }) => link === 'slot')
    .map(({ startedAt, waitedMillis }) => ({ startedAt: startedAt - waitedMillis, endedAt: startedAt }));
  const tasks = [...run]
    .map(([task, millis]): Advice => ({ kind: 'task', task, millis }))
    .sort((a, b) => b.millis - a.millis)
    .slice(0, MOST_TASKS);
  const advice: Advice[] = [
    ...tasks,
    { kind: 'slots', millis: unionMillis(waits) },
    { kind: 'retries', millis: retryMillis(path) },
  ];
  return advice.filter(({ millis }) => millis > WORTH_SAYING * ranMillis).sort((a, b) => b.millis - a.millis);
}

/** Tries that another try of the same task followed, and the delays between them. */
function retryMillis(path: readonly PathStep[]): number {
  return path.reduce((sum, step, i) => {
    if (step.link !== 'retry') return sum;
    const failed = path[i - 1];
    return sum + step.waitedMillis + (failed === undefined ? 0 : failed.endedAt - failed.startedAt);
  }, 0);
}
