/** `batchtool stats`: where the time of a run went, and how its tasks did over past runs. */
import { systemClock } from '../clock.js';
import { Fatal } from '../core/problem.js';
import type { RunState } from '../core/state.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { listRuns, readMeta } from '../journal/runs.js';
import { runStats } from '../reports/stats.js';
import { statsDocument, statsSheet } from '../reports/stats-sheet.js';
import { loadRun } from './look.js';
import { showRun } from './looking.js';
import type { Verb } from './surroundings.js';

/** Past runs that are looked at, the newest ones. */
const MOST_PAST_RUNS = 20;

export const statsVerb: Verb = {
  run: (words, around) =>
    showRun('stats', words, around, ({ folder, state, interrupted }, { stateDir, most }) => {
      const stats = runStats(state, pastRuns(stateDir, folder, state.plan.name), systemClock.now());
      return {
        sheet: () => statsSheet(state, stats, most),
        document: () => statsDocument(state, stats, interrupted),
      };
    }),
};

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
