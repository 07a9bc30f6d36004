/**
 * `batchtool clean`: deletes runs that are over and what they have left, saying before how much that is. What lives or can be
 * resumed soon stays, and so does work that is merged nowhere.
 */
import { systemClock } from '../clock.js';
import { resultBranch } from '../core/branch.js';
import { Fatal, problem, type Result, success } from '../core/problem.js';
import { showSize } from '../core/units.js';
import { isForced, type Settings } from '../input/settings.js';
import { claimRun } from '../journal/claim.js';
import { findStateDir, type RunFolder, type StateDir } from '../journal/folder.js';
import { abandonedRuns, removeRun, sizeOf } from '../journal/removal.js';
import { listFolders, listRuns } from '../journal/runs.js';
import { runWord } from '../reports/status.js';
import { showClock } from '../reports/time.js';
import type { LeftWork } from '../workspace/removal.js';
import { isEnding, namedRun, understand } from './arguments.js';
import {
  bytesOf,
  type GoingWork,
  goingAlone,
  goingText,
  goingWith,
  keepMillisOf,
  type LeftHere,
  lookForWork,
} from './left-work.js';
import { loadRun, lookAtStateDir, ownerLives, pickRun, thisOwner } from './look.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

const DEFAULT_AGE_MILLIS = 7 * 86_400_000;

export const cleanVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('clean', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const named = namedRun(given);
  // What runs have left in the repository outlives the state folder.
  const path = findStateDir({ cwd: around.cwd, stateDir: settings['state-dir']?.value ?? '' });
  const left = await lookForWork({ path }, around);
  const lost = lostWorks(stateDir.value, left).filter(({ run }) => named === undefined || named === run);
  const picked = named === undefined || lost.length > 0 ? success(undefined) : pickRun(stateDir.value, named);
  if (!picked.ok) return refuse(around, picked.problems);
  const limits = limitsIn(settings, named);
  const candidates =
    named === undefined
      ? runsIn(stateDir.value).slice(settings.keep?.value ?? 0)
      : picked.value === undefined
        ? []
        : [picked.value];
  const going = [
    ...candidates.flatMap((folder) => describe(folder, limits, left, around)),
    ...lost.flatMap((work) =>
      describeLost(work, named === undefined ? undefined : limits.keepMillis, around),
    ),
  ];
  return remove(stateDir.value, { going, left, dryRun: settings['dry-run']?.value === true }, around);
}

function runsIn(stateDir: StateDir | undefined): RunFolder[] {
  return stateDir === undefined ? [] : listRuns(stateDir);
}

interface Going {
  /** Undefined: only what it has left is still there. */
  readonly folder: RunFolder | undefined;
  readonly text: string;
  readonly bytes: number;
  readonly work: GoingWork | undefined;
}

/** How long ago a run must have ended, and how long its work is kept: absent, as long as it was told itself. */
interface Limits {
  readonly ageMillis: number;
  readonly keepMillis?: number;
}

function limitsIn(settings: Settings, named: string | undefined): Limits {
  const isAnyMeant = settings.keep?.value === undefined && named === undefined;
  const keepWork = settings['keep-work'];
  return {
    ageMillis: settings['older-than']?.value ?? (isAnyMeant ? DEFAULT_AGE_MILLIS : 0),
    ...(keepWork !== undefined && isForced(keepWork) ? { keepMillis: keepWork.value } : {}),
  };
}

/** Live and too young ones give nothing. Who says how long work is kept means runs with such work, whatever their age. */
function describe(
  folder: RunFolder,
  { ageMillis, keepMillis }: Limits,
  left: LeftHere | undefined,
  around: Surroundings,
): Going[] {
  try {
    const { state, live, interrupted } = loadRun(folder);
    const endedAt = state.endedAt ?? state.activeSince;
    const ago = systemClock.now() - endedAt;
    const found = left?.works.get(folder.id);
    const hasWork = found !== undefined && goingWith(state, found, 0, 1) === undefined;
    const least = hasWork ? Math.min(ageMillis, keepMillis ?? ageMillis) : ageMillis;
    if (live || ago < least) return [];
    const name = `${folder.id}  ${state.plan.name}  ${runWord(state, interrupted)}`;
    const work = found && goingWith(state, found, ago, keepMillis);
    if (found !== undefined && work === undefined) {
      const until = showClock(endedAt + (keepMillis ?? keepMillisOf(state)), systemClock.now());
      around.stdout.write(
        `${name}  stays until ${until}: work that was not merged is kept so long; now: batchtool clean ${folder.id} --keep-work 1s${around.stateWords ?? ''}\n`,
      );
      return [];
    }
    return [{ folder, work, ...described(name, sizeOf(folder), work) }];
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    const what = `run ${folder.id} is left alone: ${error.problem.message}`;
    refuse(around, [problem(what, `\`rm -r ${folder.path}\` deletes it all the same`)]);
    return [];
  }
}

