/** Keeps the attempts of a run within their limits, and sees to it that nothing of an attempt outlives it. */

import type { Exit } from '../core/exit.js';
import { isKept, type RunningAttempt } from './attempt.js';
import { type AttemptKey, Census, type Members } from './census.js';
import type { Rung } from './ladder.js';
import { markPrefix, ownerMarkPrefix } from './mark.js';
import { environOf, snapshotSinceStart, startTimeOf, startTimeOfNew } from './process-table.js';
import { Reaper } from './reaper.js';
import { Sampler, type Usage } from './sampler.js';
import { groupExists, send } from './signals.js';
import { Watchdog } from './watchdog.js';

/**
 * Attempts that end sooner are not watched at all: to watch them would be most of what a short task costs besides
 * its process. Should we die meanwhile, they are found by their marks.
 */
const FRESH_MILLIS = 10;
/** The first after a quiet while are likely to stay. */
const QUIET_MILLIS = 100;
/** Counting processes costs milliseconds, and a thousand tasks end in a second. */
const SWEEP_MILLIS = 250;
const MAX_SWEEP_SHARE = 0.05;
/** Who breaks a limit of memory or disk goes on using it up while it is asked to end. */
const URGENT_GRACE_MILLIS = 250;
/** Somebody was just becoming another program when we looked for the last time; that takes less than a millisecond. */
const UNSURE_MILLIS = 2;
/** Some processes never show an environment. */
const MOST_UNSURE_LOOKS = 5;
/** What has left its attempt's group and lives on gets this long at most. */
const STRAY_GRACE_MILLIS = 1000;

const windows = process.platform === 'win32';

export interface SupervisorOptions {
  readonly runMark: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => number;
  /** Called once for each attempt, before `over`: it is a process now. */
  readonly announce: (attempt: RunningAttempt) => void;
  /** Called once for each attempt: its process has ended and nothing of it is left, or it cannot be ended. */
  readonly over: (attempt: RunningAttempt, usage: Usage | undefined) => void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #census: Census;
  readonly #reaper: Reaper;
  readonly #sampler: Sampler;
  readonly #watchdog: Watchdog;
  /** They are being started; whether they are processes yet is not known. */
  readonly #expected = new Set<AttemptKey>();
  readonly #running = new Map<AttemptKey, RunningAttempt>();
  /** Of these, those that have only just started. */
  readonly #fresh = new Set<RunningAttempt>();
  /** Their process has ended; what it left behind is meant to stay until the run ends. */
  readonly #kept = new Map<AttemptKey, RunningAttempt>();
  #freshTimer: NodeJS.Timeout | undefined;
  #watchedAt = Number.NEGATIVE_INFINITY;
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #unswept = false;
  #onAllKnown: () => void = () => undefined;

