/**
 * The figures of a run that later ones are compared with: plain JSON. It may come from a cache that others can write, so
 * it holds numbers and names, each of them checked when it is read, and nothing that is ever run.
 */
import type { EpochMillis } from '../core/event.js';
import { isFigure } from '../core/figure.js';
import { idFault } from '../core/graph.js';
import type { TaskId } from '../core/plan.js';
import type { TaskStatus } from '../core/state.js';
import { isWorkKey } from '../core/work-key.js';
import { MARKS } from './tally.js';

export interface Baseline {
  readonly version: 1;
  /** The id of the run. */
  readonly run: string;
  readonly endedAt: EpochMillis;
  readonly durationMillis: number;
  /** What was checked out, where that is known. */
  readonly branch?: string;
  readonly commit?: string;
  readonly tasks: readonly BaselineTask[];
}

export interface BaselineTask {
  readonly id: TaskId;
  /** The key of its work. */
  readonly work: string;
  readonly status: TaskStatus;
  /** Of its newest attempt. */
  readonly durationMillis?: number;
  /** The most of all attempts. */
  readonly peakMemoryBytes?: number;
  /** Of all attempts, in dollars. */
  readonly costUsd?: number;
}

/** Where a run belongs in the history of a repository. */
export type Origin = Pick<Baseline, 'branch' | 'commit'>;

/** A run of more tasks is no baseline: nobody reads such a comparison, and a cache is no place for it. */
export const MOST_BASELINE_TASKS = 10_000;
/** More than so many tasks take. A longer text is none of ours. */
export const MOST_BASELINE_BYTES = 4 * 1024 * 1024;

/** Undefined for all that is not exactly a baseline. What it has beside the known fields is left behind. */
export function readBaseline(text: string): Baseline | undefined {
  if (text.length > MOST_BASELINE_BYTES) return undefined;
  try {
    return checked(JSON.parse(text));
  } catch {
    return undefined;
  }
}

type Loose<T> = { readonly [K in keyof T]?: unknown };

function checked(value: Loose<Baseline> | null): Baseline | undefined {
  if (value?.version !== 1 || !Array.isArray(value.tasks) || value.tasks.length > MOST_BASELINE_TASKS)
    return undefined;
  const { run, endedAt, durationMillis, branch, commit } = value;
  const tasks = value.tasks.map(checkedTask);
  if (!isRunId(run) || !isFigure(endedAt) || !isFigure(durationMillis)) return undefined;
  if (!isBranch(branch) || !isCommit(commit) || tasks.includes(undefined)) return undefined;
  return {
    version: 1,
    run,
    endedAt,
    durationMillis,
    ...(branch === undefined ? {} : { branch }),
    ...(commit === undefined ? {} : { commit }),
    tasks: tasks as BaselineTask[],
  };
}

function checkedTask(value: Loose<BaselineTask> | null): BaselineTask | undefined {
  const { id, work, status, durationMillis, peakMemoryBytes, costUsd } = value ?? {};
  if (typeof id !== 'string' || idFault(id) !== undefined || !isWorkKey(work) || !isStatus(status))
    return undefined;
  if (![durationMillis, peakMemoryBytes, costUsd].every((each) => each === undefined || isFigure(each)))
    return undefined;
  return { id, work, status, ...figures({ durationMillis, peakMemoryBytes, costUsd }) };
}

/** Those that are there. */
function figures(all: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
}

function isStatus(value: unknown): value is TaskStatus {
  return typeof value === 'string' && Object.hasOwn(MARKS, value);
}

function isRunId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value);
}

/** As git allows them; a report shows it as plain words. */
function isBranch(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && /^[^\p{C}\s~^:?*[\\]{1,255}$/u.test(value));
}

function isCommit(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && /^[0-9a-f]{7,64}$/.test(value));
}
