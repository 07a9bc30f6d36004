/** `batchtool clean`: deletes runs that are over, saying how much each holds. What lives or can be resumed soon stays. */
import { systemClock } from '../clock.js';
import { Fatal, problem, type Result, success } from '../core/problem.js';
import { showSize } from '../core/units.js';
import { claimRun } from '../journal/claim.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { abandonedRuns, removeRun, sizeOf } from '../journal/removal.js';
import { listRuns } from '../journal/runs.js';
import { runWord } from '../reports/status.js';
import { isEnding, namedRun, understand } from './arguments.js';
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
  const picked = pickRun(stateDir.value, named);
  if (!picked.ok) return refuse(around, picked.problems);
  if (stateDir.value === undefined) return nothing(around);
  const olderThan = settings['older-than']?.value;
  const keep = settings.keep?.value;
  const age = olderThan ?? (keep === undefined && named === undefined ? DEFAULT_AGE_MILLIS : 0);
  const candidates =
    named === undefined
      ? listRuns(stateDir.value).slice(keep ?? 0)
      : picked.value === undefined
        ? []
        : [picked.value];
  const going = candidates.flatMap((folder) => describe(folder, systemClock.now() - age, around));
  return remove(stateDir.value, going, settings['dry-run']?.value === true, around);
}

interface Going {
  readonly folder: RunFolder;
  readonly text: string;
  readonly bytes: number;
}

/** A run that ended before `since`; live and too young ones give nothing. */
function describe(folder: RunFolder, since: number, around: Surroundings): Going[] {
  try {
    const { state, live, interrupted } = loadRun(folder);
    const endedAt = state.endedAt ?? state.activeSince;
    if (live || endedAt > since) return [];
    const bytes = sizeOf(folder);
    return [
      {
        folder,
        bytes,
        text: `${folder.id}  ${state.plan.name}  ${runWord(state, interrupted)}  ${showSize(bytes)}`,
      },
    ];
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    const what = `run ${folder.id} is left alone: ${error.problem.message}`;
    refuse(around, [problem(what, `\`rm -r ${folder.path}\` deletes it all the same`)]);
    return [];
  }
}

function remove(stateDir: StateDir, going: readonly Going[], dryRun: boolean, around: Surroundings): Ending {
  if (!dryRun) for (const folder of abandonedRuns(stateDir)) removeRun(stateDir, folder);
  if (going.length === 0) return nothing(around);
  const gone = dryRun ? going : going.filter(({ folder }) => removeUnlessClaimed(stateDir, folder, around));
  for (const { text } of gone) around.stdout.write(`${text}\n`);
  const bytes = gone.reduce((sum, run) => sum + run.bytes, 0);
  const runs = gone.length === 1 ? '1 run' : `${gone.length} runs`;
  around.stdout.write(`${dryRun ? 'would delete' : 'deleted'} ${runs}, ${showSize(bytes)}\n`);
  return 0;
}

/** Somebody may resume it at this moment; then it stays. */
function removeUnlessClaimed(stateDir: StateDir, folder: RunFolder, around: Surroundings): boolean {
  const claim = claimToRemove(folder);
  if (claim.ok) removeRun(stateDir, folder);
  else refuse(around, claim.problems);
  return claim.ok;
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
