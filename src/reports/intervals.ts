/** When attempts ran. An attempt runs from its start to its exit; one that is lost ended nobody knows when and is left out. */
import type { EpochMillis } from '../core/event.js';
import type { AttemptState, RunState, TaskState } from '../core/state.js';

export interface Interval {
  readonly task: TaskState;
  readonly attempt: AttemptState;
  readonly startedAt: EpochMillis;
  /** Never before `startedAt`, even if the clock went back. For a running attempt: `now`. */
  readonly endedAt: EpochMillis;
  /** Its place in the list, plan order first. */
  readonly order: number;
}

/** All attempts that ran, in plan order, oldest first for each task. */
export function intervalsOf(state: RunState, now: EpochMillis): Interval[] {
  const intervals: Interval[] = [];
  for (const task of state.tasks) {
    for (const attempt of task.attempts) {
      if (attempt.exit?.kind === 'lost') continue;
      const { startedAt } = attempt;
      const endedAt = Math.max(startedAt, attempt.endedAt ?? now);
      intervals.push({ task, attempt, startedAt, endedAt, order: intervals.length });
    }
  }
  return intervals;
}

/** How much of the time between these somebody ran the run: the hours before a resume do not count. */
export function workedBetween({ pauses }: RunState, from: EpochMillis, to: EpochMillis): number {
  const paused = pauses.reduce(
    (sum, pause) => sum + Math.max(0, Math.min(to, pause.to) - Math.max(from, pause.from)),
    0,
  );
  return Math.max(0, to - from - paused);
}

/** The sum of all lengths: the time that it would take one after the other. */
export function totalMillis(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { startedAt, endedAt }) => sum + (endedAt - startedAt), 0);
}

/** The time in which at least one of them ran. */
export function unionMillis(intervals: readonly Pick<Interval, 'startedAt' | 'endedAt'>[]): number {
  let [sum, end] = [0, Number.NEGATIVE_INFINITY];
  for (const interval of [...intervals].sort((a, b) => a.startedAt - b.startedAt)) {
    if (interval.endedAt <= end) continue;
    sum += interval.endedAt - Math.max(end, interval.startedAt);
    end = interval.endedAt;
  }
  return sum;
}
