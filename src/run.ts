/**
 * The only loop: fold in what the world said, ask the policy until it is silent, write all of it, carry the
 * decisions out, wait. It knows ports and no machine: a fake clock and a fake executor run it in a test.
 */
import { decide, wakeAt } from './core/decide.js';
import type { Decision, Event, Observation, Request } from './core/event.js';
import { evolve } from './core/evolve.js';
import { launch } from './core/launch.js';
import type { AttemptRef, Clock, Executor, Inbox, Journal, Observer } from './core/ports.js';
import { lastAttempt, type RunState, taskOf } from './core/state.js';

export interface RunPorts {
  readonly journal: Journal;
  readonly executor: Executor;
  readonly inboxes: readonly Inbox[];
  readonly clock: Clock;
  readonly observers: readonly Observer[];
}

/** How late the number of a process may be in the journal: a short task is over before, and costs one write less. */
const LATE_MILLIS = 20;

/**
 * Drives `state` to the end of its run and returns it. `opening` are the observations that begin this process's part:
 * `run.started`, or `run.resumed` and the attempts that were lost. Rejects with what the journal threw
 * (`Fatal`) after everything that ran was killed: nothing runs without a journal.
 */
export async function run(
  state: RunState,
  ports: RunPorts,
  opening: readonly Observation[],
): Promise<RunState> {
  const loop = new RunLoop(state, ports);
  try {
    await loop.drive(opening);
  } finally {
    loop.stopListening();
    await ports.executor.close();
  }
  return state;
}

class RunLoop {
  private seen: Observation[] = [];
  private scheduled = false;
  private over = false;
  /** The moment of the last decision: what has come due since then has not been looked at. */
  private decidedAt = 0;
  private callOffWake: () => void = () => undefined;
  private callOffLateTurn: (() => void) | undefined;
  private settle: { resolve: () => void; reject: (reason: unknown) => void } | undefined;

  constructor(
    private readonly state: RunState,
    private readonly ports: RunPorts,
  ) {}

  drive(opening: readonly Observation[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      for (const inbox of this.ports.inboxes) inbox.open((request) => this.receive(request));
      for (const observation of opening) this.see(observation);
    });
  }

  stopListening(): void {
    this.over = true;
    this.callOffWake();
    this.callOffLateTurn?.();
    for (const inbox of this.ports.inboxes) inbox.close();
  }

  private receive(request: Request): void {
    this.see({ type: 'request.received', request });
  }

  /** Observations that come in one go are handled in one turn, with one write. */
  private see(observation: Observation): void {
    if (this.over) return;
    this.seen.push(observation);
    if (this.scheduled) return;
    // Nothing can be decided because a process has a number now; it may wait for what comes next.
    if (observation.type === 'attempt.spawned') {
      this.callOffLateTurn ??= this.ports.clock.after(LATE_MILLIS, () => this.turn());
      return;
    }
    this.scheduled = true;
    queueMicrotask(() => this.turn());
  }

  private turn(): void {
    this.scheduled = false;
    this.callOffLateTurn?.();
    this.callOffLateTurn = undefined;
    if (this.over) return;
    try {
      const batch = this.record();
      for (const observer of this.ports.observers) observer.observe(batch, this.state);
      for (const event of batch) this.carryOut(event);
      this.waitForNext();
    } catch (error) {
      this.killAll();
      this.end(() => this.settle?.reject(error));
    }
  }

  /** Everything seen and then everything decided, folded in and written before any of it is carried out. */
  private record(): Event[] {
    const at = this.ports.clock.now();
    this.decidedAt = at;
    const batch: Event[] = this.seen.map((observation) => ({ at, ...observation }));
    this.seen = [];
    for (const event of batch) evolve(this.state, event);
    for (let next = decide(this.state, at); next !== undefined; next = decide(this.state, at)) {
      const event: Event = { at, ...(next satisfies Decision) };
      evolve(this.state, event);
      batch.push(event);
    }
    if (batch.length > 0) this.ports.journal.append(batch);
    return batch;
  }

  private carryOut(event: Event): void {
    const { executor } = this.ports;
    switch (event.type) {
      case 'attempt.started':
        executor.start(launch(this.state, taskOf(this.state, event.task)), (seen) => this.see(seen));
        break;
      case 'attempt.stopping':
        executor.stop({ task: event.task, attempt: event.attempt }, { now: false });
        break;
      case 'request.received':
        if (event.request.kind === 'cancel' && event.request.now === true) this.killAll();
        break;
      case 'run.finished':
        this.end(() => this.settle?.resolve());
        break;
      default:
        break;
    }
  }

  private killAll(): void {
    for (const attempt of this.runningAttempts()) this.ports.executor.stop(attempt, { now: true });
  }

  private runningAttempts(): AttemptRef[] {
    return [...this.state.running].map((task) => ({
      task: task.task.id,
      attempt: lastAttempt(task)?.number ?? 0,
    }));
  }

  private waitForNext(): void {
    this.callOffWake();
    if (this.over) return;
    const at = wakeAt(this.state, this.decidedAt);
    if (at === undefined) return;
    const left = Math.max(0, at - this.ports.clock.now());
    this.callOffWake = this.ports.clock.after(left, () => this.turn());
  }

  private end(tell: () => void): void {
    this.over = true;
    this.callOffWake();
    this.callOffLateTurn?.();
    tell();
  }
}
