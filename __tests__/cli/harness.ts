/** Runs the built CLI as a user does: real processes, a folder and a HOME of its own, nothing inherited but PATH. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, jest } from '@jest/globals';

/** The committed bundle, or the one that BATCHTOOL_TEST_CLI names while it is being worked on. */
export const CLI = process.env.BATCHTOOL_TEST_CLI ?? join(import.meta.dirname, '../../dist/cli/index.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly env?: Record<string, string | undefined>;
  readonly input?: string;
  readonly cwd?: string;
  /** Another program than the CLI. */
  readonly cli?: string;
}

/** What Node compiles of the CLI is kept here, and not in the folders that tests look into. */
const CACHES = mkdtempSync(join(tmpdir(), 'batchtool-test-caches-'));

/** A scratch folder with the CLI in it; `remove` takes all of it away. */
export class Bench {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-test-')));
  private readonly children: ChildProcess[] = [];

  /** Starts the CLI and leaves it running. `ended` resolves with what it printed. */
  start(
    args: readonly string[],
    options: Options = {},
  ): { child: ChildProcess; ended: Promise<Ended>; printed: () => string } {
    const child = spawn(process.execPath, [options.cli ?? CLI, ...args], {
      cwd: options.cwd ?? this.dir,
      env: {
        PATH: process.env.PATH,
        HOME: this.dir,
        TMPDIR: tmpdir(),
        XDG_CACHE_HOME: CACHES,
        ...options.env,
      },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.children.push(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    if (options.input !== undefined) child.stdin?.end(options.input);
    const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString();
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, stdout: text(out), stderr: text(err) }));
    });
    return { child, ended, printed: () => text(out) + text(err) };
  }

  /** Runs the CLI to its end. */
  run(args: readonly string[], options: Options = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  read(...parts: string[]): string {
    return readFileSync(this.path(...parts), 'utf8');
  }

  /** Puts a file into the folder; what is no text is written as JSON. */
  write(name: string, content: unknown): void {
    writeFileSync(this.path(name), typeof content === 'string' ? content : JSON.stringify(content));
  }

  has(...parts: string[]): boolean {
    return existsSync(this.path(...parts));
  }

  /** Waits until a task has made this file. */
  appears(name: string): Promise<void> {
    return until(`the file ${name}`, () => this.has(name));
  }

  /** Ids of the runs in the state folder, oldest first. */
  runs(): string[] {
    return readdirSync(this.path('.batchtool', 'runs')).sort();
  }

  /** The newest run has begun. */
  journalIsThere(): boolean {
    return (
      this.has('.batchtool', 'runs') &&
      this.has('.batchtool', 'runs', this.runs().at(-1) ?? '', 'events.jsonl')
    );
  }

  /** Events of the newest run. */
  events(): Record<string, unknown>[] {
    const lines = this.read('.batchtool', 'runs', this.runs().at(-1) ?? '', 'events.jsonl')
      .trim()
      .split('\n');
    return lines.slice(1).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Status document of a run, by default the newest. */
  async status(...args: string[]): Promise<StatusDocument> {
    const { stdout, stderr, code } = await this.run(['status', '--json', ...args]);
    if (code !== 0) throw new Error(`status: exit ${code}: ${stderr}`);
    return JSON.parse(stdout) as StatusDocument;
  }

  remove(): void {
    for (const child of this.children)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    this.killRest();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** What a test that failed has left behind: everything with our folder as its HOME. */
  private killRest(): void {
    if (process.platform !== 'linux') return;
    for (const pid of processesWith(this.dir)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended since.
      }
    }
  }
}

export interface StatusDocument {
  readonly run: {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly startedAt: string;
    readonly tags: string[];
    readonly budget: unknown;
    readonly pools: unknown;
  };
  readonly tasks: {
    readonly id: string;
    readonly status: string;
    readonly attempts: {
      readonly number: number;
      readonly exit: { readonly kind: string; readonly [field: string]: unknown } | null;
      readonly peakMemoryBytes: number | null;
      readonly log: string;
    }[];
  }[];
}

/** Gives each test as many benches as it asks for, takes them away after it, and gives it time on a busy machine. */
export function useBench(): () => Bench {
  jest.setTimeout(60_000);
  const made: Bench[] = [];
  afterEach(() => {
    for (const bench of made.splice(0)) bench.remove();
  });
  afterAll(() => rmSync(CACHES, { recursive: true, force: true }));
  return () => {
    const bench = new Bench();
    made.push(bench);
    return bench;
  };
}

/** A shell text that goes on when the file is there, and fails with code 99 when it never comes. */
export function waitFor(file: string): string {
  return `n=0; until [ -e ${file} ]; do n=$((n+1)); [ $n -gt 1500 ] && exit 99; sleep 0.02; done`;
}

/** Asks until the answer is yes; fails with what it was waiting for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  millis = 15_000,
): Promise<void> {
  const end = Date.now() + millis;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${millis} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Processes whose environment holds this text: what a task left behind, wherever it went. Linux only. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
        return state !== 'Z' && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Processes whose command line holds this text; its words are separated by NUL. Linux only. */
export function commandsWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}
