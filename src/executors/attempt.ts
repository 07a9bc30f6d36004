/** One attempt that has been started, from its process to its exit. */
import type { Exit } from '../core/exit.js';
import type { Launch } from '../core/launch.js';
import type { AttemptFiles, AttemptRef, Report } from '../core/ports.js';
import type { AttemptKey } from './census.js';
import type { Contents } from './changes.js';
import type { WorkingAgent } from './preparation.js';
import type { Sink } from './sink.js';

export interface RunningAttempt {
  readonly key: AttemptKey;
  /** 0 until it is a process. */
  pid: number;
  /** As in `ProcessRef`; empty if it ended before anybody looked. */
  startTime: string;
  /** Monotonic milliseconds. */
  startedAt: number;
  readonly launch: Launch;
  readonly files: AttemptFiles;
  /** Where it runs. */
  readonly cwd: string;
  /** The file in which its shell was handed a long text. */
  readonly script: string | undefined;
  readonly sink: Sink;
  /** The agent that carries it out, if one does. */
  readonly agent: WorkingAgent | undefined;
  /** What the files that it has to change held before it began. */
  readonly before: Contents;
  readonly report: Report;
  /** Somebody asked for its end: its plain exit is the answer. `now`: without grace. */
  stopped: 'no' | 'politely' | 'now';
  /** The limit for which we end it. The first one stays. */
  broke: Exit | undefined;
  /** How its process ended, once it has. */
  ended: Exit | undefined;
}

/** What it leaves behind is meant to stay until the run ends; not if it will be tried again because nobody saw its end. */
export function isKept({ launch, ended }: RunningAttempt): boolean {
  return launch.keep && ended?.kind !== 'lost';
}

/** What maps of attempts go by. Ids hold no blanks. */
export function mapKeyOf({ task, attempt }: AttemptRef): string {
  return `${task} ${attempt}`;
}

/** What Node says about the end of a process. */
export function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  return signal === null ? { kind: 'code', code: code ?? 1 } : { kind: 'signal', signal };
}

/** Its own exit, unless we ended it for a limit, or it got past one between two looks. */
export function exitFor(
  { broke, ended, stopped, launch }: RunningAttempt,
  peakMemoryBytes: number,
  outputBytes: number,
): Exit {
  const limitBytes = launch.limits.outputBytes;
  if (broke?.kind === 'memory') return { ...broke, peakBytes: Math.max(broke.peakBytes, peakMemoryBytes) };
  if (broke !== undefined) return broke;
  if (stopped === 'no' && limitBytes !== undefined && outputBytes > limitBytes)
    return { kind: 'output', limitBytes };
  // Without an end of its own it did not even yield to KILL.
  return ended ?? { kind: 'signal', signal: 'SIGKILL' };
}
