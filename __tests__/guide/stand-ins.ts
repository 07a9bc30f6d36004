/** Stand-ins for the SPARC runners, on a PATH that holds nothing else but what a shell needs; and what they noted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Bench, CLI, type Ended, type Options } from '../cli/harness.js';

/** What there is on the PATH beside stand-ins, so that no program of this machine changes what a text means. */
const TOOLS = ['sh', 'bash', 'perl', 'env', 'cat', 'sleep', 'touch', 'true', 'false', 'ps'];
const ON_PATH = ['flowx', 'sparc', 'ruflo'] as const;

/** What a runner noted about one call, in the order in which they began. */
export interface Call {
  readonly runner: string;
  /** `npx claude-flow@alpha` when it was found by npx. */
  readonly via: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** File name to content of the context folder. */
  readonly context: Readonly<Record<string, string>>;
  readonly task: string;
  /** Line numbers in one file that all calls append to: exact where two clock readings would not be. */
  readonly began: number;
  readonly ended: number | undefined;
  readonly end: string | undefined;
}

export interface Equipment {
  /** Runners on the PATH. */
  readonly runners?: readonly string[];
  /** `claude-flow` in node_modules/.bin, with an npx on the PATH; and `./claude-flow`. Default: yes. */
  readonly npx?: boolean;
}

/** A bench with stand-ins in it. */
export class Workshop {
  readonly env: Record<string, string>;

