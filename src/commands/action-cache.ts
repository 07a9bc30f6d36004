/** What a step knows of the runs before it, and what it leaves for those to come, through the cache of GitHub. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { problemText } from '../core/problem.js';
import type { RunState } from '../core/state.js';
import { courierFolder, sendCourier } from '../github/courier.js';
import { BASE_FILE, BRANCH_FILE, PARCEL_FILE } from '../github/errand.js';
import { baseBranch, type CacheKeys, mayKeep, originOf } from '../github/place.js';
import { annotate, leaveForPost, leftForPost } from '../github/runner.js';
import { codeOf } from '../journal/fault.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { adoptHistory, historyText } from '../journal/history.js';
import { makeFolder, writeNew, writeWhole } from '../journal/private-file.js';
import type { Baseline } from '../reports/baseline.js';
import { baselineOf } from '../reports/figures.js';
import { packed, unpacked } from './parcel.js';

/** So much a slow or broken service costs before a run, and as much after the job, and nothing else. */
const MOST_MILLIS = 4500;
/** By this name the post step finds what the step has left. */
const LEFT = 'parcel';

interface Left {
  readonly folder: string;
  readonly key: string;
}

/** Of one step, from run to run. */
export class StepCache {
  /** The newest run of the base branch. */
  private baseline: Baseline | undefined;

  constructor(
    private readonly keys: CacheKeys,
    private readonly stateDir: StateDir,
    /** Of the step, not of its tasks. */
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Takes up the history of earlier runs, and finds the one to compare with. Gives notices of what did not work. */
  recall(): Promise<string[]> {
    return bearing(async () => {
      const folder = courierFolder(this.env);
      try {
        const journey = { folder, env: this.env, mostMillis: MOST_MILLIS };
        const fault = await sendCourier({ kind: 'restore', keys: this.keys }, journey);
        const said = fault === undefined ? [] : [`little is known of earlier runs: ${fault}`];
        return [...said, ...this.unpack(folder)];
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  private unpack(folder: string): string[] {
    const found = [BASE_FILE, BRANCH_FILE].map((name) => unpacked(join(folder, name)));
    const [base, branch] = found.map((each) => (typeof each === 'string' ? undefined : each));
    if (base?.baseline?.branch === (baseBranch(this.env) ?? this.env.GITHUB_REF_NAME))
      this.baseline = base?.baseline;
    const unadopted = adoptHistory(this.stateDir, (branch ?? base)?.history ?? '');
    return [
      ...(found.includes('unknown') ? ['what the cache holds of earlier runs is damaged, and ignored'] : []),
      ...(unadopted === undefined ? [] : [problemText(unadopted)]),
    ];
  }

  /** Where every report of the run finds it. */
  compareIn(folder: RunFolder): void {
    if (this.baseline === undefined) return;
    makeFolder(folder.report);
    writeWhole(folder.baseline, JSON.stringify(this.baseline));
  }

  /** Packs what the run found out, for the post step to send. A cancelled job has no time for one. */
  remember(state: RunState): Promise<string[]> {
    return bearing(async () => {
      if (state.status !== 'cancelled' && mayKeep(this.env)) this.pack(state);
      return [];
    });
  }

  private pack(state: RunState): void {
    const baseline = baselineOf(state, originOf(this.env));
    const history = historyText(this.stateDir);
    const folder = courierFolder(this.env);
    writeNew(join(folder, PARCEL_FILE), packed(baseline === undefined ? { history } : { baseline, history }));
    leaveForPost(LEFT, JSON.stringify({ folder, key: this.keys.own } satisfies Left));
  }
}

/** What the disk has no room for is a notice: none of this is worth a job. */
async function bearing(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return [`runs will know less of each other: ${(error as Error).message}`];
  }
}

/** The post step: sends what was packed, if anything was. */
export async function sendRemembered(env: NodeJS.ProcessEnv): Promise<void> {
  const left = leftForPost(LEFT);
  if (left === '') return;
  const { folder, key } = JSON.parse(left) as Left;
  const fault = await sendCourier({ kind: 'save', key }, { folder, env, mostMillis: MOST_MILLIS });
  if (fault !== undefined)
    annotate({ level: 'notice', message: `later runs will not know of this one: ${fault}` });
  rmSync(folder, { recursive: true, force: true });
}
