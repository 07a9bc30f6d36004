import type { Exit } from '../../src/core/exit.js';
import type { Launch } from '../../src/core/launch.js';
import type { AttemptRef, Executor, Report } from '../../src/core/ports.js';

/** Starts nothing: the test says when an attempt exits. */
export class FakeExecutor implements Executor {
  readonly launches: Launch[] = [];
  readonly stops: (AttemptRef & { now: boolean })[] = [];
  closed = false;
  private readonly reports = new Map<string, { report: Report; attempt: number }>();

  start(launch: Launch, report: Report): void {
    this.launches.push(launch);
    this.reports.set(launch.task, { report, attempt: launch.attempt });
  }

  stop(attempt: AttemptRef, how: { now: boolean }): void {
    this.stops.push({ ...attempt, ...how });
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** Ends the newest attempt of a task and lets the loop take its turn. */
  async exit(task: string, exit: Exit = { kind: 'code', code: 0 }): Promise<void> {
    const running = this.reports.get(task);
    if (running === undefined) throw new Error(`"${task}" was not started`);
    running.report({ type: 'attempt.exited', task, attempt: running.attempt, exit });
    await settled();
  }

  get started(): string[] {
    return this.launches.map((launch) => `${launch.task}#${launch.attempt}`);
  }
}

/** Resolves when everything that was due in microtasks has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
