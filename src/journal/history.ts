/** What earlier runs say about the work of tasks: how long it took, how much memory, and whether it went well. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSuccess } from '../core/exit.js';
import type { Plan, TaskId, Work } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import type { AttemptState, RunState } from '../core/state.js';
import { unreachable } from '../core/unreachable.js';
import { codeOf, stateFault } from './fault.js';
import type { StateDir } from './folder.js';
import { makeFolder, writeWhole } from './private-file.js';

/** One attempt that ended by itself. */
export interface PastAttempt {
  readonly durationMillis: number;
  readonly succeeded: boolean;
  readonly peakMemoryBytes?: number;
}

/** Earlier attempts by the key of their work, the work that ran last at the end; of each the newest last. */
export interface History {
  readonly attempts: Map<string, readonly PastAttempt[]>;
  /** The stored history was of no use and is not in here. */
  readonly notice?: Problem;
}

const KEPT_ATTEMPTS = 10;
const KEPT_KEYS = 5000;
const VERSION = 1;
const SEPARATOR = '\0';

/** Names the same work in any plan: its kind, mode and text. */
export function workKey(work: Work): string {
  return hash('sha256', wordsOf(work).join(SEPARATOR), 'base64url').slice(0, 20);
}

function wordsOf(work: Work): string[] {
  switch (work.kind) {
    case 'command':
      return [work.kind, work.text];
    case 'prompt':
      return [work.kind, work.mode, work.text];
    case 'integrate':
      return [work.kind, ...work.members];
    default:
      return unreachable(work);
  }
}

/** All that is stored. Damage is never an error: the history only makes guesses better. */
export function readHistory(stateDir: StateDir): History {
  const path = fileOf(stateDir);
  try {
    return { attempts: parseHistory(readFileSync(path, 'utf8')) };
  } catch (error) {
    const attempts = new Map<string, readonly PastAttempt[]>();
    if (codeOf(error) === 'ENOENT') return { attempts };
    return {
      attempts,
      notice: problem(`the history ${path} cannot be read and is ignored`, 'the next run starts a new one'),
    };
  }
}

/** Expected durations by earlier successes: the median. Tasks without one are absent. */
export function readEstimates(
  stateDir: StateDir,
  plan: Plan,
): { estimates: Record<TaskId, number>; notice?: Problem } {
  const { attempts, notice } = readHistory(stateDir);
  const estimates: Record<TaskId, number> = {};
  if (attempts.size > 0) {
    for (const { id, work } of plan.tasks) {
      const expected = median(attempts.get(workKey(work)) ?? []);
      if (expected !== undefined) estimates[id] = expected;
    }
  }
  return notice === undefined ? { estimates } : { estimates, notice };
}

function median(attempts: readonly PastAttempt[]): number | undefined {
  const durations = attempts.filter((attempt) => attempt.succeeded).map((attempt) => attempt.durationMillis);
  durations.sort((a, b) => a - b);
  const middle = durations.length >> 1;
  const upper = durations[middle];
  if (upper === undefined || durations.length % 2 === 1) return upper;
  return Math.round(((durations[middle - 1] ?? upper) + upper) / 2);
}

/**
 * Adds what this process ran since the run's start or last resume. Of two runs that end at the same moment one may be
 * forgotten. A failure to write is returned and not thrown: the run is over and well recorded.
 */
export function recordRun(stateDir: StateDir, state: RunState): Problem | undefined {
  const { attempts } = readHistory(stateDir);
  for (const { task, attempts: tries } of state.tasks) {
    const ended = tries.flatMap((attempt) => pastOf(attempt, state.activeSince));
    if (ended.length === 0) continue;
    const key = workKey(task.work);
    const all = [...(attempts.get(key) ?? []), ...ended].slice(-KEPT_ATTEMPTS);
    attempts.delete(key);
    attempts.set(key, all);
  }
  try {
    makeFolder(stateDir.history);
    writeWhole(fileOf(stateDir), textOf(attempts));
    return undefined;
  } catch (error) {
    return stateFault('write the history', fileOf(stateDir), error).problem;
  }
}

/** What was told to end, lost or sent away says nothing about the work. */
function pastOf(attempt: AttemptState, since: number): PastAttempt[] {
  const { exit, startedAt, endedAt, stopping, peakMemoryBytes } = attempt;
  if (exit === undefined || endedAt === undefined || startedAt < since || stopping !== undefined) return [];
  if (exit.kind === 'lost' || exit.kind === 'rate-limit') return [];
  return [
    {
      durationMillis: Math.max(0, endedAt - startedAt),
      succeeded: isSuccess(exit),
      ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
    },
  ];
}

function fileOf(stateDir: StateDir): string {
  return join(stateDir.history, 'tasks.json');
}

/** `[milliseconds, 1 for success, bytes]`, for there may be fifty thousand. */
type Row = readonly [number, 0 | 1, number?];

function textOf(attempts: ReadonlyMap<string, readonly PastAttempt[]>): string {
  const newest = [...attempts].slice(-KEPT_KEYS);
  const tasks = newest.map(([key, past]) => [key, past.map(rowOf)]);
  return `${JSON.stringify({ version: VERSION, tasks })}\n`;
}

function rowOf({ durationMillis, succeeded, peakMemoryBytes }: PastAttempt): Row {
  const result = succeeded ? 1 : 0;
  return peakMemoryBytes === undefined ? [durationMillis, result] : [durationMillis, result, peakMemoryBytes];
}

/** Throws whatever is wrong with it. */
function parseHistory(text: string): Map<string, readonly PastAttempt[]> {
  const { version, tasks } = JSON.parse(text) as { version: number; tasks: [string, Row[]][] };
  if (version !== VERSION) throw new Error('unknown version');
  const attempts = new Map<string, readonly PastAttempt[]>();
  for (const [key, rows] of tasks) {
    if (typeof key !== 'string') throw new Error('no key');
    attempts.set(key, rows.map(pastOfRow));
  }
  return attempts;
}

function pastOfRow([durationMillis, result, peakMemoryBytes]: Row): PastAttempt {
  if (!Number.isFinite(durationMillis)) throw new Error('no duration');
  return {
    durationMillis,
    succeeded: result === 1,
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
  };
}
