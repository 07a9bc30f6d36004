/** From a plan to a run of its own that may begin: what the verbs that run and the action share. */
import type { Observation, Owner } from '../core/event.js';
import { handedPart } from '../core/handed.js';
import type { Plan } from '../core/plan.js';
import { failures, type Result, success } from '../core/problem.js';
import { SHORTEST_SECRET } from '../core/secret.js';
import { initialState, type RunState } from '../core/state.js';
import type { Settings } from '../input/settings.js';
import { isSecretName } from '../input/variables.js';
import { findStateDir, openStateDir, type RunFolder, type StateDir } from '../journal/folder.js';
import { readEstimates } from '../journal/history.js';
import { createRun } from '../journal/runs.js';
import { depthProblems, detachProblems, type Execution, readSecrets } from './execute.js';
import type { IsolatedRun } from './isolation.js';
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
export async function readyToRun(meant: Meant, around: Surroundings): Promise<Result<Ready>> {
  const { request } = meant;
  const { secrets, problems } = readSecrets(meant.plan, { ...around.env, ...request.secretValues });
  const all = [...depthProblems(around.env), ...detachProblems(request.settings, around.env), ...problems];
  if (all.length > 0) return failures(all);
  const notices = Object.entries(secrets)
    .filter(([name, value]) => isSecretName(name) && value !== '' && value.length < SHORTEST_SECRET)
    .map(([name]) => `${name} is too short to be masked: it will be seen wherever a task prints it`);
  const stateDir = await openStateDir(stateFolder(request.settings, around));
  if (!stateDir.ok) return stateDir;
  const possible = await isolatedHere(meant, around);
  if (!possible.ok) return possible;
  const { plan } = possible.value;
  notices.push(...possible.value.notices, ...neighbourNotices(stateDir.value, plan));
  return success({ plan, stateDir: stateDir.value, secrets, notices });
}

/** A plan without isolated tasks needs no git, and loads nothing that speaks with it. */
async function isolatedHere(
  meant: Meant,
  around: Surroundings,
): Promise<Result<Pick<Ready, 'plan' | 'notices'>>> {
  const { plan } = meant;
  if (plan.isolation === undefined) return success({ plan, notices: [] });
  const { readyForIsolation } = await import('./isolation.js');
  return readyForIsolation(meant, around);
}

function stateFolder(settings: Settings, { cwd }: Surroundings): string {
  const stateDir = settings['state-dir']?.value;
  return findStateDir(stateDir === undefined ? { cwd } : { cwd, stateDir });
}

/** How a run tells of itself at its start. */
export async function startOf(
  run: IsolatedRun & { readonly planDigest: string },
  owner: Owner,
  around: Surroundings,
): Promise<Observation> {
  const { plan, folder, stateDir, planDigest } = run;
  const { notice: _, ...expected } = readEstimates(stateDir, plan);
  const base =
    plan.isolation === undefined ? {} : await (await import('./isolation.js')).beginIsolation(run, around);
  const handed = handedPart(around.env);
  return { type: 'run.started', run: folder.id, planDigest, ...base, owner, ...expected, ...handed };
}

/** The run in its folder: what `execute` takes, but for who shows it. */
export function newRun({ plan, stateDir, secrets }: Ready, around: Surroundings): NewRun {
  const { run: folder, planDigest } = createRun(stateDir, plan);
  const opening = async (owner: Owner): Promise<readonly Observation[]> => [
    await startOf({ plan, folder, stateDir, planDigest }, owner, around),
  ];
  return { stateDir, folder, plan, state: initialState(plan), opening, secrets };
}
