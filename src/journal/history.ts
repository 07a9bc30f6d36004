/** What earlier runs say about the work of tasks: how long it took, how much memory, and whether it went well. */
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CostEstimate } from '../core/event.js';
import { isSuccess } from '../core/exit.js';
import { isFigure } from '../core/figure.js';
import { hashText } from '../core/hash.js';
import { medianOf } from '../core/median.js';
import type { Plan, TaskId, Work } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import type { AttemptState, RunState } from '../core/state.js';
import { isWorkKey, workKey } from '../core/work-key.js';
import { codeOf, stateFault } from './fault.js';
import type { StateDir } from './folder.js';
import { FILE_MODE, makeFolder, writeFully, writeWhole } from './private-file.js';

/** One attempt that ended by itself. */
export interface PastAttempt {
  readonly durationMillis: number;
  readonly succeeded: boolean;
  readonly peakMemoryBytes?: number;
  readonly costUsd?: number;
  readonly tokens?: number;
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
/** A longer file is written anew, with what is still of use. */
const MOST_BYTES = 1024 * 1024;

/** All that is stored. Damage is never an error: the history only makes guesses better. */
export function readHistory(stateDir: StateDir): History {
  const path = fileOf(stateDir);
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return { attempts: new Map(), notice: unreadable(path) };
  }
  return { attempts: parseHistory(text) };
}

function unreadable(path: string): Problem {
  return problem(
    `the history ${path} cannot be read in whole; what is damaged is ignored`,
    'estimates may be missing; nothing else is lost',
  );
}

/** All that is stored as one line, as others may take it up: numbers and keys of works. */
export function historyText(stateDir: StateDir): string {
  return textOf(readHistory(stateDir).attempts);
}

/** The keys of all works of which something is stored. */
export function knownWorks(stateDir: StateDir): ReadonlySet<string> {
  return new Set(readHistory(stateDir).attempts.keys());
}

/**
 * Takes up what another machine knows, as older than all that is stored. Of works that were `known` here when it was asked it
 * could only repeat what was stored already.
 */
export function adoptHistory(
  stateDir: StateDir,
  text: string,
  known: ReadonlySet<string> = knownWorks(stateDir),
): Problem | undefined {
  const attempts = new Map([...parseHistory(text)].filter(([key]) => !known.has(key)));
  if (attempts.size === 0) return undefined;
  const path = fileOf(stateDir);
  try {
    for (const [key, past] of readHistory(stateDir).attempts) add(attempts, key, past);
    makeFolder(stateDir.history);
    writeWhole(path, textOf(attempts));
    return undefined;
  } catch (error) {
    return stateFault('write the history', path, error).problem;
  }
}

/** What earlier successes let expect. */
export interface Estimates {
  readonly estimates: Readonly<Record<TaskId, number>>;
  /** Absent: no task has ever told a cost. */
  readonly costs?: Readonly<Record<TaskId, CostEstimate>>;
  readonly notice?: Problem;
}

/** Expected durations and costs by earlier successes: medians. Tasks without one are absent. */
export function readEstimates(stateDir: StateDir, plan: Plan): Estimates {
  const { attempts, notice } = readHistory(stateDir);
  const estimates: Record<TaskId, number> = {};
  const costs: Record<TaskId, CostEstimate> = {};
  if (attempts.size > 0) {
    for (const { id, work } of plan.tasks) {
      const succeeded = (attempts.get(historyKey(work)) ?? []).filter((attempt) => attempt.succeeded);
      const expected = medianOf(succeeded.map(({ durationMillis }) => durationMillis));
      if (expected !== undefined) estimates[id] = Math.round(expected);
      const cost = costOf(succeeded);
      if (cost !== undefined) costs[id] = cost;
    }
  }
  return {
    estimates,
    ...(Object.keys(costs).length === 0 ? {} : { costs }),
    ...(notice === undefined ? {} : { notice }),
  };
}

function costOf(succeeded: readonly PastAttempt[]): CostEstimate | undefined {
  const told = succeeded.filter(({ costUsd, tokens }) => costUsd !== undefined || tokens !== undefined);
  if (told.length === 0) return undefined;
  const costUsd = medianOf(told.flatMap((attempt) => attempt.costUsd ?? []));
  const tokens = medianOf(told.flatMap((attempt) => attempt.tokens ?? []));
  return {
    attempts: told.length,
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(tokens === undefined ? {} : { tokens: Math.round(tokens) }),
  };
}

/** The same text takes another agent or model another time, and another amount of money. */
function historyKey(work: Work): string {
  const { agent, model } = work.kind === 'prompt' ? work : {};
  const key = workKey(work);
  return agent === undefined ? key : hashText([key, agent, model ?? ''].join(SEPARATOR));
}

/**
 * Adds what this process ran since the run's start or last resume: one line, so that runs which end together do not
 * undo each other. A failure to write is returned and not thrown: the run is over and well recorded.
 */
