/** Says from time to time what is running or waited for, so that a log in which nothing ends does not look dead. */
import type { Event } from '../core/event.js';
import type { Clock, Observer } from '../core/ports.js';
import type { Line, Narrator, Span } from '../core/shown.js';
import type { RunState, TaskState } from '../core/state.js';

export const HEARTBEAT_MILLIS = 30_000;
/** So many tasks are called by name. */
const MOST_NAMES = 5;

export class Heartbeat implements Observer {
  private state: RunState | undefined;
  private callOff: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly narrator: Narrator,
    private readonly say: (line: Line) => void,
    private readonly everyMillis = HEARTBEAT_MILLIS,
  ) {}

  observe(_events: readonly Event[], state: RunState): void {
    this.state = state;
    this.callOff ??= this.clock.after(this.everyMillis, () => this.beat());
  }

  close(): void {
    this.callOff?.();
    this.state = undefined;
  }

  private beat(): void {
    this.callOff = undefined;
    if (this.state === undefined) return;
    const line = this.line(this.state);
    if (line !== undefined) this.say(line);
    this.callOff = this.clock.after(this.everyMillis, () => this.beat());
  }

  /** Undefined when nothing runs and nothing could: the run is at its end. */
  private line(state: RunState): Line | undefined {
    const now = this.clock.now();
    const isBusy = state.running.size > 0;
    const tasks = isBusy
      ? [...state.running]
      : state.tasks.filter(({ status, fate }) => status === 'waiting' && fate === 'ready');
    if (tasks.length === 0) return undefined;
    const does = (task: TaskState): string =>
      isBusy ? this.narrator.runningFor(task, now) : this.narrator.waitingFor(state, task, now);
    const names = tasks.slice(0, MOST_NAMES).map((task): Span => {
      return { text: ` · ${this.narrator.title(task)} ${does(task)}` };
    });
    const rest = tasks.length - names.length;
    const more: Span[] = rest > 0 ? [{ text: ` · and ${rest} more` }] : [];
    return [{ text: '… ', tone: 'busy' }, ...this.narrator.counts(state, now), ...names, ...more];
  }
}
