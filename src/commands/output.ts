/** Chooses who shows a run while it goes on, and says the closing lines when it is over. */
import { systemClock } from '../clock.js';
import type { Event } from '../core/event.js';
import type { Observer, OpenLog } from '../core/ports.js';
import type { RunState } from '../core/state.js';
import { lastAttempt } from '../core/state.js';
import type { RunFolder } from '../journal/folder.js';
import { lastBytes, lastLines } from '../journal/tail.js';
import { closingLines, failedTasks, tailLines } from '../reports/failures.js';
import { narrator } from '../reports/narrator.js';
import { Outlet } from '../terminal/outlet.js';
import type { Output, OutputPorts } from '../terminal/output.js';
import { isInteractive, renderLines, styleFor } from '../terminal/style.js';
import type { Surroundings } from './surroundings.js';

/** `json`: events as lines on stdout. `debug` adds every event on stderr. */
export interface OutputStyle {
  readonly how: 'live' | 'stream' | 'grouped' | 'quiet' | 'json';
  readonly debug: boolean;
}

export interface RunOutput {
  readonly observers: readonly Observer[];
  close(): Promise<void>;
  /** Verdict and failures, after everything else. */
  sayClosing(state: RunState): Promise<void>;
}

interface Around {
  readonly around: Surroundings;
  readonly openLog: OpenLog;
  readonly folder: RunFolder;
}

/** A live view where a person watches, else a stream; whatever was asked for wins. */
export function chooseOutput(
  asked: {
    json: boolean;
    output: 'stream' | 'grouped' | 'quiet' | undefined;
    monitor: boolean;
    debug: boolean;
  },
  { stdout, stderr, env }: Surroundings,
): OutputStyle {
  const { debug } = asked;
  if (asked.json) return { how: 'json', debug };
  const watched = isInteractive(stdout, env) && isInteractive(stderr, env);
  if (asked.monitor && watched) return { how: 'live', debug };
  return { how: asked.output ?? (watched ? 'live' : 'stream'), debug };
}

export async function makeOutput(style: OutputStyle, ports: Around): Promise<RunOutput> {
  const { around, folder } = ports;
  const main = style.how === 'json' ? new JsonLines(around) : await makeShown(style.how, ports);
  const observers: Observer[] = style.debug ? [main, new DebugLines(around)] : [main];
  return {
    observers,
    close: () => main.close(),
    sayClosing: (state) => sayClosing(state, folder, around),
  };
}

async function makeShown(
  how: Exclude<OutputStyle['how'], 'json'>,
  { around, openLog, folder }: Around,
): Promise<Output> {
  const { stdout, stderr, env } = around;
  const ports: OutputPorts = {
    out: stdout,
    err: stderr,
    outStyle: styleFor(stdout, env, 'data'),
    errStyle: styleFor(stderr, env, 'notices'),
    openLog,
    narrator,
  };
  switch (how) {
    case 'live':
      return new (await import('../terminal/live.js')).LiveOutput({
        ...ports,
        now: systemClock.now,
        peekLog: (attempt, maxBytes) => lastBytes(folder.files(attempt).log, maxBytes),
      });
    case 'grouped':
      return new (await import('../terminal/grouped.js')).GroupedOutput(ports);
    case 'quiet':
      return new (await import(/* webpackMode: "eager" */ '../terminal/quiet.js')).QuietOutput(ports);
    default:
      return new (await import(/* webpackMode: "eager" */ '../terminal/stream.js')).StreamOutput(ports);
  }
}

/** `--json`: the events themselves. */
class JsonLines implements Output {
  private readonly out: Outlet;
  private last: Promise<void> = Promise.resolve();

  constructor({ stdout }: Surroundings) {
    this.out = new Outlet(stdout);
  }

  observe(events: readonly Event[]): void {
    this.last = this.out.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }

  async close(): Promise<void> {
    await this.last;
  }
}

/** `--debug`: every event on stderr, beside whatever else is shown. */
class DebugLines implements Observer {
  private readonly err: Outlet;

  constructor({ stderr }: Surroundings) {
    this.err = new Outlet(stderr);
  }

  observe(events: readonly Event[]): void {
    void this.err.write(events.map((event) => `debug: ${JSON.stringify(event)}\n`).join(''));
  }
}

/** As much of a log's end as is looked at for its last lines. */
const TAIL_BYTES = 64 * 1024;

async function sayClosing(state: RunState, folder: RunFolder, { stderr, env }: Surroundings): Promise<void> {
  const failed = failedTasks(state);
  const tails = new Map<string, readonly string[]>();
  for (const task of failed) {
    const attempt = lastAttempt(task);
    if (attempt === undefined) continue;
    const { log } = folder.files({ task: task.task.id, attempt: attempt.number });
    tails.set(task.task.id, lastLines(log, tailLines(failed.length), TAIL_BYTES));
  }
  const lines = closingLines({ state, now: systemClock.now(), tails });
  await new Outlet(stderr).write(renderLines(lines, styleFor(stderr, env, 'notices')));
}
