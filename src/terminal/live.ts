/**
 * The live view of a terminal: a line for each running task and one with the counts, drawn over again while they change;
 * what has ended is a line above that stays. It looks at the ends of logs only, so it costs the same for any amount of output.
 */
import type { EpochMillis, Event } from '../core/event.js';
import type { AttemptRef } from '../core/ports.js';
import type { Line } from '../core/shown.js';
import { lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { drawFrame, type LiveRow, roomFor } from './live-frame.js';
import { LiveScreen } from './live-screen.js';
import { fullMeasure, type Measure } from './measure.js';
import { Outlet } from './outlet.js';
import type { Output, OutputPorts } from './output.js';
import { renderLines } from './style.js';
import { lastVisibleLine } from './visible.js';

export interface LivePorts extends OutputPorts {
  readonly now: () => EpochMillis;
  /** The last bytes of a log, at most so many; none if there is no log yet. */
  readonly peekLog: (attempt: AttemptRef, maxBytes: number) => Uint8Array;
}

const REFRESH_MILLIS = 100;
const PEEK_BYTES = 4096;
const MANY_TASKS = 1000;
const COUNT_MILLIS = 500;

export class LiveOutput implements Output {
  private readonly out: Outlet;
  private readonly screen: LiveScreen;
  private measure: Measure | undefined;
  private state: RunState | undefined;
  private readonly rows = new Map<TaskState, LiveRow>();
  /** Lines that stay, not written yet. */
  private permanent = '';
  private isWriting = false;
  private counted: Line = [];
  private countedAt = Number.NEGATIVE_INFINITY;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly ports: LivePorts,
    refreshMillis = REFRESH_MILLIS,
  ) {
    this.out = new Outlet(ports.out);
    this.screen = new LiveScreen(this.out);
    this.timer = setInterval(() => this.refresh(), refreshMillis).unref();
    void fullMeasure().then((measure) => {
      this.measure = measure;
    });
  }

  observe(events: readonly Event[], state: RunState): void {
    this.state = state;
    // That a task starts shows in the lines of running tasks.
    for (const [event, notice] of this.ports.narrator.notices(events, state))
      if (event.type !== 'attempt.started') this.permanent += renderLines(notice.lines, this.ports.outStyle);
  }

  say(line: Line): void {
    this.permanent += renderLines([line], this.ports.outStyle);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    const { permanent } = this;
    this.permanent = '';
    await this.screen.leave(permanent);
  }

  /** Draws what is new; nothing is written when that is nothing, or while the terminal has not taken the last. */
  private refresh(): void {
    if (this.measure === undefined || this.state === undefined || this.isWriting || this.out.isClosed) return;
    const { permanent } = this;
    this.permanent = '';
    this.isWriting = true;
    void this.screen.show(permanent, this.frame(this.state, this.measure), this.measure).then(() => {
      this.isWriting = false;
    });
  }

  private frame(state: RunState, measure: Measure): string[] {
    const { out, outStyle } = this.ports;
    const running = [...state.running];
    const shown = running.slice(0, roomFor(running.length, out.rows ?? 24));
    for (const task of this.rows.keys()) if (!state.running.has(task)) this.rows.delete(task);
    return drawFrame(
      {
        rows: shown.map((task) => this.row(task)),
        hidden: running.length - shown.length,
        counts: this.counts(state),
      },
      // Behind a line that fills the last column, erasing the rest of it takes its last character too.
      { columns: Math.max(1, (out.columns ?? 80) - 1), style: outStyle, measure },
    );
  }

  /** Counting ten thousand tasks ten times a second would cost more than running them. */
  private counts(state: RunState): Line {
    const now = this.ports.now();
    const isFresh = state.tasks.length > MANY_TASKS && Math.abs(now - this.countedAt) < COUNT_MILLIS;
    if (isFresh) return this.counted;
    this.countedAt = now;
    this.counted = this.ports.narrator.counts(state, now);
    return this.counted;
  }

  private row(task: TaskState): LiveRow {
    const { id } = task.task;
    const before = this.rows.get(task);
    const time = this.ports.narrator.runningFor(task, this.ports.now());
    const last = this.lastLine({ task: id, attempt: lastAttempt(task)?.number ?? 1 });
    if (before !== undefined && before.time === time && before.last === last) return before;
    const row = {
      title: this.ports.narrator.title(task),
      time,
      last,
      beat: before === undefined ? 0 : before.beat + 1,
    };
    this.rows.set(task, row);
    return row;
  }

  private lastLine(attempt: AttemptRef): string {
    try {
      return lastVisibleLine(this.ports.peekLog(attempt, PEEK_BYTES));
    } catch {
      // A log that cannot be read shows no line; who asks for the log itself is told why.
      return '';
    }
  }
}
