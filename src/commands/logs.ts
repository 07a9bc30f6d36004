/** `batchtool logs`: the output of tasks, of a run that is over or while it goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../clock.js';
import { type Problem, problem } from '../core/problem.js';
import type { AttemptState, TaskState } from '../core/state.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { listRuns } from '../journal/runs.js';
import { FileTail } from '../journal/tail.js';
import { runDocument } from '../reports/json.js';
import { narrator } from '../reports/narrator.js';
import { LineMerger } from '../terminal/follow-lines.js';
import { HarmlessTail } from '../terminal/harmless-tail.js';
import type { LogFeed } from '../terminal/log-feed.js';
import { Outlet } from '../terminal/outlet.js';
import { renderLines, styleFor } from '../terminal/style.js';
import { isEnding, namedRun, understand } from './arguments.js';
import { attemptsWanted, unknownWanted, type Wanted } from './logs-wanted.js';
import { loadReadable, loadRun, lookAtStateDir, noRunYet, pickRun, WatchedRun } from './look.js';
import { printJson } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

const POLL_MILLIS = 50;
/** How often new runs are looked for when all live ones are followed. */
const NEW_RUNS_MILLIS = 500;

export const logsVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('logs', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const filter = readFilter(settings.filter?.value);
  if (filter instanceof Error) return refuse(around, [badFilter(settings.filter?.value ?? '', filter)]);
  const since = settings.since?.value;
  const wanted: Wanted = {
    tasks: settings.task?.value ?? [],
    attempt: settings.attempt?.value,
    sinceAt: since === undefined ? undefined : systemClock.now() - since,
    tail: settings.tail?.value,
    filter,
  };
  const looked = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!looked.ok) return refuse(around, looked.problems);
  const named = namedRun(given);
  const picked = pickRun(looked.value, named);
  if (!picked.ok) return refuse(around, picked.problems);
  const json = settings.json?.value === true;
  if (picked.value === undefined || looked.value === undefined) {
    if (json) await printJson({ run: null, logs: [] }, around);
    else around.stdout.write(`${noRunYet(around)}\n`);
    return 0;
  }
  const follow = settings.follow?.value === true;
  const folders =
    follow && named === undefined ? liveRuns(looked.value, picked.value, around) : [picked.value];
  const unknown = folders.length === 1 ? unknownWanted(folders[0] as RunFolder, wanted, follow) : [];
  if (unknown.length > 0) return refuse(around, unknown);
  if (json) return printLogList(folders[0] as RunFolder, wanted, around);
  const shown = new ShownLogs(wanted, around);
  for (const folder of folders) shown.add(folder);
  if (follow) await shown.follow(named === undefined ? looked.value : undefined);
  else await shown.showNow();
  return 0;
}

function readFilter(text: string | undefined): RegExp | undefined | Error {
  try {
    return text === undefined ? undefined : new RegExp(text, 'i');
  } catch (error) {
    return error as Error;
  }
}

function badFilter(text: string, { message }: Error): Problem {
  return problem(
    `--filter ${JSON.stringify(text)} is no regular expression: ${message}`,
    "for example --filter 'error|warning'",
  );
}

/** All that live, newest first; if none does, the newest. */
function liveRuns(stateDir: StateDir, newest: RunFolder, around: Surroundings): RunFolder[] {
  const live = listRuns(stateDir).filter((folder) => loadReadable(folder, around)?.live === true);
  return live.length === 0 ? [newest] : live;
}

/** `--json`: which logs there are, as part of the status document, for programs read files better than streams. */
async function printLogList(folder: RunFolder, wanted: Wanted, around: Surroundings): Promise<Ending> {
  const { state, interrupted } = loadRun(folder);
  const logs = state.tasks.flatMap((task) =>
    attemptsWanted(task, wanted).map(({ number: attempt }) => {
      const { id } = task.task;
      return { task: id, attempt, log: folder.files({ task: id, attempt }).log };
    }),
  );
  await printJson({ run: runDocument(state, interrupted), logs }, around);
  return 0;
}

interface Source {
  readonly watched: WatchedRun;
  readonly feeds: Map<string, LogFeed>;
}

/** The logs of some runs as one stream. Names stand before lines unless only one task was asked for. */
class ShownLogs {
  private readonly merger: LineMerger;
  private readonly out: Outlet;
  private readonly sources: Source[] = [];
  private hasShown = false;
  /** Runs that have been complained about. */
  private readonly unreadable = new Set<string>();

  constructor(
    private readonly wanted: Wanted,
    private readonly around: Surroundings,
  ) {
    this.merger = new LineMerger(wanted.filter);
    this.out = new Outlet(around.stdout);
  }

