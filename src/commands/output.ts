/** Chooses who shows a run while it goes on, and says the closing lines when it is over. */
import { systemClock } from '../clock.js';
import type { Event } from '../core/event.js';
import type { AttemptRef, Observer, OpenLog } from '../core/ports.js';
import type { Line } from '../core/shown.js';
import type { RunState } from '../core/state.js';
import { lastAttempt } from '../core/state.js';
import type { Settings } from '../input/settings.js';
import type { RunFolder } from '../journal/folder.js';
import { lastBytes, lastLines } from '../journal/tail.js';
import { closingLines, failedTasks, tailLines } from '../reports/failures.js';
import { besideBlocks, narrator } from '../reports/narrator.js';
import { Outlet } from '../terminal/outlet.js';
import type { Output, OutputPorts } from '../terminal/output.js';
import { isInteractive, renderLines, styleFor } from '../terminal/style.js';
import type { ProgressFile } from './progress.js';
import type { Surroundings } from './surroundings.js';

/** `json`: events as lines on stdout. On stderr, `verbose` adds details and `debug` every event. */
export interface OutputStyle {
  readonly how: 'live' | 'stream' | 'grouped' | 'quiet' | 'json';
  readonly verbose: boolean;
  readonly debug: boolean;
  /** The file or folder of `--progress-tracking`, as typed. */
  readonly progress?: string;
}

export interface RunOutput {
  readonly observers: readonly Observer[];
  /** Something that is no event, in its place among the rest. */
  say(line: Line): void;
  close(): Promise<void>;
  /** Verdict and failures, after everything else. */
  sayClosing(state: RunState): Promise<void>;
}

/** Where output goes to and comes from. */
export interface OutputPlaces {
  readonly around: Surroundings;
  readonly openLog: OpenLog;
  readonly folder: RunFolder;
}

/** A live view where a person watches, else a stream; whatever was asked for wins. */
export function chooseOutput(settings: Settings, around: Surroundings): OutputStyle {
  const more = extrasWanted(settings);
  if (settings.json?.value === true) return { how: 'json', ...more };
  const wanted = settings.output?.value;
  const mayBeLive = wanted === undefined || settings.monitor?.value === true;
  return { how: mayBeLive && isWatched(around) ? 'live' : (wanted ?? 'stream'), ...more };
}

/** To look at a stream makes it, which takes a while. */
function isWatched({ stdout, stderr, env }: Surroundings): boolean {
  return isInteractive(stdout, env) && isInteractive(stderr, env);
}

/** What is to be shown beside the run itself. */
export function extrasWanted(settings: Settings): Omit<OutputStyle, 'how'> {
  const progress = settings['progress-tracking']?.value;
  return {
    verbose: settings.verbose?.value === true,
    debug: settings.debug?.value === true,
    ...(progress === undefined ? {} : { progress }),
  };
}

/** Output in a style, for who carries a plan out. */
export function outputIn(style: OutputStyle): (places: OutputPlaces) => Promise<RunOutput> {
  return async (places) =>
    withExtras(
      style.how === 'json' ? new JsonLines(places.around) : await makeShown(style.how, places),
      style,
      places,
    );
}

/** Adds to who shows a run what was asked for besides: details, every event, a file of progress. */
export async function withExtras(
  main: Output,
  style: Omit<OutputStyle, 'how'> & Partial<Pick<OutputStyle, 'how'>>,
  ports: OutputPlaces,
): Promise<RunOutput> {
  const { folder } = ports;
  const say = (line: Line): void => main.say?.(line);
  const observers: Observer[] = [main];
  if (style.verbose) observers.push(await verboseLines(say, folder));
  if (style.debug) observers.push({ observe: (events) => events.map(debugLine).forEach(say) });
  const progress = style.progress === undefined ? undefined : await trackProgress(style.progress, say, ports);
  if (progress !== undefined) observers.push(progress);
  return {
    observers,
    say,
    close: () => {
      progress?.close();
      return main.close();
    },
    sayClosing: (state) => sayClosing(state, ports, style.how === 'live'),
  };
}

