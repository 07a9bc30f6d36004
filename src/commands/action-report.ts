/** What the action says about a run that is over: annotations, outputs, the summary of the step and the report in a file. */
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { problemText } from '../core/problem.js';
import { lastAttempt, type RunState } from '../core/state.js';
import { addSummary, annotate, giveOutputs, MOST_ANNOTATIONS } from '../github/runner.js';
import type { OutputName } from '../input/action-names.js';
import type { ActionRequest } from '../input/inputs.js';
import type { RunFolder } from '../journal/folder.js';
import { makeFolder, writeWhole } from '../journal/private-file.js';
import { lastLines } from '../journal/tail.js';
import { failureAnnotations } from '../reports/failure-annotations.js';
import { failedTasks, tailLines } from '../reports/failures.js';
import { resultsText } from '../reports/results.js';
import { stepSummary } from '../reports/step-summary.js';
import { tallyOf } from '../reports/tally.js';
import { type Hidden, hider } from './workflow-log.js';

/** As much of a log's end as is looked at for its last lines. */
const TAIL_BYTES = 64 * 1024;

interface Over {
  readonly state: RunState;
  readonly folder: RunFolder;
}

/** `env`: the runner's own. What is hidden is hidden here too. */
export function reportRun(
  { state, folder }: Over,
  { summary, annotations }: ActionRequest,
  hidden: Hidden,
  env: NodeJS.ProcessEnv,
): void {
  const hide = hider(hidden);
  const text = hide(stepSummary({ state, now: systemClock.now(), tails: tailsOf(state, folder) }));
  if (summary) {
    const unwritten = addSummary(text, env);
    if (unwritten !== undefined) annotate({ level: 'warning', message: problemText(unwritten) });
  }
  if (annotations)
    for (const { title, message } of failureAnnotations(state, MOST_ANNOTATIONS))
      annotate({ level: 'error', title: hide(title), message: hide(message) });
  giveOutputs(outputsOf(state, writeReport(folder, text), hide));
}

function tailsOf(state: RunState, folder: RunFolder): Map<string, readonly string[]> {
  const failed = failedTasks(state);
  return new Map(
    failed.flatMap((task) => {
      const attempt = lastAttempt(task);
      if (attempt === undefined) return [];
      const { log } = folder.files({ task: task.task.id, attempt: attempt.number });
      return [[task.task.id, lastLines(log, tailLines(failed.length), TAIL_BYTES)] as const];
    }),
  );
}

function writeReport(folder: RunFolder, text: string): string {
  const path = join(folder.report, 'summary.md');
  makeFolder(folder.report);
  writeWhole(path, text);
  return path;
}

function outputsOf(
  state: RunState,
  report: string,
  hide: (text: string) => string,
): Record<OutputName, string> {
  const { succeeded, failed, skipped } = tallyOf(state);
  return {
    status: state.status,
    'run-id': state.id,
    results: hide(resultsText(state)),
    succeeded: String(succeeded),
    failed: String(failed),
    skipped: String(skipped),
    duration: ((state.endedAt ?? systemClock.now()) - state.startedAt).toString(),
    report,
  };
}
