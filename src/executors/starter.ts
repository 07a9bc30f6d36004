/** What starts processes: Node itself, or a process that does nothing else. */
import type { Exit } from '../core/exit.js';
import type { Sink } from './sink.js';
import type { Environment } from './variables.js';

/** One process to start. */
export interface Start {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** Takes its output. `attach` is called once it has been started, or could not be. */
  readonly sink: Sink;
}

export interface StartListener {
  /** Called at most once, perhaps at once: it is a process now, which leads a group and a session. */
  started(pid: number): void;
  /**
   * Called exactly once, perhaps at once: `code` or `signal`, `spawn-error` if it could not be started, or `lost`:
   * whoever had started it, or was about to, is gone, and what it has started may still run.
   */
  ended(exit: Exit): void;
}

export interface Starter {
  start(start: Start, listener: StartListener): void;
  /** Nothing will be started any more. */
  close(): void;
}
