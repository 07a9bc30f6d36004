/** `report --format json`: the documents of `status` and `stats` in one, with the reasons in words and the last lines of what failed. */
import type { AttemptRef } from '../core/ports.js';
import { contestDocuments, sharedDocument } from './changes-document.js';
import { cleanLine } from './clean.js';
import { budgetDocument, usedBy } from './cost.js';
import { statusDocument } from './json.js';
import type { Material } from './material.js';
import { failureReason, outcomeReason, rootsOf } from './reason.js';
import { reproduction } from './reproduce.js';
import { runStats } from './stats.js';
import { statsDocument } from './stats-sheet.js';

/** `logPath` gives the absolute path of an attempt's log. */
export function reportDocument(material: Material, logPath: (attempt: AttemptRef) => string) {
  const { state, now, interrupted, tails } = material;
  const status = statusDocument(state, interrupted, logPath);
  const { run, criticalPath, advice, tasks } = statsDocument(state, runStats(state, [], now), interrupted);
  const roots = rootsOf(state);
  return {
    run,
    tasks: state.tasks.map((task, index) => {
      const failed = task.outcome?.kind === 'failed' ? task.outcome : undefined;
      return {
        ...status.tasks[index],
        mayFail: task.task.mayFail === true,
        reason:
          (failed === undefined
            ? outcomeReason(state, task, roots)
            : failureReason(state, task, failed.exit)) ?? null,
        workMs: tasks[index]?.workMs ?? 0,
        waitedMs: tasks[index]?.waitedMs ?? null,
        peakMemoryBytes: tasks[index]?.peakMemoryBytes ?? null,
        criticalMs: tasks[index]?.criticalMs ?? 0,
        ...budgetDocument(usedBy(task)),
        lastLines: failed === undefined ? null : (tails.get(task.task.id) ?? []).map(cleanLine),
        command: failed === undefined ? null : (reproduction(state.plan, task.task, material) ?? null),
      };
    }),
    contests: contestDocuments(state),
    sharedFiles: sharedDocument(state),
    criticalPath,
    advice,
  };
}
