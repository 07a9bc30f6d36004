/** A local executor in a folder of its own, and launches for it. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '../../src/core/event.js';
import type { Launch } from '../../src/core/launch.js';
import type { AttemptFiles, AttemptRef, Executor } from '../../src/core/ports.js';
import { LocalExecutor, type LocalExecutorOptions } from '../../src/executors/local.js';

export type Exited = Extract<Observation, { type: 'attempt.exited' }>;

let count = 0;

export class Workbench {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-test-')));
  readonly runMark = `test${process.pid}x${++count}`;
  readonly executor: Executor;

  constructor(options: Partial<LocalExecutorOptions> = {}) {
    mkdirSync(join(this.folder, 'run', 'empty'), { recursive: true });
    this.executor = new LocalExecutor({
      files: (attempt) => this.files(attempt),
      environment: process.env,
      runMark: this.runMark,
      emptyContext: join(this.folder, 'run', 'empty'),
      ...options,
    });
  }

  files({ task, attempt }: AttemptRef): AttemptFiles {
    const base = join(this.folder, 'run', 'tasks', task, String(attempt));
    return {
      log: `${base}.log`,
      result: `${base}.md`,
      prompt: `${base}.prompt.md`,
      raw: `${base}.raw`,
      output: `${base}.output`,
      summary: `${base}.summary`,
      bill: `${base}.bill`,
      context: `${base}.context`,
      patch: `${base}.patch`,
    };
  }

  /** A path in the folder in which tasks run. */
  path(name: string): string {
    return join(this.folder, name);
  }

  launch(text: string, parts: Partial<Launch> = {}): Launch {
    return {
      run: 'test-run',
      task: 't',
      label: text,
      attempt: 1,
      round: 1,
      work: { kind: 'command', text },
      limits: {},
      graceMillis: 5000,
      keep: false,
      cwd: this.folder,
      env: {},
      secrets: [],
      context: [],
      ...parts,
    };
  }

  /** Runs a command to its end. */
  run(text: string, parts: Partial<Launch> = {}): Promise<Exited> {
    return new Promise((resolve) => {
      this.executor.start(this.launch(text, parts), (seen) => {
        if (seen.type === 'attempt.exited') resolve(seen);
      });
    });
  }

  log(task = 't', attempt = 1): string {
    return readFileSync(this.files({ task, attempt }).log, 'utf8');
  }

  async clear(): Promise<void> {
    await this.executor.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
