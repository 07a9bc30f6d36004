/** Finding a run and folding its journal: what every verb that looks at runs begins with. */

import { hostname } from 'node:os';
import type { Event, Owner } from '../core/event.js';
import { evolve } from '../core/evolve.js';
import { nearest } from '../core/nearest.js';
import type { Plan } from '../core/plan.js';
import { Fatal, failure, problem, problemText, type Result, success } from '../core/problem.js';
import { initialState, type RunState } from '../core/state.js';
import { isAlive, startTimeOf } from '../executors/process-table.js';
import { holderOf } from '../journal/claim.js';
import { findStateDir, lookIntoStateDir, type RunFolder, type StateDir } from '../journal/folder.js';
import { followJournal, type JournalFollower } from '../journal/follow.js';
import { journalEvents } from '../journal/journal.js';
import { findRun, listRuns, readMeta, readPlan } from '../journal/runs.js';
import { complain, type Surroundings } from './surroundings.js';

/** A run as its files tell it. */
export interface LoadedRun {
  readonly folder: RunFolder;
  readonly plan: Plan;
  readonly planDigest: string;
  readonly state: RunState;
  /** Its first event was written. */
  readonly begun: boolean;
  /** Not over, and its process is gone. */
  readonly interrupted: boolean;
  /** Not over, and its process lives. */
  readonly live: boolean;
}

/** The state folder without making it; undefined if there is none yet. */
export function lookAtStateDir(
  cwd: string,
  stateDir: string | undefined,
): Promise<Result<StateDir | undefined>> {
  return lookIntoStateDir(findStateDir(stateDir === undefined ? { cwd } : { cwd, stateDir }));
}

/** Reads a run's plan and folds its journal. Throws `Fatal` if they are damaged. */
export function loadRun(folder: RunFolder): LoadedRun {
  const { plan, planDigest } = readPlan(folder);
  const state = initialState(plan);
  for (const event of journalEvents(folder.journal)) foldIn(state, event, folder, planDigest);
  const begun = state.id !== '';
  if (!begun) introduce(state, folder);
  return { folder, plan, planDigest, state, begun, ...lifeOf(folder, state) };
}

/** The same; a run that cannot be read is named on stderr and gives undefined, for it must not hide the others. */
export function loadReadable(folder: RunFolder, around: Surroundings): LoadedRun | undefined {
  try {
    return loadRun(folder);
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    complain(around, problemText(error.problem));
    return undefined;
  }
}

/** Events name tasks of the plan that they were written for, and of no other. */
function foldIn(state: RunState, event: Event, folder: RunFolder, planDigest: string): void {
  if (event.type === 'run.started' && event.planDigest !== planDigest)
    throw new Fatal(
      4,
      problem(
        `the stored plan ${folder.plan} is damaged: it was changed after the run began`,
        'start the run anew',
      ),
    );
  evolve(state, event);
}

/** What has no event yet is known by its folder. */
function introduce(state: RunState, folder: RunFolder): void {
  state.id = folder.id;
  state.startedAt = state.activeSince = readMeta(folder)?.createdAt ?? 0;
}

/** A run that is read on while another process writes it. */
export class WatchedRun {
  readonly plan: Plan;
  readonly state: RunState;
  private readonly planDigest: string;
  private readonly journal: JournalFollower;

  constructor(readonly folder: RunFolder) {
    const { plan, planDigest } = readPlan(folder);
    this.plan = plan;
    this.planDigest = planDigest;
    this.state = initialState(this.plan);
    this.journal = followJournal(folder.journal);
  }

  /** Folds what is new. Gives whether the run's process still lives; what it wrote before it ended is folded then. */
  refresh(): { live: boolean; interrupted: boolean } {
    const life = lifeOf(this.folder, this.state);
    for (let events = this.journal.read(); events.length > 0; events = this.journal.read())
      for (const event of events) foldIn(this.state, event, this.folder, this.planDigest);
    return this.state.status === 'running' ? life : { live: false, interrupted: false };
  }

  close(): void {
    this.journal.close();
  }
}

/** Whether somebody is writing this run. Before its first event a run that is not held was never begun. */
export function lifeOf(folder: RunFolder, state: RunState): { live: boolean; interrupted: boolean } {
  if (state.status !== 'running') return { live: false, interrupted: false };
  const holder = holderOf(folder) ?? state.owner;
  const live = holder !== undefined && ownerLives(holder);
  return { live, interrupted: !live };
}

/** Who writes what this process writes. */
export function thisOwner(): Owner {
  return { pid: process.pid, startTime: startTimeOf(process.pid) ?? '', host: hostname() };
}

/** Of a process on another machine nothing can be known: it is taken for alive. */
export function ownerLives(owner: Owner): boolean {
  return owner.host !== hostname() || isAlive(owner);
}

/** The run that was asked for by id or name, or the newest one that fits; undefined if there is none at all. */
export function pickRun(
  stateDir: StateDir | undefined,
  asked: string | undefined,
  fits: (folder: RunFolder) => boolean = () => true,
): Result<RunFolder | undefined> {
  if (asked !== undefined) {
    const found = stateDir && findRun(stateDir, asked);
    return found === undefined ? unknownRun(stateDir, asked) : success(found);
  }
  return success(stateDir && listRuns(stateDir).find(fits));
}

function unknownRun(stateDir: StateDir | undefined, asked: string): Result<never> {
  const runs = stateDir === undefined ? [] : listRuns(stateDir);
  if (runs.length === 0) return failure(`there is no run ${JSON.stringify(asked)}; nothing has run here yet`);
  const names = runs.slice(0, 50).flatMap((run) => [run.id, readMeta(run)?.name ?? run.id]);
  const near = nearest(asked, names);
  return failure(
    `there is no run ${JSON.stringify(asked)}`,
    near === undefined ? '`batchtool list` shows all runs' : `did you mean ${JSON.stringify(near)}?`,
  );
}

/** What to say when there is nothing to look at. */
export function noRunYet({ stateWords = '' }: Surroundings): string {
  return `no run yet; start one: batchtool run${stateWords} 'echo hello'`;
}
