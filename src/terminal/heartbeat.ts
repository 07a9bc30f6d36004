/** Says from time to time what is running, so that a log in which nothing ends does not look dead. */
import type { Event } from '../core/event.js';
import type { Clock, Observer } from '../core/ports.js';
import type { Line, Narrator, Span } from '../core/shown.js';
import type { RunState } from '../core/state.js';

export const HEARTBEAT_MILLIS = 30_000;
/** So many running tasks are called by name. */
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
    if (this.state.running.size > 0) this.say(this.line(this.state));
    this.callOff = this.clock.after(this.everyMillis, () => this.beat());
  }

  private line(state: RunState): Line {
    const now = this.clock.now();
    const running = [...state.running];
    const names = running.slice(0, MOST_NAMES).map((task): Span => {
      return { text: ` · ${this.narrator.title(task)} ${this.narrator.runningFor(task, now)}` };
    });
    const rest = running.length - names.length;
    const more: Span[] = rest > 0 ? [{ text: ` · and ${rest} more` }] : [];
    return [{ text: '… ', tone: 'busy' }, ...this.narrator.counts(state, now), ...names, ...more];
  }
}
