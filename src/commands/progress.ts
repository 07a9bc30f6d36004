/** `--progress-tracking PATH`: the run's `status --json` document, kept current in a file while it runs. */
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Event } from '../core/event.js';
import type { AttemptRef, Observer } from '../core/ports.js';
import type { RunState } from '../core/state.js';
import { systemSaid } from '../journal/fault.js';
import { statusDocument } from '../reports/json.js';

/** At most so often, and with many tasks less often: to write must not cost more than a small share of the time. */
const PAUSE_MILLIS = 250;
const MOST_SHARE = 0.05;

const FILE_NAME = 'status.json';

/** Where the document goes: into a folder that exists or that ends in `/` as `status.json`. */
export function progressPath(cwd: string, given: string): string {
  const path = resolve(cwd, given);
  return /[/\\]$/.test(given) || isFolder(path) ? join(path, FILE_NAME) : path;
}

export interface ProgressOptions {
  readonly path: string;
  readonly logPath: (attempt: AttemptRef) => string;
  /** Told once when the file cannot be written; the run goes on. */
  readonly failed: (message: string) => void;
}

/** Writes by rename, so that a reader never sees half a document. */
export class ProgressFile implements Observer {
  readonly #options: ProgressOptions;
  #state: RunState | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMillis = 0;
  #told = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  observe(_events: readonly Event[], state: RunState): void {
    this.#state = state;
    this.#timer ??= setTimeout(() => this.#write(false), this.#pauseMillis);
  }

  /** Writes how it ended; a run that has no end now will have none from this process. */
  close(): void {
    clearTimeout(this.#timer);
    this.#write(this.#state?.status === 'running');
  }

  #write(interrupted: boolean): void {
    this.#timer = undefined;
    if (this.#state === undefined || this.#state.id === '') return;
    const from = performance.now();
    try {
      const document = statusDocument(this.#state, interrupted, this.#options.logPath);
      replace(this.#options.path, `${JSON.stringify(document)}\n`);
      this.#told = false;
    } catch (error) {
      this.#tell(systemSaid(error));
    }
    this.#pauseMillis = Math.max(PAUSE_MILLIS, (performance.now() - from) / MOST_SHARE);
  }

  #tell(message: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.failed(`--progress-tracking: cannot write ${this.#options.path}: ${message}`);
  }
}

/** Only a plain file is replaced: a device or a pipe of this name is somebody else's. */
function replace(path: string, text: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) throw new Error('it is not a plain file');
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  try {
    writeFileSync(fresh, text);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}