async function trackProgress(
  given: string,
  say: (line: Line) => void,
  { around, folder }: OutputPlaces,
): Promise<ProgressFile> {
  const { ProgressFile, progressPath } = await import('./progress.js');
  return new ProgressFile({
    path: progressPath(around.cwd, given),
    logPath: (attempt) => folder.files(attempt).log,
    failed: (message) => say([{ text: '⚠', tone: 'warn' }, { text: ` ${message}` }]),
  });
}

async function verboseLines(say: (line: Line) => void, folder: RunFolder): Promise<Observer> {
  const { detailLines } = await import('../reports/details.js');
  const logPath = (attempt: AttemptRef): string => folder.files(attempt).log;
  return { observe: (events, state) => detailLines(events, state, logPath).forEach(say) };
}

function debugLine(event: Event): Line {
  return [{ text: `debug: ${JSON.stringify(event)}` }];
}

async function makeShown(
  how: Exclude<OutputStyle['how'], 'json'>,
  { around, openLog, folder }: OutputPlaces,
): Promise<Output> {
  const { stderr, env } = around;
  const notices = { err: stderr, errStyle: styleFor(stderr, env, 'notices'), narrator };
  if (how === 'quiet')
    return new (await import(/* webpackMode: "eager" */ '../terminal/quiet.js')).QuietOutput(notices);
  const { stdout } = around;
  const ports: OutputPorts = {
    ...notices,
    out: stdout,
    outStyle: styleFor(stdout, env, 'data'),
    openLog,
  };
  switch (how) {
    case 'live':
      return new (await import('../terminal/live.js')).LiveOutput({
        ...ports,
        now: systemClock.now,
        peekLog: (attempt, maxBytes) => lastBytes(folder.files(attempt).log, maxBytes),
      });
    case 'grouped':
      return new (await import('../terminal/grouped.js')).GroupedOutput({
        ...ports,
        narrator: besideBlocks,
      });
    default:
      return new (await import(/* webpackMode: "eager" */ '../terminal/stream.js')).StreamOutput(ports);
  }
}

/** `--json`: the events themselves on stdout; whatever else is said goes to stderr. */
class JsonLines implements Output {
  private readonly out: Outlet;
  private readonly err: Outlet;
  private shown: Promise<void> = Promise.resolve();
  private said: Promise<void> = Promise.resolve();

  constructor(private readonly around: Surroundings) {
    this.out = new Outlet(around.stdout);
    this.err = new Outlet(around.stderr);
  }

  observe(events: readonly Event[]): void {
    this.shown = this.out.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }

  say(line: Line): void {
    this.said = this.err.write(renderLines([line], styleFor(this.around.stderr, this.around.env, 'notices')));
  }

  async close(): Promise<void> {
    await Promise.all([this.shown, this.said]);
  }
}

/** As much of a log's end as is looked at for its last lines. */
const TAIL_BYTES = 64 * 1024;

async function sayClosing(
  state: RunState,
  { folder, around }: OutputPlaces,
  isOutputUnseen: boolean,
): Promise<void> {
  const { stderr, env, stateWords } = around;
  const failed = failedTasks(state);
  const tails = new Map<string, readonly string[]>();
  for (const task of failed) {
    const attempt = lastAttempt(task);
    if (attempt === undefined) continue;
    const { log } = folder.files({ task: task.task.id, attempt: attempt.number });
    tails.set(task.task.id, lastLines(log, tailLines(failed.length), TAIL_BYTES));
  }
  const lines = closingLines({
    state,
    now: systemClock.now(),
    tails,
    isOutputUnseen,
    ...(stateWords === undefined ? {} : { stateWords }),
  });
  await new Outlet(stderr).write(renderLines(lines, styleFor(stderr, env, 'notices')));
}
