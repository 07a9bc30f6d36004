/** Runs with isolated tasks: whether they can work here, what is done before the first and after a death, who carries them out. */
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plan, TaskId } from '../core/plan.js';
import type { AttemptFiles, AttemptRef, Executor } from '../core/ports.js';
import { Fatal, type Problem, problem, type Result, success } from '../core/problem.js';
import type { RunState, TaskState } from '../core/state.js';
import { IntegratingExecutor } from '../executors/integrate.js';
import { IsolatedExecutor } from '../executors/isolated.js';
import { secretForms } from '../executors/mask.js';
import { compile } from '../input/compile.js';
import { onSameFiles } from '../input/isolation-notices.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { begin } from '../workspace/beginning.js';
import { type Saved, saveLost } from '../workspace/lost.js';
import { hasMovedOn } from '../workspace/moved.js';
import { readiness } from '../workspace/readiness.js';
import { openWorkspace, type Workspace } from '../workspace/workspace.js';
import { forgetOldWork } from './left-work.js';
import { machineHere } from './machine-here.js';
import type { Meant } from './plan-request.js';
import type { Surroundings } from './surroundings.js';

/** The plan as it can be run here. Isolation that nobody asked for is left out, with a notice, where it cannot be. */
export async function readyForIsolation(
  { plan, request }: Meant,
  around: Surroundings,
): Promise<Result<{ readonly plan: Plan; readonly notices: readonly string[] }>> {
  const { isolation } = plan;
  if (isolation === undefined) return success({ plan, notices: [] });
  const cwd = resolve(around.cwd, plan.cwd);
  const isolated = plan.tasks.filter(({ isolate }) => isolate === 'worktree');
  const ready = await readiness({
    cwd,
    folders: isolated.map((task) => resolve(cwd, task.cwd ?? '.')),
    environment: around.env,
    includeDirty: isolation.includeDirty,
    copy: isolated.flatMap((task) => task.copy ?? []),
    fillsSubmodules: isolated.every(({ setup }) => setup?.includes('submodule') === true),
  });
  if (ready.ok) return success({ plan, notices: ready.value });
  if (isolation.asked) return ready;
  const machine = { ...(await machineHere(around)), hasRepository: () => false };
  const without = compile(request, machine);
  if (!without.ok) return without;
  const [why] = ready.problems as [Problem];
  const { graceMillis } = plan;
  return success({
    plan: { ...without.value, graceMillis },
    notices: [`${why.message}: ${onSameFiles(isolation.rollback === true)}`],
  });
}

/** Where the isolated tasks of a run work. */
export interface IsolatedRun {
  readonly plan: Plan;
  readonly folder: RunFolder;
  readonly stateDir: StateDir;
}

/** To be done once, when the run is ours: gives what `run.started` tells. */
export async function beginIsolation(
  run: IsolatedRun,
  around: Surroundings,
): Promise<{ readonly base?: string }> {
  const { isolation } = run.plan;
  if (isolation === undefined) return {};
  const cwd = resolve(around.cwd, run.plan.cwd);
  const gone = await forgetOldWork(run.stateDir, { cwd, env: around.env });
  for (const notice of gone) around.stderr.write(`batchtool: ${notice}\n`);
  return { base: await begin(await workspaceOf(run, around), isolation.includeDirty) };
}

/** What becomes of a run whose work cannot be looked at safely: it is not gone on with, or only this is said. */
export type Saving = 'or-refuse' | 'or-say';

/** To be done when a run is taken over, before it goes on. */
export async function saveWork(run: IsolatedRun, saving: Saving, around: Surroundings): Promise<Saved> {
  const workspace = await workspaceOf(run, around);
  await workspace.guard.rememberOnce();
  const fault = await workspace.guard.fault();
  if (fault === undefined) return saveLost(workspace);
  if (saving === 'or-refuse') throw new Fatal(2, problem(fault));
  return { commits: new Map(), notices: [fault] };
}

/** What is to be said when a run goes on with tasks that do not see what the user has changed since it began. */
export async function staleNotices(
  run: IsolatedRun,
  { base, tasks }: RunState,
  back: readonly TaskId[],
  around: Surroundings,
): Promise<string[]> {
  const goesOn = ({ task, outcome }: TaskState): boolean => outcome === undefined || back.includes(task.id);
  const isAffected = tasks.some((one) => one.task.isolate === 'worktree' && goesOn(one));
  if (base === undefined || !isAffected) return [];
  const own = tasks.flatMap(({ attempts }) => attempts.flatMap(({ commit }) => commit ?? []));
  const { git } = await workspaceOf(run, around);
  if (!(await hasMovedOn(git, base, own))) return [];
  return [
    `the run goes on from ${base.slice(0, 10)}, where it began: what was changed here since is not in it; a new run has it`,
  ];
}

export interface Isolating extends IsolatedRun {
  readonly base: string | undefined;
  readonly secrets: Readonly<Record<string, string>>;
  readonly files: (attempt: AttemptRef) => AttemptFiles;
}

/** Puts around an executor what isolates its tasks and merges what they did. */
export async function isolating(
  run: Isolating,
  around: Surroundings,
): Promise<(inner: Executor) => Executor> {
  const { base, files } = run;
  // It is cancelled before it began, and starts nothing.
  if (base === undefined) return (inner) => inner;
  const workspace = await workspaceOf(run, around);
  const shared = { workspace, files, secretForms: secretForms(run.secrets) };
  const stateDir = realpathSync(run.stateDir.path);
  return (inner) =>
    new IntegratingExecutor({
      inner: new IsolatedExecutor({ inner, stateDir, ...shared }),
      base,
      ...shared,
    });
}

async function workspaceOf(
  { plan, folder, stateDir }: IsolatedRun,
  { cwd, env }: Surroundings,
): Promise<Workspace> {
  const opened = await openWorkspace({
    run: folder.id,
    cwd: resolve(cwd, plan.cwd),
    stateDir: stateDir.path,
    guardFile: join(folder.path, 'git.json'),
    branchFile: join(folder.path, 'branch'),
    environment: env,
    author: plan.isolation?.author,
  });
  if (!opened.ok) throw new Fatal(2, opened.problems[0] as Problem);
  return opened.value;
}
