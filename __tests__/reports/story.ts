import type { EpochMillis, Event, StopReason } from '../../src/core/event.js';
import { fold } from '../../src/core/evolve.js';
import type { Exit, Outcome } from '../../src/core/exit.js';
import type { Plan } from '../../src/core/plan.js';
import type { Line, Sheet } from '../../src/core/shown.js';
import type { RunState } from '../../src/core/state.js';

/** When every story begins. */
export const START: EpochMillis = Date.UTC(2026, 10, 22, 23, 5, 9, 120);

/** Tells what happened in a run, in seconds since its start, and folds it. */
export class Story {
  readonly events: Event[] = [];

  constructor(
    readonly plan: Plan,
    estimates: Record<string, number> = {},
  ) {
    const owner = { pid: 1, startTime: '1', host: 'here' };
    const base = plan.isolation === undefined ? {} : { base: 'o' };
    this.add(0, { type: 'run.started', run: 'r1', planDigest: 'd', ...base, owner, estimates });
  }

  started(seconds: number, task: string, attempt = 1, round = 1): this {
    return this.add(seconds, { type: 'attempt.started', task, attempt, round });
  }

  exited(
    seconds: number,
    task: string,
    exit: Exit | number = 0,
    attempt = 1,
    peakMemoryBytes?: number,
  ): this {
    const why: Exit = typeof exit === 'number' ? { kind: 'code', code: exit } : exit;
    const memory = peakMemoryBytes === undefined ? {} : { peakMemoryBytes };
    return this.add(seconds, { type: 'attempt.exited', task, attempt, exit: why, ...memory });
  }

  retrying(seconds: number, task: string, notBefore: number, why: Exit): this {
    return this.add(seconds, { type: 'task.retrying', task, notBefore: START + notBefore * 1000, why });
  }

  ended(seconds: number, task: string, outcome: Outcome, round = 1): this {
    return this.add(seconds, { type: 'task.finished', task, round, outcome });
  }

  /** Started, exited with 0 and succeeded. */
  ran(from: number, to: number, task: string): this {
    return this.started(from, task).exited(to, task).ended(to, task, { kind: 'succeeded' });
  }

  /** Started, exited with this and failed. */
  broke(from: number, to: number, task: string, exit: Exit | number = 1): this {
    const why: Exit = typeof exit === 'number' ? { kind: 'code', code: exit } : exit;
    return this.started(from, task).exited(to, task, why).ended(to, task, { kind: 'failed', exit: why });
  }

  stopping(seconds: number, why: StopReason): this {
    return this.add(seconds, { type: 'run.stopping', why });
  }

  finished(seconds: number, status: 'succeeded' | 'failed' | 'cancelled'): this {
    return this.add(seconds, { type: 'run.finished', status });
  }

  add(
    seconds: number,
    event: Event extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never,
  ): this {
    this.events.push({ at: START + seconds * 1000, ...event } as Event);
    return this;
  }

  state(): RunState {
    return fold(this.plan, this.events);
  }
}

export function at(seconds: number): EpochMillis {
  return START + seconds * 1000;
}

export function text(line: Line | undefined): string {
  return (line ?? []).map((span) => span.text).join('');
}

export function texts(lines: readonly Line[]): string[] {
  return lines.map(text);
}

/** The rows of a sheet, cells by a bar. */
export function rows(sheet: Sheet): string[] {
  return sheet.table.rows.map((row) => row.map((cell) => cell.text).join('|'));
}
