/** What the action says about a run that is over: annotations, outputs, the summary of the step and the report in a file. */
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { resultBranch } from '../core/branch.js';
import { Fatal, problemText } from '../core/problem.js';
import type { RunState } from '../core/state.js';
import { hasArtifacts } from '../github/place.js';
import { addSummary, annotate, giveOutputs } from '../github/runner.js';
import type { OutputName } from '../input/action-names.js';
import type { ActionRequest } from '../input/inputs.js';
import { codeOf } from '../journal/fault.js';
import type { RunFolder } from '../journal/folder.js';
import { makeFolder, writeWhole } from '../journal/private-file.js';
import { usedIn } from '../reports/cost.js';
import { landingOf } from '../reports/landing.js';
import { markdown } from '../reports/markdown.js';
import type { Matcher } from '../reports/matcher.js';
import type { Material } from '../reports/material.js';
import { resultsText } from '../reports/results.js';
import { runWord } from '../reports/status.js';
import { tallyOf } from '../reports/tally.js';
import { unfolding } from '../terminal/unfolding.js';
import { commentOn } from './action-comment.js';
import { wantsArtifact } from './artifact-wish.js';
import { planSource } from './plan-source.js';
import { readMaterial } from './report-material.js';
import { annotationsOf } from './run-annotations.js';
import type { Surroundings } from './surroundings.js';

/** A run that has ended. */
export interface Over {
  readonly state: RunState;
  readonly folder: RunFolder;
}

export interface Telling {
  readonly request: ActionRequest;
  readonly matchers: readonly Matcher[];
  /** Takes out of a text what must not be seen. */
  readonly hide: (text: string) => string;
  /** Of the step, not of its tasks. */
  readonly runnerEnv: NodeJS.ProcessEnv;
  /** Where who reads the report finds the branches of the run. */
  readonly branches?: Material['branches'];
  /** It did not come to its end. */
  readonly isBroken?: boolean;
}

/** Nothing that cannot be written keeps the rest from being told. The pull request comes last: it may never answer. */
export async function reportRun(
  run: Over,
  { request, matchers, hide, runnerEnv, branches = 'gone', isBroken = false }: Telling,
  around: Surroundings,
): Promise<void> {
  const material = {
    ...(await materialOf(run, { request, hide, isBroken }, around)),
    ...workFor(run.state, { request, runnerEnv, branches, isBroken }),
  };
  const text = hide(markdown(material));
  const report = writeReport(run.folder, text);
  const outputs = { ...outputsOf(material, report, hide), ...workOutputs(run.state, branches) };
  for (const fault of [giveOutputs(outputs), request.summary ? addSummary(text, runnerEnv) : undefined])
    if (fault !== undefined) annotate({ level: 'warning', message: problemText(fault) });
  if (request.annotations)
    for (const { task: _, title, message, ...place } of annotationsOf(run, matchers, around)) {
      // The log shows messages without their titles, and then nobody could tell which task failed.
      const whole = place.file === undefined ? `${title}: ${message}` : message;
      annotate({ ...place, title: hide(title), message: hide(unfolding(whole)) });
    }
  await commentOn(material, { request, hide, runnerEnv });
}

/** How who reads the report comes by the work of the run. What is cancelled or broke off keeps nothing. */
function workFor(
  { status }: RunState,
  {
    request,
    runnerEnv,
    branches,
    isBroken,
  }: Pick<Telling, 'request' | 'runnerEnv' | 'branches' | 'isBroken'>,
): Pick<Material, 'branches' | 'patches'> {
  const where = branches === 'gone' && request.push === 'branch' ? 'unpushed' : branches;
  const places = where === undefined ? {} : { branches: where };
  if (isBroken === true || status === 'cancelled' || !hasArtifacts(runnerEnv)) return places;
  return { ...places, patches: wantsArtifact(request, status) ? 'kept' : 'offered' };
}

/** Without what must not be seen. */
export async function materialOf(
  run: Over,
  { request, hide, isBroken = false }: Pick<Telling, 'request' | 'hide' | 'isBroken'>,
  around: Pick<Surroundings, 'cwd' | 'env'>,
): Promise<Material> {
  const source = await planSource(request, run.state.plan, around);
  return { ...hiddenIn(readMaterial({ ...run, interrupted: isBroken }), hide), source };
}

/** Before anything is escaped or cut, for then a mask would not find it. What events say has lost it before. */
function hiddenIn(material: Material, hide: (text: string) => string): Material {
  const tails = [...material.tails].map(([id, lines]) => [id, lines.map(hide)] as const);
  const summaries = [...material.summaries].map(([id, text]) => [id, hide(text)] as const);
  return { ...material, tails: new Map(tails), summaries: new Map(summaries) };
}

/** Its path; empty where there is no room for it, and nothing that the summary of the step does not say. */
function writeReport(folder: RunFolder, text: string): string {
  const path = join(folder.report, 'summary.md');
  try {
    makeFolder(folder.report);
    writeWhole(path, text);
    return path;
  } catch (fault) {
    if (codeOf(fault) === undefined && !(fault instanceof Fatal)) throw fault;
    annotate({ level: 'warning', message: `the output report is empty: ${(fault as Error).message}` });
    return '';
  }
}

/** Where what was merged lies. In the tree alone it has no branch of its own. */
function workOutputs(state: RunState, branches: Material['branches']): { branch: string; commit: string } {
  const landing = landingOf(state);
  const commit = landing !== undefined && 'commit' in landing ? landing.commit : '';
  const own = landing?.kind === 'branch' ? landing.branch : '';
  return { branch: branches === 'pushed' ? resultBranch(state.id) : own, commit };
}

function outputsOf(
  { state, interrupted }: Material,
  report: string,
  hide: (text: string) => string,
): Omit<Record<OutputName, string>, 'branch' | 'commit'> {
  const { succeeded, failed, skipped } = tallyOf(state);
  return {
    status: runWord(state, interrupted),
    'run-id': state.id,
    results: hide(resultsText(state, interrupted)),
    succeeded: String(succeeded),
    failed: String(failed),
    skipped: String(skipped),
    duration: String((state.endedAt ?? systemClock.now()) - state.startedAt),
    cost: usedIn(state).costUsd?.toFixed(6) ?? '',
    report,
  };
}
