/** Watches the limits of all running attempts with one timer, and records what they use. */
import type { Exit } from '../core/exit.js';
import type { Limits } from '../core/plan.js';
import type { AttemptKey, Members } from './census.js';

/** Output grows by up to 2 GB/s. */
const OUTPUT_MILLIS = 50;
const MEMORY_MILLIS = 100;
/** Without a memory limit processes are counted only for the records. */
const RECORD_MILLIS = 250;
/** Counting that holds up everything else for so long is not done for mere records. */
const MAX_RECORD_COST_MILLIS = 200;
/** Counting takes at most this part of the time, but a memory limit is looked at once in five seconds at least. */
const MAX_SHARE = 0.02;
const MAX_MEMORY_MILLIS = 5000;

/** One running attempt, as far as limits go. */
export interface Watched {
  readonly key: AttemptKey;
  readonly limits: Limits;
  /** When it started, on the sampler's clock. */
  readonly startedAt: number;
  /** Bytes of output so far. */
  readonly outputBytes: () => number;
  /** Called at most once, with how the attempt ends. */
  readonly exceeded: (exit: Exit) => void;
}

/** What an attempt used, by the samples that were taken. */
export interface Usage {
  readonly peakMemoryBytes: number;
  readonly cpuMillis: number;
}

export interface SamplerPorts {
  /** Counts the processes; what it finds comes back through `record`. */
  readonly look: () => void;
  readonly lookCostMillis: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

interface Watch {
  readonly watched: Watched;
  over: boolean;
  usage: Usage | undefined;
  memoryBytes: number;
  outputBytes: number;
  outputAt: number;
}

export class Sampler {
  readonly #ports: SamplerPorts;
  readonly #watches = new Map<AttemptKey, Watch>();
  #withMemoryLimit = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #lookedAt: number;

  constructor(ports: SamplerPorts) {
    this.#ports = ports;
    this.#lookedAt = ports.now();
  }

  add(watched: Watched): void {
    const now = this.#ports.now();
    const fresh = { over: false, usage: undefined, memoryBytes: 0, outputBytes: 0 };
    const watch: Watch = { watched, outputAt: watched.startedAt, ...fresh };
    this.#watches.set(watched.key, watch);
    if (watched.limits.memoryBytes !== undefined) this.#withMemoryLimit++;
    this.#wakeAt(this.#nextFor(watch, now), now);
  }

  /** Ends the watch. Undefined when the attempt was too short for a sample. */
  remove(key: AttemptKey): Usage | undefined {
    const watch = this.#watches.get(key);
    if (watch === undefined) return undefined;
    this.#watches.delete(key);
    if (watch.watched.limits.memoryBytes !== undefined) this.#withMemoryLimit--;
    return watch.usage;
  }

  /** Takes in what a census found, whoever asked for it. */
  record(members: Members): void {
    this.#lookedAt = this.#ports.now();
    for (const [key, watch] of this.#watches) {
      const processes = members.get(key);
      if (processes === undefined) continue;
      watch.memoryBytes = 0;
      let cpuMillis = 0;
      for (const entry of processes) {
        watch.memoryBytes += entry.rssBytes;
        cpuMillis += entry.cpuMillis;
      }
      // A process shows no memory while it is being made or is going away.
      if (watch.memoryBytes === 0) continue;
      watch.usage = {
        peakMemoryBytes: Math.max(watch.memoryBytes, watch.usage?.peakMemoryBytes ?? 0),
        // A process that is gone without having been waited for takes its time with it.
        cpuMillis: Math.max(cpuMillis, watch.usage?.cpuMillis ?? 0),
      };
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watches.clear();
  }

  #tick(): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    if (this.#watches.size === 0) return;
    const now = this.#ports.now();
    if (now >= this.#nextLook()) this.#ports.look();
    for (const watch of [...this.#watches.values()]) {
      const exit = watch.over ? undefined : verdictOn(watch, now);
      if (exit === undefined) continue;
      watch.over = true;
      watch.watched.exceeded(exit);
    }
    for (const watch of this.#watches.values()) this.#wakeAt(this.#nextFor(watch, now), now);
  }

  #nextLook(): number {
    const cost = this.#ports.lookCostMillis();
    const pause = cost / MAX_SHARE;
    if (this.#withMemoryLimit > 0)
      return this.#lookedAt + Math.max(MEMORY_MILLIS, Math.min(pause, MAX_MEMORY_MILLIS));
    if (cost > MAX_RECORD_COST_MILLIS) return Number.POSITIVE_INFINITY;
    return this.#lookedAt + Math.max(RECORD_MILLIS, pause);
  }

  /** When this attempt has to be looked at next. */
  #nextFor({ over, watched: { limits, startedAt }, outputAt }: Watch, now: number): number {
    // A process that has hardly begun says nothing yet.
    let next = Math.max(this.#nextLook(), startedAt + MEMORY_MILLIS, now + 1);
    if (over) return next;
    if (limits.timeoutMillis !== undefined) next = Math.min(next, startedAt + limits.timeoutMillis);
    if (limits.outputBytes !== undefined) next = Math.min(next, now + OUTPUT_MILLIS);
    if (limits.idleMillis !== undefined) {
      const poll = Math.min(Math.max(limits.idleMillis / 10, OUTPUT_MILLIS), 1000);
      next = Math.min(next, outputAt + limits.idleMillis, now + poll);
    }
    return next;
  }

  #wakeAt(at: number, now: number): void {
    if (at >= this.#dueAt) return;
    this.#dueAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.ceil(at - now)));
    this.#timer.unref();
  }
}

/** The first limit that an attempt has broken. */
function verdictOn(watch: Watch, now: number): Exit | undefined {
  const { timeoutMillis, idleMillis, memoryBytes, outputBytes } = watch.watched.limits;
  if (memoryBytes !== undefined && watch.memoryBytes > memoryBytes) {
    const peakBytes = watch.usage?.peakMemoryBytes ?? watch.memoryBytes;
    return { kind: 'memory', limitBytes: memoryBytes, peakBytes };
  }
  if (outputBytes !== undefined || idleMillis !== undefined) {
    const bytes = watch.watched.outputBytes();
    if (bytes !== watch.outputBytes) {
      watch.outputBytes = bytes;
      watch.outputAt = now;
    }
    if (outputBytes !== undefined && bytes > outputBytes) return { kind: 'output', limitBytes: outputBytes };
  }
  if (timeoutMillis !== undefined && now - watch.watched.startedAt >= timeoutMillis)
    return { kind: 'timeout', limitMillis: timeoutMillis };
  if (idleMillis !== undefined && now - watch.outputAt >= idleMillis)
    return { kind: 'idle', limitMillis: idleMillis };
  return undefined;
}