/** What runs have left whose own folders are gone already. */
function lostWorks(stateDir: StateDir | undefined, left: LeftHere | undefined): LeftWork[] {
  const known = new Set((stateDir === undefined ? [] : listFolders(stateDir)).map(({ id }) => id));
  return [...(left?.works.values() ?? [])].filter(({ run }) => !known.has(run));
}

function describeLost(found: LeftWork, keepMillis: number | undefined, around: Surroundings): Going[] {
  const work = goingAlone(found, keepMillis);
  if (work.folder === undefined && work.branches.length === 0) {
    sayStaying(work, found.run, around);
    return [];
  }
  return [{ folder: undefined, work, ...described(`${found.run}  is gone`, 0, work) }];
}

/** The result alone was told when its run went. */
function sayStaying({ staying }: GoingWork, run: string, { stdout, stateWords = '' }: Surroundings): void {
  const count = staying.filter((name) => name !== resultBranch(run)).length;
  if (count === 0) return;
  const what = count === 1 ? '1 branch stays that' : `${count} branches stay that`;
  stdout.write(
    `${run}  is gone  ${what} nobody has merged; if no other state folder has this run: batchtool clean ${run} --keep-work 1s${stateWords}\n`,
  );
}

function described(
  name: string,
  ownBytes: number,
  work: GoingWork | undefined,
): { text: string; bytes: number } {
  const workBytes = work === undefined ? 0 : bytesOf(work);
  const more = work === undefined ? '' : goingText(work, workBytes);
  const own = ownBytes === 0 ? [] : [showSize(ownBytes)];
  return {
    text: `${name}  ${[...own, ...(more === '' ? [] : [more])].join(', ')}`,
    bytes: ownBytes + workBytes,
  };
}

interface Removal {
  readonly going: readonly Going[];
  readonly left: LeftHere | undefined;
  readonly dryRun: boolean;
}

async function remove(
  stateDir: StateDir | undefined,
  { going, left, dryRun }: Removal,
  around: Surroundings,
): Promise<Ending> {
  if (!dryRun && stateDir !== undefined)
    for (const folder of abandonedRuns(stateDir)) removeRun(stateDir, folder);
  if (going.length === 0) return nothing(around);
  for (const { text } of going) around.stdout.write(`${text}\n`);
  const gone: Going[] = [];
  for (const one of going) if (dryRun || (await removeOne(stateDir, one, left, around))) gone.push(one);
  for (const branch of gone.flatMap(({ work }) => work?.staying ?? []))
    around.stdout.write(`the branch ${branch} stays, for nobody has merged it: git branch -D ${branch}\n`);
  const bytes = gone.reduce((sum, run) => sum + run.bytes, 0);
  const runs = gone.length === 1 ? '1 run' : `${gone.length} runs`;
  around.stdout.write(`${dryRun ? 'would delete' : 'deleted'} ${runs}, ${showSize(bytes)}\n`);
  return 0;
}

/** Somebody may resume it at this moment; then it stays. Its own folder goes last, for it tells what the rest is. */
async function removeOne(
  stateDir: StateDir | undefined,
  { folder, work }: Going,
  left: LeftHere | undefined,
  around: Surroundings,
): Promise<boolean> {
  const claim = folder === undefined ? success(undefined) : claimToRemove(folder);
  if (!claim.ok) {
    refuse(around, claim.problems);
    return false;
  }
  const kept = work === undefined ? [] : ((await left?.remove(work)) ?? []);
  for (const branch of kept)
    around.stderr.write(`batchtool: the branch ${branch} stays: it is checked out\n`);
  if (folder !== undefined && stateDir !== undefined) removeRun(stateDir, folder);
  return true;
}

/** A claim takes room, which a full disk does not have, and to make some is what this verb is for. Nobody can resume then. */
function claimToRemove(folder: RunFolder): Result<unknown> {
  try {
    return claimRun(folder, thisOwner(), ownerLives);
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    return success(undefined);
  }
}

function nothing(around: Surroundings): Ending {
  around.stdout.write('nothing to delete\n');
  return 0;
}