  constructor(options: SupervisorOptions) {
    const { runMark, environment, now } = options;
    const prefix = markPrefix(runMark);
    const lookCostMillis = () => this.#census.costMillis;
    this.#options = options;
    // What an earlier owner of the run has left was ended before this begins.
    this.#census = new Census(prefix, startTimeOf(process.pid), {
      table: snapshotSinceStart,
      environ: environOf,
    });
    // It may still be at work when somebody else has taken the run over, whose tasks it must spare.
    this.#watchdog = new Watchdog(ownerMarkPrefix(runMark, process.pid), environment);
    this.#reaper = new Reaper({ look: () => this.#lookToEnd(), lookCostMillis, send, now });
    this.#sampler = new Sampler({ look: () => this.#look(), lookCostMillis, now });
  }

  /** To be called before it is started: from then on our death ends it, and it is not taken for a stray. */
  expect(attempt: RunningAttempt): void {
    this.#watchdog.start();
    this.#expected.add(attempt.key);
  }

  /** It is a process now. */
  admit(attempt: RunningAttempt): void {
    this.#running.set(attempt.key, attempt);
    this.#isKnown(attempt);
    if (attempt.stopped !== 'no') this.stop(attempt, attempt.stopped === 'now');
    this.#fresh.add(attempt);
    if (this.#freshTimer !== undefined) return;
    const quiet = attempt.startedAt - this.#watchedAt > QUIET_MILLIS;
    this.#freshTimer = setTimeout(() => this.#watchFresh(), quiet ? 1 : FRESH_MILLIS).unref();
  }

  /** Calls `done` when nothing is left of one that never became a process, as far as anybody knows. */
  callOff(attempt: RunningAttempt, done: () => void): void {
    if (attempt.ended?.kind === 'lost')
      this.#reaper.end(attempt.key, { from: 'SIGKILL', graceMillis: 0, done });
    else done();
    this.#isKnown(attempt);
  }

  /** Also one that is still being started. */
  stop(attempt: RunningAttempt, now: boolean): void {
    attempt.stopped = now || attempt.stopped === 'now' ? 'now' : 'politely';
    if (!this.#running.has(attempt.key)) return;
    if (now && this.#reaper.has(attempt.key)) this.#reaper.hurry(attempt.key);
    else this.#end(attempt, now ? 'SIGKILL' : 'SIGINT', attempt.launch.graceMillis);
  }

  /** It has nothing more to do; nobody asked for its end, and it broke no limit. */
  dismiss(attempt: RunningAttempt): void {
    if (!this.#running.has(attempt.key) || this.#reaper.has(attempt.key)) return;
    this.#end(attempt, 'SIGINT', attempt.launch.graceMillis);
  }

  /** Its process has ended (`attempt.ended` is set). */
  exited(attempt: RunningAttempt): void {
    if (!this.#running.has(attempt.key)) return;
    this.#unswept = true;
    const early = this.#fresh.delete(attempt);
    const inGroup = groupExists(attempt.pid);
    if (early) {
      if (inGroup) this.#watch(attempt);
      if (attempt.ended?.kind !== 'spawn-error') this.#options.announce(attempt);
    }
    if (this.#reaper.has(attempt.key)) this.#reaper.poke();
    else if (!isKept(attempt) && this.#leftSomething(attempt, inGroup))
      this.#end(attempt, 'SIGTERM', attempt.launch.graceMillis);
    else this.#over(attempt);
  }

  /** Ends all that runs, all that was kept and all that strayed. Resolves when nothing is left. */
  async close(): Promise<void> {
    clearTimeout(this.#sweepTimer);
    if (this.#expected.size > 0) await new Promise<void>((resolve) => (this.#onAllKnown = resolve));
    for (const attempt of this.#running.values()) this.#end(attempt, 'SIGINT', attempt.launch.graceMillis);
    for (const attempt of this.#kept.values()) this.#endKept(attempt);
    while (this.#running.size > 0 || this.#kept.size > 0 || this.#unswept) {
      if (this.#unswept) this.#lookToEnd();
      await this.#reaper.idle();
    }
    await this.#reaper.idle();
    for (let looks = 0; !this.#census.isSure && looks < MOST_UNSURE_LOOKS; looks++) {
      await new Promise((resolve) => setTimeout(resolve, UNSURE_MILLIS));
      this.#lookToEnd();
      await this.#reaper.idle();
    }
    this.#sampler.close();
    this.#watchdog.close();
  }

  #isKnown({ key }: RunningAttempt): void {
    this.#expected.delete(key);
    if (this.#expected.size === 0) this.#onAllKnown();
  }

  #exceeded(attempt: RunningAttempt, exit: Exit): void {
    if (attempt.stopped !== 'no' || attempt.ended !== undefined) return;
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
      leaderFirst: attempt.agent !== undefined,
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
    if (isKept(attempt)) this.#kept.set(attempt.key, attempt);
    else this.#release(attempt);
    this.#options.over(attempt, usage);
  }

  #release(attempt: RunningAttempt): void {
    this.#census.retire(attempt.pid);
    this.#watchdog.remove(attempt.pid);
  }

  #watchFresh(): void {
    clearTimeout(this.#freshTimer);
    this.#freshTimer = undefined;
    this.#watchedAt = this.#options.now();
    for (const attempt of this.#fresh) {
      attempt.startTime = startTimeOfNew(attempt.pid);
      this.#watch(attempt);
      this.#options.announce(attempt);
    }
    this.#fresh.clear();
  }

  #watch(attempt: RunningAttempt): void {
    const { key, launch, sink, startedAt } = attempt;
    this.#census.lead(attempt, key);
    this.#watchdog.add(attempt);
    this.#sampler.add({
      key,
      limits: launch.limits,
      startedAt,
      outputBytes: () => sink.bytes(),
      exceeded: (exit) => this.#exceeded(attempt, exit),
    });
  }

  /** Whether its group has living members; and whatever else it left, if there was no sweep just now. */
  #leftSomething(attempt: RunningAttempt, inGroup: boolean): boolean {
    if (windows) return false;
    if (inGroup || attempt.ended?.kind === 'lost' || this.#nextSweep() <= this.#options.now())
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
    // Who is counted before its leader is known would be taken for a stranger ever after.
    this.#watchFresh();
    const members = this.#census.take();
    this.#sweptAt = this.#options.now();
    this.#unswept = false;
    this.#sampler.record(members);
    for (const key of members.keys()) {
      if (this.#isOurs(key)) continue;
      this.#reaper.end(key, { from: 'SIGTERM', graceMillis: STRAY_GRACE_MILLIS, done: () => undefined });
    }
    return members;
  }

  /** Somebody sees to its end. */
  #isOurs(key: AttemptKey): boolean {
    return this.#running.has(key) || this.#expected.has(key) || this.#kept.has(key) || this.#reaper.has(key);
  }
}
