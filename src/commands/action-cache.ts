/** What a step knows of the runs before it, and what it leaves for those to come, through the cache of GitHub. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../core/plan.js';
import type { Observer } from '../core/ports.js';
import { Fatal, type Problem, problemText } from '../core/problem.js';
import type { RunState } from '../core/state.js';
import { baseBranch, type CacheKeys, mayKeep, originOf } from '../github/place.js';
import { annotate, leaveForPost, leftForPost } from '../github/runner.js';
import { callFolder, callService } from '../github/service-call.js';
import { BASE_FILE, BRANCH_FILE, ENTRY_FILE } from '../github/service-request.js';
import { codeOf } from '../journal/fault.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { adoptHistory, historyText, knownWorks } from '../journal/history.js';
import { makeFolder, writeNew, writeWhole } from '../journal/private-file.js';
import type { Baseline } from '../reports/baseline.js';
import { baselineOf } from '../reports/figures.js';
import { entryText, readEntry } from './cache-entry.js';
import { needsHistory } from './history-need.js';

/** So much a slow or broken service costs around a run, and as much after the job, and nothing else. */
const MOST_MILLIS = 4500;
/** By this name the post step finds what the step has left. */
const LEFT = 'entry';

interface Left {
  readonly folder: string;
  readonly key: string;
}

/** Of one step, from run to run. The run goes on while it asks. */
export class StepCache implements Observer {
  /** The newest run of the base branch. */
  private baseline: Baseline | undefined;
  /** Notices of what did not work, once the answer is there. Undefined: it has not been asked for. */
  private recalled: Promise<string[]> | undefined;

  constructor(
    private readonly keys: CacheKeys,
    private readonly stateDir: StateDir,
    /** Of the step, not of its tasks. */
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Waits for the history of earlier runs where this one needs it. Gives notices, as all of these do. */
  async beforeRun(plan: Plan): Promise<string[]> {
    return needsHistory(plan) ? this.unsaid() : [];
  }

  /** Waits for the run to compare with, and leaves it where every report finds it. */
  async afterRun(folder: RunFolder): Promise<string[]> {
    const notices = await this.unsaid();
    const unwritten = await bearing(async () => {
      if (this.baseline === undefined) return [];
      makeFolder(folder.report);
      writeWhole(folder.baseline, JSON.stringify(this.baseline));
      return [];
    });
    return [...notices, ...unwritten];
  }

  /** Asks when the first tasks have started: before, the process that asks would be in their way. */
  observe(): void {
    if (this.recalled === undefined) setImmediate(() => this.ask());
  }

  private ask(): Promise<string[]> {
    this.recalled ??= this.recall(knownWorks(this.stateDir));
    return this.recalled;
  }

  private async unsaid(): Promise<string[]> {
    return (await this.ask()).splice(0);
  }

  private recall(known: ReadonlySet<string>): Promise<string[]> {
    return bearing(async () => {
      const folder = callFolder(this.env);
      try {
        const options = { folder, env: this.env, mostMillis: MOST_MILLIS };
        const fault = await callService({ kind: 'restore', keys: this.keys }, options);
        const said = fault === undefined ? [] : [`little is known of earlier runs: ${fault}`];
        return [...said, ...this.takeUp(folder, known)];
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  private takeUp(folder: string, known: ReadonlySet<string>): string[] {
    const found = [BASE_FILE, BRANCH_FILE].map((name) => readEntry(join(folder, name)));
    const [base, branch] = found.map((each) => (typeof each === 'string' ? undefined : each));
    if (base?.baseline?.branch === (baseBranch(this.env) ?? this.env.GITHUB_REF_NAME))
      this.baseline = base?.baseline;
    const unadopted = adoptHistory(this.stateDir, (branch ?? base)?.history ?? '', known);
    return [
      ...(found.includes('unknown') ? ['what the cache holds of earlier runs is damaged, and ignored'] : []),
      ...(unadopted === undefined ? [] : [problemText(unadopted)]),
    ];
  }

  /** Writes what the run found out, for the post step to send. A cancelled job has no time for one. */
  remember(state: RunState): Promise<string[]> {
    return bearing(async () => {
      if (state.status === 'cancelled' || !mayKeep(this.env)) return [];
      const fault = this.leave(state);
      return fault === undefined ? [] : [problemText(fault)];
    });
  }

  private leave(state: RunState): Problem | undefined {
    const baseline = baselineOf(state, originOf(this.env));
    const history = historyText(this.stateDir);
    const folder = callFolder(this.env);
    writeNew(
      join(folder, ENTRY_FILE),
      entryText(baseline === undefined ? { history } : { baseline, history }),
    );
    return leaveForPost(LEFT, JSON.stringify({ folder, key: this.keys.own } satisfies Left));
  }
}

/** What the disk has no room for is a notice: none of this is worth a job. */
async function bearing(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof Fatal)) throw error;
    return [`runs will know less of each other: ${(error as Error).message}`];
  }
}

/** The post step: sends what was left, if anything was. */
export async function sendRemembered(env: NodeJS.ProcessEnv): Promise<void> {
  const left = leftForPost(LEFT);
  if (left === '') return;
  const { folder, key } = JSON.parse(left) as Left;
  const fault = await callService({ kind: 'save', key }, { folder, env, mostMillis: MOST_MILLIS });
  if (fault !== undefined)
    annotate({ level: 'notice', message: `later runs will not know of this one: ${fault}` });
  rmSync(folder, { recursive: true, force: true });
}
