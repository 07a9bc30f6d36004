/** `batchtool resume`: takes a run over from where its journal ends. What succeeded is kept. */

import { hostname } from 'node:os';
import type { Observation, Owner } from '../core/event.js';
import { nearest } from '../core/graph.js';
import { type Problem, problem } from '../core/problem.js';
import { tasksToResume } from '../core/resume.js';
import { lastAttempt, type RunState } from '../core/state.js';
import { killLeftovers } from '../executors/leftovers.js';
import { openStateDir, type RunFolder, type StateDir } from '../journal/folder.js';
import { readEstimates } from '../journal/history.js';
import { isEnding, namedRun, understand } from './arguments.js';
import { detach } from './detach.js';
import { depthProblems, execute, readSecrets } from './execute.js';
import { type LoadedRun, loadRun, lookAtStateDir, NO_RUN_YET, pickRun, WatchedRun } from './look.js';
import { chooseOutput, type OutputStyle } from './output.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const resumeVerb: Verb = { run };

interface Choice {
  readonly failedOnly: boolean;
  readonly rerun: readonly string[];
}

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('resume', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const looked = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!looked.ok) return refuse(around, looked.problems);
  const named = namedRun(given);
  const choice = { failedOnly: settings.failed?.value === true, rerun: settings.rerun?.value ?? [] };
  const fits = (folder: RunFolder): boolean => loadRun(folder).state.status !== 'succeeded';
  const picked = pickRun(looked.value, named, choice.rerun.length > 0 ? () => true : fits);
  if (!picked.ok) return refuse(around, picked.problems);
  if (picked.value === undefined || looked.value === undefined) {
    around.stdout.write(
      `${looked.value === undefined ? NO_RUN_YET : 'nothing to resume: every run succeeded'}\n`,
    );
    return 0;
  }
  const stateDir = await openStateDir(looked.value.path);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const loaded = loadRun(picked.value);
  const { secrets, problems } = readSecrets(loaded.plan, around.env);
  const all = [...depthProblems(around.env), ...problems, ...unknownTasks(loaded.state, choice.rerun)];
  if (all.length > 0) return refuse(around, all);
  if (settings.detach?.value === true)
    return detach(loaded.folder, wordsFor(stateDir.value, choice), secrets, around);
  const output = chooseOutput(settings, around);
  return goOn(loaded, { stateDir: stateDir.value, secrets, output, choice }, around);
}

/** What another process has to be told to make the same choice. */
function wordsFor({ path }: StateDir, { failedOnly, rerun }: Choice): string[] {
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

interface GoOn {
  readonly stateDir: StateDir;
  readonly secrets: Readonly<Record<string, string>>;
  readonly output: OutputStyle;
  readonly choice: Choice;
}

/** Takes the run over. One that never began (its process died first) begins now. */
async function goOn(
  loaded: LoadedRun,
  { stateDir, secrets, output, choice }: GoOn,
  around: Surroundings,
): Promise<Ending> {
  const { folder, plan, planDigest } = loaded;
  const watched = new WatchedRun(folder);
  watched.refresh();
  const { state } = watched;
  const opening = async (owner: Owner): Promise<readonly Observation[] | undefined> => {
    // The run is ours now; its last owner may have written until a moment ago.
    watched.refresh();
    watched.close();
    if (state.status === 'succeeded' && choice.rerun.length === 0) {
      around.stdout.write(`run ${folder.id} succeeded; --rerun ID runs a task again\n`);
      return undefined;
    }
    if (state.id === '') {
      return [{ type: 'run.started', run: folder.id, planDigest, owner, ...estimatesOf(stateDir, loaded) }];
    }
    await endLeftovers({ ...loaded, state }, around);
    return [{ type: 'run.resumed', owner, tasks: tasksToResume(state, choice) }, ...lostAttempts(state)];
  };
  return execute({ stateDir, folder, plan, state, opening, secrets, output }, around);
}

function estimatesOf(stateDir: StateDir, { plan }: LoadedRun) {
  return { estimates: readEstimates(stateDir, plan).estimates };
}

/** Attempts that ran when the owner died. Nobody saw how they ended. */
function lostAttempts(state: RunState): Observation[] {
  return [...state.running].map((task) => ({
    type: 'attempt.exited',
    task: task.task.id,
    attempt: lastAttempt(task)?.number ?? 0,
    exit: { kind: 'lost' },
  }));
}

async function endLeftovers({ state, plan, folder }: LoadedRun, around: Surroundings): Promise<void> {
  if (state.owner !== undefined && state.owner.host !== hostname()) return;
  const attempts = [...state.running].flatMap((task) => {
    const { pid, startTime } = lastAttempt(task) ?? {};
    return pid === undefined || startTime === undefined ? [] : [{ pid, startTime }];
  });
  const killed = await killLeftovers({ attempts, runMark: folder.id, graceMillis: plan.graceMillis });
  if (killed > 0)
    around.stderr.write(`batchtool: ended ${killed} processes that the interrupted run had left\n`);
}

/** A cancel of a run whose process is gone: its leftovers are ended, and its journal gets an end. */
export async function cancelInterrupted(
  loaded: LoadedRun,
  stateDir: StateDir | undefined,
  around: Surroundings,
): Promise<Ending> {
  if (stateDir === undefined) return 0;
  const { folder, plan, state, planDigest, begun } = loaded;
  const opening = async (owner: Owner): Promise<readonly Observation[]> => {
    const begin: Observation[] = begun
      ? [{ type: 'run.resumed', owner, tasks: [] }, ...lostAttempts(state)]
      : [{ type: 'run.started', run: folder.id, planDigest, owner, estimates: {} }];
    if (begun) await endLeftovers(loaded, around);
    return [...begin, { type: 'request.received', request: { kind: 'cancel', by: 'batchtool cancel' } }];
  };
  const output: OutputStyle = { how: 'quiet', verbose: false, debug: false };
  await execute({ stateDir, folder, plan, state, opening, secrets: {}, output }, around);
  around.stdout.write(`run ${folder.id}: cancelled\n`);
  return 0;
}
