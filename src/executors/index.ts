/** Which executor carries out what. */
import type { Executor } from '../core/ports.js';
import { LocalExecutor, type LocalExecutorOptions } from './local.js';

export type ExecutorOptions = LocalExecutorOptions;

export function createExecutor(options: ExecutorOptions): Executor {
  return new LocalExecutor(options);
}
