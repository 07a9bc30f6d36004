/** Takes secrets out of what executors say of an end: an agent's last words, a program's complaint, git's, the system's. */
import { reworded } from '../core/exit.js';
import type { Launch } from '../core/launch.js';
import type { AttemptRef, Executor, Report } from '../core/ports.js';
import { masked } from './mask.js';

/**
 * Stands around all others, so that no event holds a secret: who shows one later escapes and cuts it, and then no mask would
 * find it. Outputs have lost theirs in their file.
 */
export class HidingExecutor implements Executor {
  readonly #inner: Executor;
  readonly #secretForms: readonly Buffer[];

  constructor(inner: Executor, secretForms: readonly Buffer[]) {
    this.#inner = inner;
    this.#secretForms = secretForms;
  }

  start(launch: Launch, report: Report): void {
    this.#inner.start(launch, (seen) =>
      report(
        seen.type === 'attempt.exited'
          ? { ...seen, exit: reworded(seen.exit, (words) => masked(words, this.#secretForms)) }
          : seen,
      ),
    );
  }

  stop(attempt: AttemptRef, how: { readonly now: boolean }): void {
    this.#inner.stop(attempt, how);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
