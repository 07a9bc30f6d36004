/** Keeps the attempts of a run within their limits, and sees to it that nothing of an attempt outlives it. */
import type { Exit } from '../core/exit.js';
import type { RunningAttempt } from './attempt.js';
import { type AttemptKey, Census, type Members } from './census.js';
import type { Rung } from './ladder.js';
import { markPrefix } from './mark.js';
import { startTimeOf } from './process-table.js';
import { Reaper } from './reaper.js';
import { Sampler, type Usage } from './sampler.js';
import { groupExists, send } from './signals.js';
import { Watchdog } from './watchdog.js';

/** Counting processes costs milliseconds, and a thousand tasks end in a second. */
const SWEEP_MILLIS = 250;
const MAX_SWEEP_SHARE = 0.05;
/** Who breaks a limit of memory or disk goes on using it up while it is asked to end. */
const URGENT_GRACE_MILLIS = 250;
/** What has left its attempt's group and lives on gets this long at most. */
const STRAY_GRACE_MILLIS = 1000;

const windows = process.platform === 'win32';

export interface SupervisorOptions {
  readonly runMark: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => number;
  /** Called once for each attempt: its process has ended and nothing of it is left, or it cannot be ended. */
  readonly over: (attempt: RunningAttempt, usage: Usage | undefined) => void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #census: Census;
  readonly #reaper: Reaper;
  readonly #sampler: Sampler;
  readonly #watchdog: Watchdog;
  readonly #running = new Map<AttemptKey, RunningAttempt>();
  /** Their process has ended; what it left behind is meant to stay until the run ends. */
  readonly #kept = new Map<AttemptKey, RunningAttempt>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #unswept = false;

  constructor(options: SupervisorOptions) {
    const { runMark, environment, now } = options;
    const prefix = markPrefix(runMark);
    const lookCostMillis = () => this.#census.costMillis;
    this.#options = options;
    this.#census = new Census(prefix, startTimeOf(process.pid));
    this.#watchdog = new Watchdog(prefix, environment);
    this.#reaper = new Reaper({ look: () => this.#lookToEnd(), lookCostMillis, send, now });
    this.#sampler = new Sampler({ look: () => this.#look(), lookCostMillis, now });
  }

  /** To be called before the first process starts: from then on our death ends all. */
  guard(): void {
    this.#watchdog.start();
  }

  admit(attempt: RunningAttempt): void {
    const { key, launch, sink } = attempt;
    this.#running.set(key, attempt);
    this.#census.lead(attempt, key);
    this.#watchdog.add(attempt);
    this.#sampler.add({
      key,
      limits: launch.limits,
      outputBytes: () => sink.bytes(),
      exceeded: (exit) => this.#exceeded(attempt, exit),
    });
  }

  stop(attempt: RunningAttempt, now: boolean): void {
    attempt.stopped = true;
    if (now && this.#reaper.has(attempt.key)) this.#reaper.hurry(attempt.key);
    else this.#end(attempt, now ? 'SIGKILL' : 'SIGINT', attempt.launch.graceMillis);
  }

  /** Its process has ended (`attempt.ended` is set). */
  exited(attempt: RunningAttempt): void {
    if (!this.#running.has(attempt.key)) return;
    this.#unswept = true;
    if (this.#reaper.has(attempt.key)) this.#reaper.poke();
    else if (!attempt.launch.keep && this.#leftSomething(attempt))
      this.#end(attempt, 'SIGTERM', attempt.launch.graceMillis);
    else this.#over(attempt);
  }

  /** Ends all that runs, all that was kept and all that strayed. Resolves when nothing is left. */
  async close(): Promise<void> {
    clearTimeout(this.#sweepTimer);
    for (const attempt of this.#running.values()) this.#end(attempt, 'SIGINT', attempt.launch.graceMillis);
    for (const attempt of this.#kept.values()) this.#endKept(attempt);
    while (this.#running.size > 0 || this.#kept.size > 0 || this.#unswept) {
      if (this.#unswept) this.#lookToEnd();
      await this.#reaper.idle();
    }
    await this.#reaper.idle();
    this.#sampler.close();
    this.#watchdog.close();
  }

  #exceeded(attempt: RunningAttempt, exit: Exit): void {
    if (attempt.stopped || attempt.ended !== undefined) return;
    attempt.broke ??= exit;
    const { graceMillis } = attempt.launch;
    const urgent = exit.kind === 'memory' || exit.kind === 'output';
    this.#end(attempt, 'SIGINT', urgent ? Math.min(graceMillis, URGENT_GRACE_MILLIS) : graceMillis);
  }

  #end(attempt: RunningAttempt, from: Rung, graceMillis: number): void {
    this.#reaper.end(attempt.key, {
      from: windows ? 'SIGKILL' : from,
      graceMillis,
      leader: { pid: attempt.pid, gone: () => attempt.ended !== undefined },
      done: () => this.#over(attempt),
    });
  }

  #endKept(attempt: RunningAttempt): void {
    this.#reaper.end(attempt.key, {
      from: windows ? 'SIGKILL' : 'SIGTERM',
      graceMillis: attempt.launch.graceMillis,
      leader: { pid: attempt.pid, gone: () => true },
      done: () => {
        this.#kept.delete(attempt.key);
        this.#release(attempt);
      },
    });
  }

  #over(attempt: RunningAttempt): void {
    this.#running.delete(attempt.key);
    const usage = this.#sampler.remove(attempt.key);
    if (attempt.launch.keep) this.#kept.set(attempt.key, attempt);
    else this.#release(attempt);
    this.#options.over(attempt, usage);
  }

  #release(attempt: RunningAttempt): void {
    this.#census.retire(attempt.pid);
    this.#watchdog.remove(attempt.pid);
  }

  /** Whether its group has members still; and whatever else it left, if there was no sweep just now. */
  #leftSomething(attempt: RunningAttempt): boolean {
    if (windows) return false;
    if (groupExists(attempt.pid) || this.#nextSweep() <= this.#options.now())
      return this.#look().has(attempt.key);
    this.#sweepTimer ??= setTimeout(() => {
      this.#sweepTimer = undefined;
      this.#look();
    }, this.#nextSweep() - this.#options.now()).unref();
    return false;
  }

  #nextSweep(): number {
    return this.#sweptAt + Math.max(SWEEP_MILLIS, this.#census.costMillis / MAX_SWEEP_SHARE);
  }

  /** Windows knows trees itself, and `taskkill` ends them whole; to count processes there takes half a second. */
  #lookToEnd(): Members {
    if (!windows) return this.#look();
    this.#unswept = false;
    return new Map();
  }

  /** Counts the processes. Those of attempts that are over are ended. */
  #look(): Members {
    const members = this.#census.take();
    this.#sweptAt = this.#options.now();
    this.#unswept = false;
    this.#sampler.record(members);
    for (const key of members.keys()) {
      if (this.#running.has(key) || this.#kept.has(key) || this.#reaper.has(key)) continue;
      this.#reaper.end(key, { from: 'SIGTERM', graceMillis: STRAY_GRACE_MILLIS, done: () => undefined });
    }
    return members;
  }
}
