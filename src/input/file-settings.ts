/** What a plan file says about the run as a whole, under the names of the options that say the same. */
import type { Place } from '../core/problem.js';
import type { RawFrame } from './file-schema.js';
import { type Located, type Path, valueAt } from './place.js';
import type { FileSettings } from './settings.js';

export function fileSettings(raw: RawFrame, located: Located): FileSettings {
  const { defaults = {} } = raw;
  const retry: { max?: number | undefined; delay?: number | undefined } = defaults.retry ?? {};
  const shellPath: Path = defaults.shell === undefined ? ['defaults', 'run', 'shell'] : ['defaults', 'shell'];
  const timeoutKey = defaults.timeout === undefined ? 'timeout-minutes' : 'timeout';
  const said: readonly (readonly [keyof FileSettings, unknown, Path])[] = [
    ['name', raw.name, ['name']],
    ['tag', raw.tags, ['tags']],
    ['namespace', raw.namespace, ['namespace']],
    ['max-concurrent', raw['max-concurrent'], ['max-concurrent']],
    ['on-error', raw['on-error'], ['on-error']],
    ['pass-env', raw['pass-env'], ['pass-env']],
    ['cwd', raw['working-directory'], ['working-directory']],
    ['grace', raw.grace, ['grace']],
    ['output', raw.output, ['output']],
    ['monitor', raw.monitor, ['monitor']],
    ['verbose', raw.verbose, ['verbose']],
    ['debug', raw.debug, ['debug']],
    ['runner', raw.runner, ['runner']],
    ['context-tokens', raw['context-tokens'], ['context-tokens']],
    ['loop-back-on', raw['loop-back-on'], ['loop-back-on']],
    ['until', raw.until, ['until']],
    ['max-iterations', raw['max-iterations'], ['max-iterations']],
    ['max-cost', raw.budget?.cost, ['budget', 'cost']],
    ['max-tokens', raw.budget?.tokens, ['budget', 'tokens']],
    ['timeout', defaults[timeoutKey], ['defaults', timeoutKey]],
    ['idle-timeout', defaults['idle-timeout'], ['defaults', 'idle-timeout']],
    ['memory-limit', defaults.memory, ['defaults', 'memory']],
    ['max-output', defaults['max-output'], ['defaults', 'max-output']],
    ['max-retries', retry.max, ['defaults', 'retry']],
    ['retry-delay', retry.delay, ['defaults', 'retry', 'delay']],
    ['priority', defaults.priority, ['defaults', 'priority']],
    ['shell', valueAt(located.value, shellPath), shellPath],
    ['isolate', defaults.isolate, ['defaults', 'isolate']],
    ['agent', defaults.agent, ['defaults', 'agent']],
  ];
  return Object.fromEntries(
    said
      .filter(([, value]) => value !== undefined)
      .map(([name, value, path]) => [name, lazily(value, path, located)]),
  );
}

/** Places cost a second look at the file; they are asked for only where something is shown. */
function lazily(value: unknown, path: Path, located: Located): { value: unknown; readonly place: Place } {
  return {
    value,
    get place() {
      return located.placeOf(path, 'key');
    },
  };
}
