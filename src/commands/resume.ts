/** `batchtool resume`: takes a run over from where its journal ends. What succeeded is kept. */

import { nearest } from '../core/nearest.js';
import { type Problem, problem } from '../core/problem.js';
import type { ResumeChoice } from '../core/resume.js';
import type { RunState } from '../core/state.js';
import { budgetIn, unmeteredProblems } from '../input/budget.js';
import { isForced, type Settings } from '../input/settings.js';
import { openStateDir, type RunFolder, type StateDir } from '../journal/folder.js';
import { listRuns, readMeta } from '../journal/runs.js';
import { isEnding, namedRun, understandKept } from './arguments.js';
import { detach, progressWords } from './detach.js';
import { depthProblems, detachProblems, readSecrets } from './execute.js';
import { type LoadedRun, loadRun, lookAtStateDir, noRunYet, pickRun } from './look.js';
import { chooseOutput } from './output.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';
import { goOn, type NewLimits } from './takeover.js';

export const resumeVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = await understandKept('resume', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const looked = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!looked.ok) return refuse(around, looked.problems);
  const named = namedRun(given);
  const choice = { failedOnly: settings.failed?.value === true, rerun: settings.rerun?.value ?? [] };
  const limits = limitsIn(settings);
  const fits = (folder: RunFolder): boolean => loadRun(folder).state.status !== 'succeeded';
  const picked = pickRun(looked.value, named, choice.rerun.length > 0 ? () => true : fits);
  if (!picked.ok) return refuse(around, picked.problems);
  if (picked.value === undefined || looked.value === undefined) {
    const isEmpty = looked.value === undefined || listRuns(looked.value).length === 0;
    around.stdout.write(`${isEmpty ? noRunYet(around) : 'nothing to resume: every run succeeded'}\n`);
    return 0;
  }
  const stateDir = await openStateDir(looked.value.path);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const loaded = loadRun(picked.value);
  if (named === undefined) sayNewer(looked.value, picked.value, around);
  const { secrets, problems } = readSecrets(loaded.plan, around.env);
  const all = [
    ...depthProblems(around.env),
    ...detachProblems(settings, around.env),
    ...problems,
    ...unknownTasks(loaded.state, choice.rerun),
    ...unmeteredNow(loaded, settings, limits),
  ];
  if (all.length > 0) return refuse(around, all);
  if (settings.detach?.value === true)
    return detach(
      loaded.folder,
      [...wordsFor(stateDir.value, choice), ...limitWords(limits, settings), ...progressWords(settings)],
      secrets,
      settings.json?.value === true,
      around,
    );
  const output = chooseOutput(settings, around);
  return goOn(loaded, { stateDir: stateDir.value, secrets, output, choice, limits }, around);
}

/** The one that was passed over, where nobody said which to take: it may be the one that was meant. */
function sayNewer(stateDir: StateDir, taken: RunFolder, { stderr }: Surroundings): void {
  const newest = listRuns(stateDir)[0];
  if (newest === undefined || newest.id === taken.id) return;
  const name = readMeta(newest)?.name ?? newest.id;
  stderr.write(`batchtool: a newer run succeeded and is left alone: ${name} (${newest.id})\n`);
}

/** What flags and variables say of limits; what a project keeps holds for new runs only. */
function limitsIn(settings: Settings): NewLimits {
  const budget = budgetIn(settings, isForced);
  const wait = settings['rate-limit-wait'];
  const onConflict = settings['on-conflict'];
  return {
    ...(budget === undefined ? {} : { budget }),
    ...(wait !== undefined && isForced(wait) ? { rateLimitWaitMillis: wait.value } : {}),
    ...(onConflict !== undefined && isForced(onConflict) ? { onConflict: onConflict.value } : {}),
  };
}

/** With its first budget a run may hold tasks of which nobody knows the cost. */
function unmeteredNow({ plan, state }: LoadedRun, settings: Settings, { budget }: NewLimits): Problem[] {
  if (budget === undefined || settings['allow-unmetered']?.value === true) return [];
  return unmeteredProblems(plan, { ...state.ledger.own, ...budget });
}

function limitWords(
  { budget = {}, rateLimitWaitMillis, onConflict }: NewLimits,
  settings: Settings,
): string[] {
  return [
    ...(budget.costUsd === undefined ? [] : [`--max-cost=${budget.costUsd}`]),
    ...(budget.tokens === undefined ? [] : [`--max-tokens=${budget.tokens}`]),
    ...(rateLimitWaitMillis === undefined ? [] : [`--rate-limit-wait=${rateLimitWaitMillis}ms`]),
    ...(onConflict === undefined ? [] : [`--on-conflict=${onConflict}`]),
    ...(settings['allow-unmetered']?.value === true ? ['--allow-unmetered'] : []),
  ];
}

/** What another process has to be told to make the same choice. */
function wordsFor({ path }: StateDir, { failedOnly, rerun }: ResumeChoice): string[] {
  return [
    ...['--state-dir', path],
    ...(failedOnly ? ['--failed'] : []),
    ...(rerun.length === 0 ? [] : ['--rerun', rerun.join(',')]),
  ];
}

function unknownTasks(state: RunState, ids: readonly string[]): Problem[] {
  const known = state.plan.tasks.map((task) => task.id);
  return ids
    .filter((id) => !state.graph.indexOf.has(id))
    .map((id) => {
      const near = nearest(id, known);
      return problem(
        `the run has no task ${JSON.stringify(id)}`,
        near === undefined ? `its tasks: ${known.slice(0, 12).join(', ')}` : `did you mean "${near}"?`,
      );
    });
}
