/** From a plan to a run of its own that may begin: what the verbs that run and the action share. */
import type { Observation, Owner } from '../core/event.js';
import type { Plan } from '../core/plan.js';
import { failures, type Result, success } from '../core/problem.js';
import { initialState, type RunState } from '../core/state.js';
import { SHORTEST_SECRET } from '../input/secrets.js';
import type { Settings } from '../input/settings.js';
import { isSecretName } from '../input/variables.js';
import { findStateDir, openStateDir, type RunFolder, type StateDir } from '../journal/folder.js';
import { readEstimates } from '../journal/history.js';
import { createRun } from '../journal/runs.js';
import { depthProblems, type Execution, readSecrets } from './execute.js';
import { neighbourNotices } from './neighbours.js';
import type { Meant } from './plan-request.js';
import type { Surroundings } from './surroundings.js';

/** All that a run needs but for its own folder. */
export interface Ready {
  readonly plan: Plan;
  readonly stateDir: StateDir;
  readonly secrets: Readonly<Record<string, string>>;
  /** To be said before it starts. */
  readonly notices: readonly string[];
}

export interface NewRun extends Omit<Execution, 'output'> {
  readonly folder: RunFolder;
  readonly state: RunState;
}

/** Looks whether the plan can be run here. Nothing is written before all of it is right. */
export async function readyToRun({ request, plan }: Meant, around: Surroundings): Promise<Result<Ready>> {
  const { secrets, problems } = readSecrets(plan, { ...around.env, ...request.secretValues });
  const all = [...depthProblems(around.env), ...problems];
  if (all.length > 0) return failures(all);
  const notices = Object.entries(secrets)
    .filter(([name, value]) => isSecretName(name) && value !== '' && value.length < SHORTEST_SECRET)
    .map(([name]) => `${name} is too short to be masked: it will be seen wherever a task prints it`);
  const stateDir = await openStateDir(stateFolder(request.settings, around));
  if (!stateDir.ok) return stateDir;
  notices.push(...neighbourNotices(stateDir.value, plan));
  return success({ plan, stateDir: stateDir.value, secrets, notices });
}

function stateFolder(settings: Settings, { cwd }: Surroundings): string {
  const stateDir = settings['state-dir']?.value;
  return findStateDir(stateDir === undefined ? { cwd } : { cwd, stateDir });
}

/** What earlier runs let expect, as `run.started` tells it. */
export function expectedOf(stateDir: StateDir, plan: Plan): Pick<RunStarted, 'estimates' | 'costs'> {
  const { notice: _, ...expected } = readEstimates(stateDir, plan);
  return expected;
}

type RunStarted = Extract<Observation, { type: 'run.started' }>;

/** The run in its folder: what `execute` takes, but for who shows it. */
export function newRun({ plan, stateDir, secrets }: Ready): NewRun {
  const { run: folder, planDigest } = createRun(stateDir, plan);
  const opening = async (owner: Owner): Promise<readonly Observation[]> => {
    return [{ type: 'run.started', run: folder.id, planDigest, owner, ...expectedOf(stateDir, plan) }];
  };
  return { stateDir, folder, plan, state: initialState(plan), opening, secrets };
}
