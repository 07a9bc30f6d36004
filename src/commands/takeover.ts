/** A run whose process is gone gets a new one: to go on with it, or to end it in good order. */
import { hostname } from 'node:os';
import type { Observation, Owner } from '../core/event.js';
import { handedPart } from '../core/handed.js';
import { launch } from '../core/launch.js';
import type { TaskId } from '../core/plan.js';
import { type ResumeChoice, tasksToResume } from '../core/resume.js';
import { lastAttempt, type RunState } from '../core/state.js';
import { killLeftovers } from '../executors/leftovers.js';
import type { StateDir } from '../journal/folder.js';
import { execute } from './execute.js';
import type { IsolatedRun, Saving } from './isolation.js';
import { type LoadedRun, WatchedRun } from './look.js';
import { startOf } from './new-run.js';
import { type OutputStyle, outputIn } from './output.js';
import type { Ending, Surroundings } from './surroundings.js';

export interface GoOn {
  readonly stateDir: StateDir;
  readonly secrets: Readonly<Record<string, string>>;
  readonly output: OutputStyle;
  readonly choice: ResumeChoice;
  readonly limits: NewLimits;
}

/** Limits in place of those that the run had, and what is to become of conflicts. */
export type NewLimits = Pick<
  Extract<Observation, { type: 'run.resumed' }>,
  'budget' | 'rateLimitWaitMillis' | 'onConflict'
>;

/** Takes the run over. One that never began (its process died first) begins now. */
export async function goOn(
  loaded: LoadedRun,
  { stateDir, secrets, output, choice, limits }: GoOn,
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
      return [await startOf({ plan, folder, stateDir, planDigest }, owner, around)];
    }
    await endLeftovers({ ...loaded, state }, around);
    const lost = await lostAttempts({ plan, folder, stateDir }, state, 'or-refuse', around);
    const tasks = tasksToResume(state, choice);
    await sayStale({ plan, folder, stateDir }, state, tasks, around);
    return [{ type: 'run.resumed', owner, tasks, ...limits, ...handedPart(around.env) }, ...lost];
  };
  return execute({ stateDir, folder, plan, state, opening, secrets, output: outputIn(output) }, around);
}

/** Of a run with isolated tasks: these see nothing of what the user has mended meanwhile. */
async function sayStale(
  run: IsolatedRun,
  state: RunState,
  back: readonly TaskId[],
  around: Surroundings,
): Promise<void> {
  if (run.plan.isolation === undefined) return;
  const { staleNotices } = await import('./isolation.js');
  for (const notice of await staleNotices(run, state, back, around))
    around.stderr.write(`batchtool: ${notice}\n`);
}

/**
 * Attempts that ran when the owner died. Nobody saw how they ended, but what they had told until then counts, and what isolated
 * ones have left is kept.
 */
async function lostAttempts(
  run: IsolatedRun,
  state: RunState,
  saving: Saving,
  around: Surroundings,
): Promise<Observation[]> {
  const saved = run.plan.isolation && (await (await import('./isolation.js')).saveWork(run, saving, around));
  for (const notice of saved?.notices ?? []) around.stderr.write(`batchtool: ${notice}\n`);
  if (state.running.size === 0) return [];
  const { toldSoFar } = await import('../executors/told-so-far.js');
  return [...state.running].map((running) => {
    const begun = launch(state, running);
    const result = toldSoFar(begun, run.folder.files(begun));
    return {
      type: 'attempt.exited',
      task: begun.task,
      attempt: begun.attempt,
      exit: { kind: 'lost' },
      ...(result === undefined ? {} : { result }),
      ...saved?.commits.get(`${begun.task}.${begun.attempt}`),
    };
  });
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
  const { folder, plan, planDigest } = loaded;
  const watched = new WatchedRun(folder);
  const { state } = watched;
  const opening = async (owner: Owner): Promise<readonly Observation[] | undefined> => {
    // Somebody may have taken it over and ended it since it was looked at.
    watched.refresh();
    watched.close();
    if (state.status !== 'running') return undefined;
    const begun = state.id !== '';
    if (begun) await endLeftovers({ ...loaded, state }, around);
    return [
      ...(begun
        ? [
            { type: 'run.resumed', owner, tasks: [] } as const,
            ...(await lostAttempts({ plan, folder, stateDir }, state, 'or-say', around)),
          ]
        : [{ type: 'run.started', run: folder.id, planDigest, owner, estimates: {} } as const]),
      { type: 'request.received', request: { kind: 'cancel', by: 'batchtool cancel' } },
    ];
  };
  const output = outputIn({ how: 'quiet', verbose: false, debug: false });
  const ending = await execute({ stateDir, folder, plan, state, opening, secrets: {}, output }, around);
  if (state.status === 'running' || typeof ending !== 'number') return ending;
  around.stdout.write(`run ${folder.id}: ${state.status}\n`);
  return 0;
}
