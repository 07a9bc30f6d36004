/** What a task leaves open comes from the settings of the run, and what flags and variables say beats even its own words. */
import {
  DEFAULT_RETRY,
  type Limits,
  MAIN_POOL,
  type RetryPolicy,
  type Task,
  type Work,
} from '../core/plan.js';
import type { Draft } from '../patterns/pattern.js';
import type { RunRequest } from './request.js';
import { isForced, type Settings } from './settings.js';
import { DEFAULT_SHELL, parseShell } from './shell.js';

/** Shared by all tasks, so that a hundred thousand of them stay small. */
const NOTHING: Readonly<Record<string, never>> = Object.freeze({});
const NO_TAGS: readonly string[] = Object.freeze([]);
const MAIN_ONLY: readonly string[] = Object.freeze([MAIN_POOL]);

/** Settings of tasks, once for the run. */
export interface Base {
  readonly limits: Limits;
  readonly retry: RetryPolicy;
  readonly priority: number;
  /** Absent: the default shell. */
  readonly shell: readonly string[] | undefined;
  readonly isolate: Task['isolate'];
  /** Names of variables that `--env` gives. */
  readonly envNames: ReadonlySet<string>;
  /** What was said for this call. */
  readonly forced: {
    readonly limits: Limits | undefined;
    readonly retry: Partial<RetryPolicy> | undefined;
    readonly priority: boolean;
    readonly shell: boolean;
    readonly isolate: boolean;
    readonly namespace: boolean;
  };
  readonly forcesNothing: boolean;
  /** Retry policies that tasks of their own make, by content. */
  readonly retries: Map<string, RetryPolicy>;
}

export function baseOf({ settings, env, secretValues }: RunRequest): Base {
  const forced = {
    limits: orNothing(limitsOf(settings, isForced)),
    retry: orNothing(retryOf(settings, isForced)),
    priority: isForced(settings.priority),
    shell: isForced(settings.shell),
    isolate: isForced(settings.isolate),
    namespace: isForced(settings.namespace),
  };
  const envNames = new Set([...Object.keys(env), ...Object.keys(secretValues)]);
  const isolate = settings.isolate?.value;
  return {
    limits: Object.freeze(limitsOf(settings, () => true)),
    retry: Object.freeze(complete(retryOf(settings, () => true))),
    priority: settings.priority?.value ?? 0,
    shell: shellOf(settings),
    isolate: isolate === 'none' ? undefined : isolate,
    envNames,
    forced,
    forcesNothing: envNames.size === 0 && Object.values(forced).every((value) => !value),
    retries: new Map(),
  };
}

type Counts = (setting: Settings[keyof Settings]) => boolean;

function limitsOf(settings: Settings, counts: Counts): Limits {
  const { timeout, 'idle-timeout': idle, 'memory-limit': memory, 'max-output': output } = settings;
  return {
    ...(timeout !== undefined && counts(timeout) ? { timeoutMillis: timeout.value } : {}),
    ...(idle !== undefined && counts(idle) ? { idleMillis: idle.value } : {}),
    ...(memory !== undefined && counts(memory) ? { memoryBytes: memory.value } : {}),
    ...(output !== undefined && counts(output) ? { outputBytes: output.value } : {}),
  };
}

function retryOf(settings: Settings, counts: Counts): Partial<RetryPolicy> {
  const { 'max-retries': max, 'retry-delay': delay } = settings;
  return {
    ...(max !== undefined && counts(max) ? { max: max.value } : {}),
    ...(delay !== undefined && counts(delay) ? { delayMillis: delay.value } : {}),
  };
}

function orNothing<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

/** The longest delay is never below the first one. */
function complete(retry: Partial<RetryPolicy>): RetryPolicy {
  const { max, delayMillis, maxDelayMillis } = { ...DEFAULT_RETRY, ...retry };
  return { max, delayMillis, maxDelayMillis: Math.max(delayMillis, maxDelayMillis) };
}

function shellOf({ shell }: Settings): readonly string[] | undefined {
  if (shell === undefined || shell.value === DEFAULT_SHELL) return undefined;
  const parsed = parseShell(shell.value);
  return parsed.ok ? parsed.value : undefined;
}

/** A whole task from what it says itself and what holds for all. */
export function fillTask(draft: Draft, base: Base): Task {
  const { id, label, work, needs, limits, retry, isolate = base.isolate, ...own } = draft;
  const task: Task = {
    id,
    label,
    work: withShell(work, base.shell, false),
    needs,
    when: 'success',
    tags: NO_TAGS,
    priority: base.priority,
    pools: MAIN_ONLY,
    retry: retry === undefined ? base.retry : sharedRetry(complete({ ...base.retry, ...retry }), base),
    limits: limits === undefined ? base.limits : { ...base.limits, ...limits },
    env: NOTHING,
    ...own,
    ...(isolate === undefined ? {} : { isolate }),
  };
  return base.forcesNothing ? task : overrideTask(task, base);
}

/** The task with what was said for this call in place of its own words. */
export function overrideTask(task: Task, base: Base): Task {
  const { forced } = base;
  const { namespace, isolate, ...rest } = task;
  const kept = forced.isolate ? base.isolate : isolate;
  return {
    ...rest,
    ...(namespace === undefined || forced.namespace ? {} : { namespace }),
    ...(kept === undefined ? {} : { isolate: kept }),
    work: forced.shell ? withShell(task.work, base.shell, true) : task.work,
    priority: forced.priority ? base.priority : task.priority,
    limits: forced.limits === undefined ? task.limits : { ...task.limits, ...forced.limits },
    retry:
      forced.retry === undefined
        ? task.retry
        : sharedRetry(complete({ ...task.retry, ...forced.retry }), base),
    env: withoutNames(task.env, base.envNames),
  };
}

function withShell(work: Work, shell: readonly string[] | undefined, always: boolean): Work {
  if (work.kind !== 'command' || (work.shell === undefined && shell === undefined)) return work;
  if (work.shell !== undefined && !always) return work;
  const { shell: _, ...rest } = work;
  return shell === undefined ? rest : { ...rest, shell };
}

function withoutNames(env: Task['env'], names: ReadonlySet<string>): Task['env'] {
  if (names.size === 0 || !Object.keys(env).some((name) => names.has(name))) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.has(name)));
}

function sharedRetry(retry: RetryPolicy, { retries }: Base): RetryPolicy {
  const key = `${retry.max} ${retry.delayMillis} ${retry.maxDelayMillis}`;
  const known = retries.get(key);
  if (known !== undefined) return known;
  retries.set(key, Object.freeze(retry));
  return retry;
}
