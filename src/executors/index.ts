/** Which executor carries out what. */
import type { Executor } from '../core/ports.js';
import { LocalExecutor, type LocalExecutorOptions } from './local.js';

export type ExecutorOptions = LocalExecutorOptions;

/** `around`: what a run with isolated tasks puts around it. */
export function createExecutor(
  options: ExecutorOptions,
  around: (inner: Executor) => Executor = (inner) => inner,
): Executor {
  return around(new LocalExecutor(options));
}
