/** `batchtool stats`: where the time of a run went, and how its tasks did over past runs. */
import { systemClock } from '../clock.js';
import { Fatal } from '../core/problem.js';
import type { RunState } from '../core/state.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { listRuns, readMeta } from '../journal/runs.js';
import { runStats } from '../reports/stats.js';
import { statsDocument, statsSheet } from '../reports/stats-sheet.js';
import { isEnding, namedRun, understand } from './arguments.js';
import { loadRun, lookAtStateDir, NO_RUN_YET, pickRun } from './look.js';
import { printJson, printSheet } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

/** Past runs that are looked at, the newest ones. */
const MOST_PAST_RUNS = 20;

export const statsVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('stats', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const picked = pickRun(stateDir.value, namedRun(given));
  if (!picked.ok) return refuse(around, picked.problems);
  const json = settings.json?.value === true;
  if (picked.value === undefined || stateDir.value === undefined) {
    if (json) await printJson({ run: null, tasks: [] }, around);
    else around.stdout.write(`${NO_RUN_YET}\n`);
    return 0;
  }
  const { folder, state, interrupted } = loadRun(picked.value);
  const stats = runStats(state, pastRuns(stateDir.value, folder, state.plan.name), systemClock.now());
  if (json) await printJson(statsDocument(state, stats, interrupted), around);
  else await printSheet(statsSheet(state, stats), around);
  return 0;
}

/** Runs of the same name before this one. A damaged one counts for nothing. */
function pastRuns(stateDir: StateDir, folder: RunFolder, name: string): RunState[] {
  const past: RunState[] = [];
  for (const candidate of listRuns(stateDir)) {
    if (past.length >= MOST_PAST_RUNS) break;
    if (candidate.id >= folder.id || readMeta(candidate)?.name !== name) continue;
    try {
      past.push(loadRun(candidate).state);
    } catch (error) {
      if (!(error instanceof Fatal)) throw error;
    }
  }
  return past;
}
