/** What isolated tasks of runs have left beside the runs' own folders, and what of it may go. */
import { systemClock } from '../clock.js';
import { resultBranch } from '../core/branch.js';
import { DEFAULT_KEEP_MILLIS } from '../core/plan.js';
import { Fatal } from '../core/problem.js';
import type { RunState } from '../core/state.js';
import { showSize } from '../core/units.js';
import { claimRun } from '../journal/claim.js';
import { findStateDir, type StateDir } from '../journal/folder.js';
import { sizeOf } from '../journal/removal.js';
import { madeAt, openRun } from '../journal/runs.js';
import { landingOf } from '../reports/landing.js';
import { branchOf } from '../reports/work-left.js';
import { Git, GitFault } from '../workspace/git.js';
import {
  type LeftBranch,
  type LeftWork,
  leftWork,
  removeBranches,
  removeWorktrees,
  treesOf,
} from '../workspace/removal.js';
import { repositoryAround } from '../workspace/repository.js';
import { loadRun, ownerLives, thisOwner } from './look.js';
import type { Surroundings } from './surroundings.js';

/** What is there in the repository around us, and a hand to take it away. */
export interface LeftHere {
  readonly works: ReadonlyMap<string, LeftWork>;
  /** Gives branches that could not be deleted. */
  remove(going: GoingWork): Promise<string[]>;
}

/** What of one run's work goes. */
export interface GoingWork {
  readonly folder: string | undefined;
  readonly worktrees: number;
  /** Worktrees that are gone, of which git still keeps something. */
  readonly forgotten: number;
  readonly branches: readonly string[];
  /** Branches that stay: they hold what the run was for, and nobody has merged it. */
  readonly staying: readonly string[];
}

/** Undefined where there is no repository that git can read. */
export async function lookForWork(
  stateDir: Pick<StateDir, 'path'>,
  { cwd, env }: Pick<Surroundings, 'cwd' | 'env'>,
  isAsked?: (run: string) => boolean,
): Promise<LeftHere | undefined> {
  const repository = await repositoryAround(new Git(cwd, env));
  if (!repository.ok) return undefined;
  const { top, commonDir } = repository.value;
  const git = new Git(top, env);
  // Each tree of the user has one of its own, and all of them share the branches.
  const otherStateDirs = (await treesOf(git)).map((tree) => findStateDir({ cwd: tree }));
  return {
    works: await leftWork(git, { commonDir, stateDir: stateDir.path, otherStateDirs }, isAsked),
    remove: async ({ folder, branches }) => {
      if (folder !== undefined) await removeWorktrees(commonDir, folder);
      return removeBranches(git, branches);
    },
  };
}

/**
 * What is older than it is to be kept goes by itself when another run begins; the runs themselves stay, with their logs. One
 * that was interrupted may still be resumed, and keeps all. Whatever is wrong with an old run is no matter of a new one.
 * Gives what is to be said of it.
 */
export async function forgetOldWork(
  stateDir: StateDir,
  around: Pick<Surroundings, 'cwd' | 'env'>,
): Promise<string[]> {
  const gone: string[] = [];
  try {
    const left = await lookForWork(stateDir, around, (run) => oldRun(stateDir, run) !== undefined);
    for (const work of left?.works.values() ?? []) {
      const text = left === undefined ? '' : await forgetWorkOf(stateDir, work, left);
      if (text !== '') gone.push(`${work.run} (${text})`);
    }
  } catch (error) {
    if (!(error instanceof Fatal || error instanceof GitFault)) throw error;
  }
  return gone.length === 0
    ? []
    : [
        `deleted what old runs had left, as batchtool clean would: ${gone.join(', ')}; --keep-work keeps it longer`,
      ];
}

