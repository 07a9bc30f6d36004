/** Which executor carries out what. */
import type { Executor } from '../core/ports.js';
import { HidingExecutor } from './hiding.js';
import { LocalExecutor, type LocalExecutorOptions } from './local.js';
import { secretForms } from './mask.js';

export type ExecutorOptions = LocalExecutorOptions;

/** `around`: what a run with isolated tasks puts around it. */
export function createExecutor(
  options: ExecutorOptions,
  around: (inner: Executor) => Executor = (inner) => inner,
): Executor {
  const executor = around(new LocalExecutor(options));
  const forms = secretForms(options.secrets ?? {});
  return forms.length === 0 ? executor : new HidingExecutor(executor, forms);
}
