/** Ends attempts: climbs the ladder for each until no process of it is left, all of them on one timer. */
import type { AttemptKey, Members } from './census.js';
import { ladder, type Rung, type Step, stepAt } from './ladder.js';
import type { ProcessEntry } from './process-text.js';

/** How often it looks again while something is being ended. */
const TICK_MILLIS = 20;
/** Looking takes at most this part of the time. */
const MAX_SHARE = 0.1;
/** A process that is still there so long after KILL cannot be ended by us (another user's, or stuck in the kernel). */
const GIVE_UP_MILLIS = 5000;

export interface ReaperPorts {
  /** Takes a census. */
  readonly look: () => Members;
  readonly lookCostMillis: () => number;
  /** Sends a signal to a process, or with a negative number to a group; nothing happens if there is none. */
  readonly send: (pid: number, signal: Rung) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface EndOrder {
  readonly from: Rung;
  readonly graceMillis: number;
  /** The attempt's own process and group, if it is one that we started. */
  readonly leader?: { readonly pid: number; readonly gone: () => boolean };
  /** INT is for the leader and its group alone: it ends its tools itself, and may only then have something to report. */
  readonly leaderFirst?: boolean;
  /** Called once, when nothing is left or nothing can be done. */
  readonly done: () => void;
}

interface Ending {
  readonly order: EndOrder;
  steps: readonly Step[];
  since: number;
  step: Step | undefined;
  /** Who got the current step's signal, by number and start: a second INT means "at once" to many programs. */
  told: Set<string>;
}

export class Reaper {
  readonly #ports: ReaperPorts;
  readonly #endings = new Map<AttemptKey, Ending>();
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #idle: (() => void)[] = [];

  constructor(ports: ReaperPorts) {
    this.#ports = ports;
  }

  has(key: AttemptKey): boolean {
    return this.#endings.has(key);
  }

  /** Begins to end an attempt. One that is being ended already goes on as it was. */
  end(key: AttemptKey, order: EndOrder): void {
    if (this.#endings.has(key)) return;
    const steps = ladder(order.graceMillis, order.from);
    this.#endings.set(key, { order, steps, since: this.#ports.now(), step: undefined, told: new Set() });
    this.poke();
  }

  /** No more grace: KILL. */
  hurry(key: AttemptKey): void {
    const ending = this.#endings.get(key);
    if (ending !== undefined && ending.step?.signal !== 'SIGKILL') this.#restart(ending, 'SIGKILL');
    this.poke();
  }

  /** Looks soon instead of at the next tick: a process that is being ended has exited. */
  poke(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#tick();
    });
  }

  /** Resolves when nothing is being ended. */
  async idle(): Promise<void> {
    if (this.#endings.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #tick(): void {
    clearTimeout(this.#timer);
    if (this.#endings.size > 0) {
      const members = this.#ports.look();
      for (const [key, ending] of this.#endings) {
        if (this.#climb(ending, members.get(key) ?? [])) continue;
        this.#endings.delete(key);
        ending.order.done();
      }
    }
    if (this.#endings.size > 0) {
      const pause = Math.max(TICK_MILLIS, this.#ports.lookCostMillis() / MAX_SHARE);
      this.#timer = setTimeout(() => this.#tick(), pause);
    } else {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** Sends what is due; false when there is nothing left to do. */
  #climb(ending: Ending, members: readonly ProcessEntry[]): boolean {
    const { leader, graceMillis } = ending.order;
    const leaderGone = leader?.gone() ?? true;
    if (leaderGone && members.length === 0) return false;
    // The attempt itself has answered: what it left behind need not wait for its turn.
    if (leaderGone && leader !== undefined && ending.step?.signal === 'SIGINT')
      this.#restart(ending, 'SIGTERM', graceMillis / 2);
    const elapsed = this.#ports.now() - ending.since;
    const due = stepAt(ending.steps, elapsed);
    if (due.signal === 'SIGKILL' && elapsed - due.atMillis > GIVE_UP_MILLIS) return false;
    if (due !== ending.step) {
      ending.step = due;
      ending.told.clear();
    }
    this.#send(ending, due.signal, members, leader?.pid);
    return true;
  }

  #send(ending: Ending, signal: Rung, members: readonly ProcessEntry[], group: number | undefined): void {
    const kill = signal === 'SIGKILL';
    const tell = (name: string, pid: number): void => {
      if (ending.told.has(name) && !kill) return;
      ending.told.add(name);
      this.#ports.send(pid, signal);
    };
    // To the group as a whole, which a process that forks all the time cannot slip through. The number is safe:
    // the leader has not been collected, or members that were looked at just now keep the number taken.
    const inGroup = members.filter((entry) => entry.group === group);
    const leaderThere = ending.order.leader !== undefined && !ending.order.leader.gone();
    if (group !== undefined && (leaderThere || inGroup.length > 0)) tell(`group ${group}`, -group);
    if (signal === 'SIGINT' && leaderThere && ending.order.leaderFirst === true) return;
    for (const entry of members) {
      if (entry.group !== group) tell(`${entry.pid} ${entry.startTime}`, entry.pid);
    }
  }

  #restart(ending: Ending, from: Rung, graceMillis = 0): void {
    ending.steps = ladder(graceMillis, from);
    ending.since = this.#ports.now();
    ending.step = undefined;
  }
}
