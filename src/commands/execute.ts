/** Carries a plan out in its run folder, from the claim to the closing lines: what `run`, `resume` and `cancel` share. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { isForAgent } from '../core/agent-work.js';
import { isOverBudget, ranOutOfMoney } from '../core/budget.js';
import type { Observation, Owner } from '../core/event.js';
import type { Plan } from '../core/plan.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';
import { type Problem, problem, problemText } from '../core/problem.js';
import type { RunState } from '../core/state.js';
import { createExecutor, type ExecutorOptions } from '../executors/index.js';
import { BILL, depthOf } from '../executors/variables.js';
import { keepHeapSmallFor } from '../heap.js';
import type { Settings } from '../input/settings.js';
import { claimRun } from '../journal/claim.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { recordRun } from '../journal/history.js';
import { discardRequests, FolderInbox } from '../journal/inbox.js';
import { openJournal } from '../journal/journal.js';
import { readNotes } from '../journal/notes.js';
import { openLogs } from '../journal/tail.js';
import { run } from '../run.js';
import { HarmlessTail } from '../terminal/harmless-tail.js';
import type { Isolating } from './isolation.js';
import { keepResults } from './keep-results.js';
import { ownerLives, thisOwner } from './look.js';
import { outerBill } from './outer-bill.js';
import type { OutputPlaces, RunOutput } from './output.js';
import { SignalInbox } from './signals.js';
import { complain, type Ending, refuse, type Surroundings } from './surroundings.js';

export interface Execution {
  readonly stateDir: StateDir;
  readonly folder: RunFolder;
  readonly plan: Plan;
  /** Fresh, or folded from the journal so far. */
  readonly state: RunState;
  /** Called once the run is ours: how this process's part of it begins. Undefined: there is nothing left to do. */
  readonly opening: (owner: Owner) => Promise<readonly Observation[] | undefined>;
  /** Values of the plan's secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What must not be seen either, whatever the plan says. */
  readonly masked?: Readonly<Record<string, string>>;
  /** Makes who shows the run, once it is ours. */
  readonly output: (places: OutputPlaces) => Promise<RunOutput>;
}

/** Runs to the end. Throws `Fatal` when the state folder fails. */
export async function execute(execution: Execution, around: Surroundings): Promise<Ending> {
  const { folder, stateDir } = execution;
  const owner = thisOwner();
  const claim = claimRun(folder, owner, ownerLives);
  if (!claim.ok) return refuse(around, claim.problems);
  try {
    discardRequests(folder);
    const opening = await execution.opening(owner);
    if (opening === undefined) return 0;
    const ending = await drive(execution, opening, around);
    const unwritten = recordRun(stateDir, execution.state);
    if (unwritten !== undefined) complain(around, problemText(unwritten));
    return ending;
  } finally {
    claim.value.release();
  }
}

async function drive(
  { stateDir, folder, state, plan, secrets, masked = {}, output: makeOutput }: Execution,
  opening: readonly Observation[],
  around: Surroundings,
): Promise<Ending> {
  await keepHeapSmallFor(plan.tasks.length);
  const journal = openJournal(folder, 'continue');
  const openLog = openLogs(folder);
  const output = await makeOutput({
    around,
    openLog: (attempt) => new HarmlessTail(openLog(attempt)),
    folder,
  });
  const signals = new SignalInbox(
    (notice) => output.say([{ text: '■', tone: 'warn' }, { text: ` ${notice}` }]),
    systemClock.now,
  );
  try {
    const files = (attempt: AttemptRef): AttemptFiles => folder.files(attempt);
    const hidden = { ...masked, ...secrets };
    const executor = createExecutor(
      {
        files,
        environment: { ...around.env, ...secrets },
        runMark: folder.id,
        emptyContext: emptyFolder(folder),
        secrets: hidden,
        ...(await agentsFor(plan)),
        notes: (namespace) => readNotes(stateDir, namespace).filter(({ run }) => run !== folder.id),
      },
      await isolationFor(
        { plan, folder, stateDir, base: baseIn(opening, state), secrets: hidden, files },
        around,
      ),
    );
    const lost = (why: Problem): void => output.say([{ text: `! ${problemText(why)}`, tone: 'warn' }]);
    await run(
      state,
      {
        journal,
        executor,
        inboxes: [new FolderInbox(folder), signals],
        clock: systemClock,
        observers: [
          ...output.observers,
          ...keepResults(stateDir, folder, plan, lost),
          ...outerBill(around.env, (message) => output.say([{ text: `! ${message}`, tone: 'warn' }])),
        ],
      },
      opening,
    );
  } finally {
    // To close the journal may fail; what was seen is shown all the same.
    await output.close();
    journal.close();
  }
  await output.sayClosing(state);
  return signals.received === undefined ? exitCodeOf(state) : { signal: signals.received };
}

/** What starts agents, for a plan with prompts that no runner takes. */
async function agentsFor({ tasks }: Plan): Promise<Pick<ExecutorOptions, 'agentProcess'>> {
  if (!tasks.some(({ work }) => isForAgent(work))) return {};
  const { agentProcess } = await import('../executors/agent-process.js');
  return { agentProcess };
}

/** What isolates tasks, for a plan that wants it. */
async function isolationFor(
  run: Isolating,
  around: Surroundings,
): Promise<Parameters<typeof createExecutor>[1]> {
  if (run.plan.isolation === undefined) return undefined;
  const { isolating } = await import('./isolation.js');
  return isolating(run, around);
}

/** Where its isolated tasks begin: the run has just been started, or was before. */
function baseIn(opening: readonly Observation[], { base }: RunState): string | undefined {
  return opening.find((seen) => seen.type === 'run.started')?.base ?? base;
}

/** One folder without content for all tasks that have no context: nobody may write to it. */
function emptyFolder(folder: RunFolder): string {
  const path = join(folder.path, 'no-context');
  mkdirSync(path, { recursive: true, mode: 0o500 });
  return path;
}

function exitCodeOf(state: RunState): number {
  if (ranOutOfMoney(state)) return 3;
  if (state.status === 'succeeded') return isOverBudget(state) ? 3 : 0;
  return 1;
}

/** A run may have a run in one of its tasks, and no more: a plan that starts itself would never end. */
const MOST_DEPTH = 2;

/** Why no run may start here, inside the tasks of others. */
export function depthProblems(env: NodeJS.ProcessEnv): Problem[] {
  if (depthOf(env) < MOST_DEPTH) return [];
  return [
    problem(
      'this would be a run in a task of a run that is itself in a task of a run: nothing was started',
      'does the plan start itself? else put its tasks into the outer plan',
    ),
  ];
}

/** Why no run may go on in the background of a task: what the task has begun is ended with it. */
export function detachProblems({ detach }: Settings, env: NodeJS.ProcessEnv): Problem[] {
  const isInTask = env[BILL] !== undefined && env[BILL] !== '';
  if (detach?.value !== true || !isInTask) return [];
  return [problem('--detach: in a task of another run it would end with that task', 'leave --detach out')];
}

/** Secrets of a plan from the environment, or a problem for each that is missing there. */
export function readSecrets(
  plan: Plan,
  env: NodeJS.ProcessEnv,
): { secrets: Record<string, string>; problems: Problem[] } {
  const secrets: Record<string, string> = {};
  const problems: Problem[] = [];
  for (const name of plan.secrets) {
    const value = env[name];
    if (value !== undefined) secrets[name] = value;
    else
      problems.push(
        problem(
          `the run needs ${name}, which is not set`,
          `values of secrets are never stored: ${name}=… batchtool …`,
        ),
      );
  }
  return { secrets, problems };
}
