/** `batchtool monitor`: live runs as a table that is drawn over again; without a terminal, how they stand now. */
import { systemClock } from '../clock.js';
import { type Problem, problem } from '../core/problem.js';
import type { Sheet } from '../core/shown.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { listRuns } from '../journal/runs.js';
import { tellingTasks } from '../reports/monitor.js';
import { statusSheet } from '../reports/status.js';
import { listenForKeys } from '../terminal/keys.js';
import { LiveScreen } from '../terminal/live-screen.js';
import { fullMeasure } from '../terminal/measure.js';
import { type MonitoredRun, monitorFrame } from '../terminal/monitor-frame.js';
import { Outlet } from '../terminal/outlet.js';
import { isInteractive, styleFor } from '../terminal/style.js';
import { isEnding, namedRun, understand } from './arguments.js';
import { loadRun, lookAtStateDir, noRunYet, pickRun, WatchedRun } from './look.js';
import { printSheet } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

const DEFAULT_REFRESH_MILLIS = 1000;
const LEAST_REFRESH_MILLIS = 100;
const MOST_REFRESH_MILLIS = 3_600_000;

export const monitorVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('monitor', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const refreshMillis = settings.refresh?.value ?? DEFAULT_REFRESH_MILLIS;
  const faults = refreshProblems(refreshMillis);
  if (faults.length > 0) return refuse(around, faults);
  const looked = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!looked.ok) return refuse(around, looked.problems);
  const named = namedRun(given);
  const picked = pickRun(looked.value, named);
  if (!picked.ok) return refuse(around, picked.problems);
  if (picked.value === undefined || looked.value === undefined) {
    around.stdout.write(`${noRunYet(around)}\n`);
    return 0;
  }
  const folders = named === undefined ? liveRuns(looked.value, picked.value) : [picked.value];
  const shown = new ShownRuns(folders, named === undefined ? looked.value : undefined, around);
  if (!isInteractive(around.stdout, around.env)) return snapshot(shown, around);
  return watch(shown, refreshMillis, around);
}

function refreshProblems(millis: number): Problem[] {
  if (millis >= LEAST_REFRESH_MILLIS && millis <= MOST_REFRESH_MILLIS) return [];
  return [problem('--refresh: expected a time from 100ms to 1h', 'for example --refresh 5s')];
}

/** All that live, newest first; if none does, the newest. */
function liveRuns(stateDir: StateDir, newest: RunFolder): RunFolder[] {
  const live = listRuns(stateDir).filter((folder) => loadRun(folder).live);
  return live.length === 0 ? [newest] : live;
}

/** The runs that are watched, read on each time they are looked at. */
class ShownRuns {
  private readonly watched: { readonly run: WatchedRun; interrupted: boolean }[];

  /** With `alsoNew`, runs that begin meanwhile are watched too. */
  constructor(
    folders: readonly RunFolder[],
    private readonly alsoNew: StateDir | undefined,
    private readonly around: Pick<Surroundings, 'stateWords'>,
  ) {
    this.watched = folders.map((folder) => ({ run: new WatchedRun(folder), interrupted: false }));
  }

  /** Reads what is new; gives whether one still lives. */
  refresh(): boolean {
    this.addNew();
    let lives = false;
    for (const one of this.watched) {
      const { live, interrupted } = one.run.refresh();
      one.interrupted = interrupted;
      if (live) lives = true;
    }
    return lives;
  }

  sheets(): MonitoredRun[] {
    return this.watched.map(({ run: { state }, interrupted }) => ({
      tasks: state.tasks.length,
      sheet: (most: number): Sheet =>
        statusSheet({
          state,
          now: systemClock.now(),
          interrupted,
          shown: tellingTasks(state, most),
          stateWords: this.around.stateWords ?? '',
        }),
    }));
  }

  close(): void {
    for (const { run } of this.watched) run.close();
  }

  private addNew(): void {
    if (this.alsoNew === undefined) return;
    const known = new Set(this.watched.map(({ run }) => run.folder.id));
    const newest = [...known].sort().at(-1) ?? '';
    for (const folder of listRuns(this.alsoNew)) {
      if (folder.id <= newest) break;
      if (loadRun(folder).live) this.watched.unshift({ run: new WatchedRun(folder), interrupted: false });
    }
  }
}

async function snapshot(shown: ShownRuns, around: Surroundings): Promise<Ending> {
  shown.refresh();
  for (const [index, { sheet, tasks }] of shown.sheets().entries()) {
    if (index > 0) around.stdout.write('\n');
    await printSheet(sheet(tasks), around);
  }
  shown.close();
  return 0;
}

/** Draws until the runs end, somebody leaves, or nobody reads any more. The last picture stays. */
async function watch(shown: ShownRuns, refreshMillis: number, around: Surroundings): Promise<Ending> {
  const out = new Outlet(around.stdout);
  const screen = new LiveScreen(out);
  const style = styleFor(around.stdout, around.env, 'data');
  const measure = await fullMeasure();
  const wait = new Wait(around);
  let lines: string[] = [];
  for (;;) {
    const lives = shown.refresh();
    const { columns = 80, rows = 24 } = around.stdout;
    // Behind a line that fills the last column, erasing the rest of it takes its last character too.
    lines = await monitorFrame(shown.sheets(), { columns: Math.max(1, columns - 1), rows }, style, measure);
    if (!lives || wait.ending !== undefined || out.isClosed) break;
    await screen.show('', lines, measure);
    await wait.next(refreshMillis);
  }
  wait.close();
  await screen.leave(`${lines.join('\n')}\n`);
  shown.close();
  return wait.ending ?? 0;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Waits for the next picture: a time, or less when the terminal changes its size or somebody wants to leave. */
class Wait {
  ending: Ending | undefined;
  private wake: () => void = () => undefined;
  private readonly undo: (() => void)[];

  constructor({ stdout }: Surroundings) {
    const resized = (): void => this.wake();
    stdout.on('resize', resized);
    this.undo = [
      () => stdout.removeListener('resize', resized),
      listenForKeys(process.stdin, {
        quit: () => this.end(0),
        interrupt: () => this.end({ signal: 'SIGINT' }),
      }),
      ...SIGNALS.map((signal) => {
        const handler = (): void => this.end({ signal });
        process.on(signal, handler);
        return () => void process.off(signal, handler);
      }),
    ];
  }

  next(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, millis);
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.wake = done;
      if (this.ending !== undefined) done();
    });
  }

  close(): void {
    for (const undo of this.undo) undo();
  }

  private end(ending: Ending): void {
    this.ending ??= ending;
    this.wake();
  }
}
