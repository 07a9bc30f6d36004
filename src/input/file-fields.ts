/** Single fields of tasks in a plan file, from their words to the plan's. */
import type { AgentProfile, Budget, Limits, ModeSettings, RetryPolicy } from '../core/plan.js';
import type { Draft } from '../patterns/pattern.js';
import { howCalled } from './agent-choice.js';
import type { RawFrame } from './file-schema.js';
import type { RawDefaults, RawTask } from './file-task-schema.js';
import type { Located, Path } from './place.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Variables of a map in the file, as texts; numbers as they were written. */
export function textsOf(
  located: Located,
  map: Readonly<Record<string, unknown>> | undefined,
  path: Path,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map ?? {}).map(([key, value]) => [key, written(located, value, [...path, key])]),
  );
}

/** A value as text; a number as it was written. */
export function written(located: Located, value: unknown, path: Path): string {
  return typeof value === 'number' ? (located.writtenAt(path) ?? String(value)) : String(value);
}

/** Limits that a task sets itself. */
export function limitsOf(raw: RawTask): Limits | undefined {
  const limits: Writable<Limits> = {};
  const timeout = raw.timeout ?? raw['timeout-minutes'];
  if (timeout !== undefined) limits.timeoutMillis = timeout;
  if (raw['idle-timeout'] !== undefined) limits.idleMillis = raw['idle-timeout'];
  if (raw.memory !== undefined) limits.memoryBytes = raw.memory;
  if (raw['max-output'] !== undefined) limits.outputBytes = raw['max-output'];
  return Object.keys(limits).length === 0 ? undefined : limits;
}

/** A budget under the names of the plan. */
export function budgetOf({ cost, tokens }: NonNullable<RawTask['budget']>): Budget {
  return {
    ...(cost === undefined ? {} : { costUsd: cost }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

/** What a task says about retries, and the part of the defaults that no option can say. */
export function retryOf(raw: RawTask, defaults: RawDefaults): Partial<RetryPolicy> | undefined {
  const own: { max?: number | undefined; delay?: number | undefined; 'max-delay'?: number | undefined } =
    raw.retry ?? {};
  const common: typeof own = defaults.retry ?? {};
  const retry: Writable<Partial<RetryPolicy>> = {};
  const maxDelay = own['max-delay'] ?? common['max-delay'];
  if (own.max !== undefined) retry.max = own.max;
  if (own.delay !== undefined) retry.delayMillis = own.delay;
  if (maxDelay !== undefined) retry.maxDelayMillis = maxDelay;
  return Object.keys(retry).length === 0 ? undefined : retry;
}

/** Promises of a task, under the names of the plan. */
export function expectOf(raw: NonNullable<RawTask['expect']>): NonNullable<Draft['expect']> {
  return {
    ...(raw.files === undefined ? {} : { files: raw.files }),
    ...(raw.changed === undefined ? {} : { changed: raw.changed }),
    ...(raw.output === undefined ? {} : { output: raw.output }),
    ...(raw['not-output'] === undefined ? {} : { notOutput: raw['not-output'] }),
    ...(raw.schema === undefined ? {} : { schema: raw.schema }),
    ...(raw.check === undefined ? {} : { check: raw.check }),
  };
}

/** What the file says about each agent. */
export function agentsOf({ agents = {} }: Pick<RawFrame, 'agents'>): Record<string, AgentProfile> {
  return Object.fromEntries(
    Object.entries(agents).map(([name, { command, ...raw }]) => [
      name,
      { ...(command === undefined ? {} : { command }), ...howCalled(raw) },
    ]),
  );
}

/** What the file says about each mode, under the names that stand there. */
export function modesOf({ modes = {} }: RawFrame): Record<string, ModeSettings> {
  return Object.fromEntries(
    Object.entries(modes).map(([name, { agent, ...raw }]) => [
      name,
      { ...(agent === undefined ? {} : { agent }), ...howCalled(raw) },
    ]),
  );
}