export function recordRun(stateDir: StateDir, state: RunState): Problem | undefined {
  const attempts = new Map<string, readonly PastAttempt[]>();
  for (const { task, attempts: tries } of state.tasks) {
    const ended = tries.flatMap((attempt) => pastOf(attempt, state.activeSince));
    if (ended.length > 0) add(attempts, historyKey(task.work), ended);
  }
  if (attempts.size === 0) return undefined;
  const path = fileOf(stateDir);
  try {
    makeFolder(stateDir.history);
    append(path, textOf(attempts));
    return undefined;
  } catch (error) {
    return stateFault('write the history', path, error).problem;
  }
}

/** The newest attempts of each, the work that ran last at the end. */
function add(
  attempts: Map<string, readonly PastAttempt[]>,
  key: string,
  newer: readonly PastAttempt[],
): void {
  const all = [...(attempts.get(key) ?? []), ...newer].slice(-KEPT_ATTEMPTS);
  attempts.delete(key);
  attempts.set(key, all);
}

function append(path: string, line: string): void {
  const fd = openSync(path, 'a+', FILE_MODE);
  try {
    const { size } = fstatSync(fd);
    try {
      // A line that was cut off must not spoil this one.
      writeFully(fd, Buffer.from(endsInLine(fd, size) ? line : `\n${line}`));
    } catch (error) {
      ftruncateSync(fd, size);
      throw error;
    }
    if (fstatSync(fd).size <= MOST_BYTES) return;
  } finally {
    closeSync(fd);
  }
  writeWhole(path, textOf(parseHistory(readFileSync(path, 'utf8'))));
}

function endsInLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}

/** What was told to end, lost or sent away says nothing about the work. */
function pastOf(attempt: AttemptState, since: number): PastAttempt[] {
  const { exit, startedAt, endedAt, stopping, peakMemoryBytes, result = {} } = attempt;
  if (exit === undefined || endedAt === undefined || startedAt < since || stopping !== undefined) return [];
  if (exit.kind === 'lost' || exit.kind === 'rate-limit') return [];
  return [
    {
      durationMillis: Math.max(0, endedAt - startedAt),
      succeeded: isSuccess(exit),
      ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
      ...(result.costUsd === undefined ? {} : { costUsd: result.costUsd }),
      ...(result.tokens === undefined ? {} : { tokens: result.tokens }),
    },
  ];
}

function fileOf(stateDir: StateDir): string {
  return join(stateDir.history, 'tasks.jsonl');
}

/** `[milliseconds, 1 for success, bytes, dollars, tokens]`, for there may be fifty thousand; what is not known is null or cut off. */
type Row = readonly [number, 0 | 1, ...(number | null)[]];

function textOf(attempts: ReadonlyMap<string, readonly PastAttempt[]>): string {
  const newest = [...attempts].slice(-KEPT_KEYS);
  const tasks = newest.map(([key, past]) => [key, past.map(rowOf)]);
  return `${JSON.stringify({ version: VERSION, tasks })}\n`;
}

function rowOf({ durationMillis, succeeded, peakMemoryBytes, costUsd, tokens }: PastAttempt): Row {
  const rest = [peakMemoryBytes ?? null, costUsd ?? null, tokens ?? null];
  const known = rest.findLastIndex((value) => value !== null) + 1;
  return [durationMillis, succeeded ? 1 : 0, ...rest.slice(0, known)];
}

/** The work that ran last. Lines that say nothing to us, torn or of another version, are passed over. */
function parseHistory(text: string): Map<string, readonly PastAttempt[]> {
  const attempts = new Map<string, readonly PastAttempt[]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      for (const [key, past] of parseLine(line)) add(attempts, key, past);
    } catch {
      // Only a guess is lost.
    }
  }
  return attempts.size <= KEPT_KEYS ? attempts : new Map([...attempts].slice(-KEPT_KEYS));
}

/** Throws whatever is wrong with it: it may come from a cache that others can write. */
function parseLine(line: string): [string, PastAttempt[]][] {
  const { version, tasks } = JSON.parse(line) as { version: number; tasks: [string, Row[]][] };
  if (version !== VERSION) throw new Error('unknown version');
  return tasks.slice(-KEPT_KEYS).map(([key, rows]) => {
    if (!isWorkKey(key)) throw new Error('no key');
    return [key, rows.slice(-KEPT_ATTEMPTS).map(pastOfRow)];
  });
}

function pastOfRow([durationMillis, result, peakMemoryBytes, costUsd, tokens]: Row): PastAttempt {
  if (!isFigure(durationMillis)) throw new Error('no duration');
  if (![peakMemoryBytes, costUsd, tokens].every((part) => part == null || isFigure(part)))
    throw new Error('no figure');
  return {
    durationMillis,
    succeeded: result === 1,
    ...(typeof peakMemoryBytes === 'number' ? { peakMemoryBytes } : {}),
    ...(typeof costUsd === 'number' ? { costUsd } : {}),
    ...(typeof tokens === 'number' ? { tokens } : {}),
  };
}
