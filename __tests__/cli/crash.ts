/** A run whose owner is killed with -9 at a moment, and what can be seen of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, commandsWith, processesWith, until } from './harness.js';

/** A second is what is promised; the rest is for a machine that has other things to do. */
const ORPHAN_MILLIS = 2000;

/** So long after the journal has so many lines; without lines, after the process was made. */
export interface Moment {
  readonly lines: number;
  readonly thenMillis: number;
  /** Resume at once, while the dead owner's watchdog is still at work; else look around first. */
  readonly resumeAtOnce: boolean;
}

/** Some before there is a run, the rest spread evenly over its journal; early and late ones take turns. `spreadMillis`: how long after its line one may be. */
export function moments(kills: number, lines: number, early: number, spreadMillis = 30): Moment[] {
  return Array.from({ length: kills }, (_, i): Moment => {
    const resumeAtOnce = i % 2 === 1;
    if (i < early) return { lines: 0, thenMillis: 15 * i, resumeAtOnce };
    return { lines: 1 + ((i * 17) % (lines - 1)), thenMillis: (i * 7) % spreadMillis, resumeAtOnce };
  });
}

/** A run in a bench that is to be killed. Its tasks find `$NOTES`, a folder for what they note. */
export class Crash {
  readonly notes: string;
  readonly env: Record<string, string>;

  private owner: number | undefined;

  constructor(
    readonly here: Bench,
    plan: object,
    /** Of `run`, beside the plan. */
    private readonly args: readonly string[] = [],
  ) {
    here.write('plan.json', plan);
    this.notes = here.path('notes');
    mkdirSync(this.notes);
    this.env = { NOTES: this.notes };
  }

  /** The run, as soon as it is one. */
  get run(): string | undefined {
    const runs = this.here.has('.batchtool', 'runs') ? this.here.runs() : [];
    return runs.find((id) => this.here.has('.batchtool', 'runs', id, 'plan.json'));
  }

  /** Whole lines of the journal behind its header. */
  journal(): Line[] {
    const path = this.here.path('.batchtool', 'runs', this.run ?? '', 'events.jsonl');
    if (this.run === undefined || !existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').split('\n').slice(1, -1);
    return lines.map((line) => JSON.parse(line) as Line);
  }

  /** Numbers of the attempts of a task that really ran. */
  noted(id: string): number[] {
    const file = this.here.path('notes', id);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  }

  start(): ReturnType<Bench['start']> {
    const args = ['run', '-f', 'plan.json', '--output', 'quiet', ...this.args];
    const started = this.here.start(args, { env: this.env });
    this.owner = started.child.pid;
    return started;
  }

  /** Tasks that are told to have succeeded. */
  succeeded(): string[] {
    return this.journal().flatMap(({ type, task, outcome }) =>
      type === 'task.finished' && outcome?.kind === 'succeeded' ? [task ?? ''] : [],
    );
  }

  get isOver(): boolean {
    return this.journal().some(({ type }) => type === 'run.finished');
  }

  /** Kills the owner at that moment, or lets it end if the moment never comes. */
  async killAt({ lines, thenMillis }: Moment): Promise<void> {
    const { child, ended } = this.start();
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (lines > 0 && !over && this.journal().length + 1 < lines) await sleep(1);
    await sleep(thenMillis);
    child.kill('SIGKILL');
    await ended;
  }

  async noOrphan(): Promise<void> {
    let left: number[] = [];
    const isClear = (): boolean => {
      left = this.leftOver();
      return left.length === 0;
    };
    await until('no orphan, and no watchdog', isClear, ORPHAN_MILLIS).catch((reason: Error) => {
      throw new Error(`${reason.message}; left: ${left.map(described).join(', ')}`);
    });
  }

  /** Whether a fork server starts its tasks. */
  hasForkServer(): boolean {
    return commandsWith(`batchtool-fork-server\0${this.owner}\0`).length > 0;
  }

  /** What carries our variable, the watchdogs, whose command line names the run, and fork servers. */
  private leftOver(): number[] {
    const mark = `BATCHTOOL_MARK_${this.run?.replaceAll('-', '_')}`;
    return [
      ...processesWith(this.notes),
      ...(this.run === undefined ? [] : commandsWith(mark)),
      ...commandsWith(`batchtool-fork-server\0${this.owner}\0`),
    ];
  }
}

/** Processes that work below a folder: also those that are only just becoming another program, and show no environment. Linux only. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function described(pid: number): string {
  const read = (name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return 'gone';
    }
  };
  return `${pid} (${read('cmdline').slice(0, 200)}; ${read('stat')}; ${read('wchan')})`;
}

/** What is looked at of a line of the journal. */
export interface Line {
  readonly type: string;
  readonly task?: string;
  readonly attempt?: number;
  readonly outcome?: { readonly kind: string };
  readonly commit?: string;
}