  add(folder: RunFolder): void {
    this.sources.push({ watched: new WatchedRun(folder), feeds: new Map() });
  }

  /** What is there now: task by task in plan order, attempt by attempt. */
  async showNow(): Promise<void> {
    for (const { watched } of this.sources) {
      watched.refresh();
      for (const task of watched.state.tasks) {
        for (const attempt of attemptsWanted(task, this.wanted)) {
          await this.begin(watched, task, attempt);
          this.open(watched, task, attempt).end();
          await this.passOn();
        }
      }
      watched.close();
    }
    const { filter, sinceAt, tail } = this.wanted;
    if (!this.hasShown && filter === undefined && sinceAt === undefined && tail !== 0)
      this.around.stderr.write('no output\n');
  }

  /** Where a task was tried more than once, a line before each attempt says which one it is. */
  private async begin(watched: WatchedRun, task: TaskState, attempt: AttemptState): Promise<void> {
    const { attempt: only, filter, tail } = this.wanted;
    const isFirst = attempt === task.attempts[0];
    if (only !== undefined || filter !== undefined || tail === 0 || (isFirst && task.attempts.length === 1))
      return;
    const look = styleFor(this.around.stdout, this.around.env, 'data');
    const heading = renderLines([narrator.attemptHeading(task, attempt)], look);
    await this.out.write(`${this.merger.breakLine()}${this.nameBefore(watched, task)}${heading}`);
  }

  /** As it comes, until the runs end. With `alsoNew`, runs that begin meanwhile are followed too. */
  async follow(alsoNew: StateDir | undefined): Promise<void> {
    let lookedAt = systemClock.now();
    for (;;) {
      const lives: boolean[] = [];
      for (const source of this.sources) lives.push(await this.refresh(source));
      await this.passOn();
      if (this.out.isClosed || !lives.includes(true)) break;
      if (alsoNew !== undefined && systemClock.now() - lookedAt >= NEW_RUNS_MILLIS) {
        lookedAt = systemClock.now();
        this.addNew(alsoNew);
      }
      await sleep(POLL_MILLIS);
    }
    this.merger.close();
    for (const { watched } of this.sources) watched.close();
  }

  private addNew(stateDir: StateDir): void {
    const known = new Set(this.sources.map(({ watched }) => watched.folder.id));
    const newest = [...known].sort().at(-1) ?? '';
    for (const folder of listRuns(stateDir)) {
      if (folder.id <= newest) break;
      if (this.unreadable.has(folder.id)) continue;
      const run = loadReadable(folder, this.around);
      if (run === undefined) this.unreadable.add(folder.id);
      else if (run.live) this.add(folder);
    }
  }

  /** Opens the logs of attempts that are new; gives whether the run still lives. */
  private async refresh({ watched, feeds }: Source): Promise<boolean> {
    const { live } = watched.refresh();
    for (const task of watched.state.tasks) {
      for (const attempt of attemptsWanted(task, this.wanted)) {
        const key = `${task.task.id} ${attempt.number}`;
        const known = feeds.get(key);
        if (known === undefined) {
          // What the one before wrote stands before it.
          await this.passOn();
          await this.begin(watched, task, attempt);
        }
        const feed = known ?? this.open(watched, task, attempt);
        feeds.set(key, feed);
        if (live && attempt.exit === undefined) continue;
        feed.end();
        // At once: thousands that are over may not all be open together.
        if (known === undefined) await this.passOn();
      }
    }
    return live;
  }

  private open(watched: WatchedRun, task: TaskState, attempt: AttemptState): LogFeed {
    const { log } = watched.folder.files({ task: task.task.id, attempt: attempt.number });
    const tail = new FileTail(log);
    if (this.wanted.tail !== undefined) tail.skipToLast(this.wanted.tail);
    return this.merger.add(this.nameBefore(watched, task), new HarmlessTail(tail));
  }

  private nameBefore(watched: WatchedRun, task: TaskState): string {
    if (this.wanted.tasks.length === 1 && this.sources.length === 1) return '';
    const name = this.sources.length === 1 ? task.task.id : `${watched.plan.name} ${task.task.id}`;
    return `${styleFor(this.around.stdout, this.around.env, 'data').name(`[${name}]`, task.index)} `;
  }

  private async passOn(): Promise<void> {
    for (let bytes = this.merger.next(); bytes !== undefined; bytes = this.merger.next()) {
      this.hasShown ||= bytes.length > 0;
      await this.out.write(bytes);
      if (this.out.isClosed) return;
    }
  }
}