/** Takes away what may go, and tells it; empty where that is nothing, or where somebody goes on with the run at this moment. */
async function forgetWorkOf(stateDir: StateDir, work: LeftWork, left: LeftHere): Promise<string> {
  const folder = openRun(stateDir, work.run);
  const claim = folder && claimRun(folder, thisOwner(), ownerLives);
  if (claim?.ok !== true) return '';
  try {
    const old = oldRun(stateDir, work.run);
    const going = old === undefined || work.isUnsaved ? undefined : goingWith(old.state, work, old.ageMillis);
    if (going === undefined) return '';
    const bytes = bytesOf(going);
    const kept = await left.remove(going);
    return goingText({ ...going, branches: going.branches.filter((name) => !kept.includes(name)) }, bytes);
  } finally {
    claim.value.release();
  }
}

/** A run that ended longer ago than its work is kept. */
function oldRun(
  stateDir: StateDir,
  run: string,
): { readonly state: RunState; readonly ageMillis: number } | undefined {
  const folder = openRun(stateDir, run);
  if (folder === undefined) return undefined;
  const { state } = loadRun(folder);
  if (state.endedAt === undefined) return undefined;
  const ageMillis = systemClock.now() - state.endedAt;
  return ageMillis < keepMillisOf(state) ? undefined : { state, ageMillis };
}

/** How long what failed or was not taken is kept, as the run was told. */
export function keepMillisOf({ plan }: RunState): number {
  return plan.isolation?.keepMillis ?? DEFAULT_KEEP_MILLIS;
}

/** What goes with a run that is deleted; undefined: it is too young, for what failed or was not taken is kept for so long. */
export function goingWith(
  state: RunState,
  work: LeftWork,
  ageMillis: number,
  keepMillis = keepMillisOf(state),
): GoingWork | undefined {
  const wanted = wantedOf(state);
  const unmerged = work.branches.filter(({ isMerged }) => !isMerged).map(({ name }) => name);
  const staying = unmerged.filter((name) => wanted.has(name));
  if (ageMillis < keepMillis && (work.worktrees > 0 || unmerged.length > staying.length)) return undefined;
  const branches = work.branches.map(({ name }) => name).filter((name) => !staying.includes(name));
  return { ...work, branches, staying };
}

/**
 * Of a run whose own folder is found nowhere nobody knows what was wanted, or whether a state folder that we do not know has it:
 * what is merged nowhere stays, and goes only where the run is named and it is said for how long such work is kept. The result stays.
 */
export function goingAlone(work: LeftWork, keepMillis: number | undefined): GoingWork {
  const { run, folder, worktrees, forgotten } = work;
  const isOld = keepMillis !== undefined && systemClock.now() - madeAt(run) >= keepMillis;
  const goes = ({ name, isMerged }: LeftBranch): boolean => isMerged || (isOld && name !== resultBranch(run));
  const named = (going: boolean): string[] =>
    work.branches.filter((branch) => goes(branch) === going).map(({ name }) => name);
  return { folder, worktrees, forgotten, branches: named(true), staying: named(false) };
}

/** Branches with what the run was for. */
function wantedOf(state: RunState): ReadonlySet<string> {
  const isApart = landingOf(state)?.kind === 'apart';
  const succeeded = state.tasks.filter(({ status }) => isApart && status === 'succeeded');
  return new Set([resultBranch(state.id), ...succeeded.flatMap((task) => branchOf(state, task) ?? [])]);
}

/** What its worktrees weigh. */
export function bytesOf({ folder }: GoingWork): number {
  return folder === undefined ? 0 : sizeOf({ path: folder });
}

/** `2 worktrees of 120.0 MB, 3 branches`; empty where nothing goes that anybody would miss. */
export function goingText({ worktrees, forgotten, branches }: GoingWork, bytes: number): string {
  return [
    ...(worktrees === 0 ? [] : [`${counted(worktrees, 'worktree')} of ${showSize(bytes)}`]),
    ...(forgotten === 0 ? [] : [`${counted(forgotten, 'worktree')} already gone`]),
    ...(branches.length === 0 ? [] : [counted(branches.length, 'branch', 'branches')]),
  ].join(', ');
}

function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