  constructor(
    readonly here: Bench,
    { runners = ON_PATH, npx = true }: Equipment = {},
  ) {
    const bin = here.path('bin');
    for (const folder of ['bin', 'stand-in', 'node_modules/.bin'])
      mkdirSync(here.path(folder), { recursive: true });
    for (const tool of TOOLS) symlinkSync(programPath(tool), join(bin, tool));
    for (const name of runners) this.install(name);
    if (npx) {
      symlinkSync(fixture('stand-in-npx.sh'), join(bin, 'npx'));
      symlinkSync(fixture('stand-in-runner.pl'), here.path('node_modules/.bin/claude-flow'));
      symlinkSync(fixture('stand-in-runner.pl'), here.path('claude-flow'));
    }
    writeFileSync(join(bin, 'batchtool'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`, {
      mode: 0o755,
    });
    this.env = { PATH: bin };
  }

  /** One more runner on the PATH. */
  install(name: string): void {
    symlinkSync(fixture('stand-in-runner.pl'), this.here.path('bin', name));
  }

  remove(name: string): void {
    rmSync(this.here.path('bin', name));
  }

  /** Puts a program in the place of one on the PATH. */
  replace(name: string, script: string): void {
    rmSync(this.here.path('bin', name), { force: true });
    writeFileSync(this.here.path('bin', name), script, { mode: 0o755 });
  }

  /** Rules of what the stand-ins do, the first that matches: a regular expression over `ID#ROUND.ATTEMPT ARGUMENTS`, then steps. */
  script(...rules: readonly (readonly string[])[]): void {
    this.here.write('stand-in/script', rules.map((rule) => `${rule.join('\t')}\n`).join(''));
  }

  /** What all stand-ins do: lines for a shell. */
  act(lines: string): void {
    this.here.write('stand-in/act', lines);
    this.script(['', 'sh act']);
  }

  start(args: readonly string[], options: Options = {}): ReturnType<Bench['start']> {
    return this.here.start(args, { ...options, env: { ...this.env, ...options.env } });
  }

  run(args: readonly string[], options: Options = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** A script for bash in a process group of its own, which `interrupt` reaches as Ctrl-C in a terminal does. */
  shell(script: string, ...options: readonly string[]): { interrupt(): void; ended: Promise<Ended> } {
    const child = spawn(join(this.env.PATH ?? '', 'bash'), [...options, '-c', script], {
      cwd: this.here.dir,
      env: { ...this.env, HOME: this.here.dir },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid } = child;
    // As a number, "no pid" would be our own group.
    if (pid === undefined) throw new Error('bash could not be started');
    return { interrupt: () => process.kill(-pid, 'SIGINT'), ended: endOf(child) };
  }

  /** What `--dry-run --json` says. */
  async plan(args: readonly string[]): Promise<PlanDocument> {
    const { code, stdout, stderr } = await this.run([...args, '--dry-run', '--json']);
    if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
    return JSON.parse(stdout) as PlanDocument;
  }

  calls(): Call[] {
    if (!this.here.has('stand-in/calls.jsonl')) return [];
    const calls: Call[] = [];
    for (const [line, text] of this.here.read('stand-in/calls.jsonl').trim().split('\n').entries()) {
      const note = JSON.parse(text) as Note;
      if (note.at === 'begin')
        calls.push({ ...note, task: note.env.BATCHTOOL_TASK_ID ?? '', began: line, ...open(note.pid) });
      else finish(calls, note, line);
    }
    return calls;
  }

  /** The only call of a task, or of one attempt of it. */
  call(task: string, attempt?: number): Call {
    const found = this.calls().filter(
      ({ task: id, env }) =>
        id === task && (env.BATCHTOOL_ATTEMPT === String(attempt) || attempt === undefined),
    );
    if (found.length !== 1 || found[0] === undefined)
      throw new Error(`${task} was called ${found.length} times`);
    return found[0];
  }

  /** The calls of each run, in the order in which the runs began. */
  callsByRun(): Call[][] {
    const runs = new Map<string, Call[]>();
    for (const call of this.calls()) {
      const run = call.env.BATCHTOOL_RUN_ID ?? '';
      runs.set(run, [...(runs.get(run) ?? []), call]);
    }
    return [...runs.values()];
  }

  forget(): void {
    this.here.write('stand-in/calls.jsonl', '');
  }
}

export interface PlanDocument {
  readonly plan: {
    readonly name: string;
    readonly pattern: string;
    readonly tags: readonly string[];
    readonly onError: string;
    readonly pools: Readonly<Record<string, number>>;
  };
  readonly tasks: readonly {
    readonly id: string;
    readonly kind: string;
    readonly text: string;
    readonly mode?: string;
    readonly needs: readonly string[];
    readonly when: string;
    readonly stage: string | null;
    readonly priority: number;
    readonly attempts: number;
    readonly limits: Readonly<Record<string, number>>;
  }[];
  readonly loops: readonly { readonly tasks: readonly string[]; readonly max: number }[];
}

function endOf(child: ChildProcess): Promise<Ended> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const [stdout = '', stderr = ''] = [out, err].map((chunks) => Buffer.concat(chunks).toString());
      resolve({ code, signal, stdout, stderr });
    });
  });
}

interface Note {
  readonly at: 'begin' | 'end';
  readonly pid: string;
  readonly runner: string;
  readonly via: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly context: Readonly<Record<string, string>>;
  readonly code?: string;
  readonly signal?: string;
}

function open(pid: string): { pid: string; ended: undefined; end: undefined } {
  return { pid, ended: undefined, end: undefined };
}

function finish(calls: Call[], note: Note, line: number): void {
  const at = calls.findLastIndex((call) => (call as Call & { pid: string }).pid === note.pid);
  const call = calls[at];
  if (call === undefined) throw new Error(`line ${line + 1} ends what never began`);
  calls[at] = { ...call, ended: line, end: note.signal ?? note.code };
}

function fixture(name: string): string {
  return join(import.meta.dirname, name);
}

/** Where this machine has a program. */
export function programPath(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // The next folder may have it.
    }
  }
  throw new Error(`${name} is not on PATH`);
}

/** The words of a text as a shell hands them on; knows quotes, not backslashes. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

/** The arguments that the runner of a text must have been given, without its own name. */
export function argumentsOf(text: string): string[] {
  const words = wordsOf(text);
  return words.slice(words[0] === 'npx' ? 2 : 1);
}
