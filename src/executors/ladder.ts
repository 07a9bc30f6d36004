/** How an attempt is told to end, ever less politely. Pure. */

export type Rung = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

export interface Step {
  readonly signal: Rung;
  /** Counted from the first signal. */
  readonly atMillis: number;
}

/**
 * INT at once, TERM at half of the grace time, KILL at its end. Who begins at TERM (what a task has left behind,
 * whose time was the task's own) gets KILL at the end; who begins at KILL has no grace.
 */
export function ladder(graceMillis: number, from: Rung = 'SIGINT'): readonly Step[] {
  const kill: Step = { signal: 'SIGKILL', atMillis: from === 'SIGKILL' ? 0 : graceMillis };
  switch (from) {
    case 'SIGINT':
      return [{ signal: 'SIGINT', atMillis: 0 }, { signal: 'SIGTERM', atMillis: graceMillis / 2 }, kill];
    case 'SIGTERM':
      return [{ signal: 'SIGTERM', atMillis: 0 }, kill];
    case 'SIGKILL':
      return [kill];
  }
}

/** The step that is due after so long. */
export function stepAt(steps: readonly Step[], elapsedMillis: number): Step {
  let due = steps[0] as Step;
  for (const step of steps) if (step.atMillis <= elapsedMillis) due = step;
  return due;
}
