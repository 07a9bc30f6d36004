/** Which tasks a resume puts back to waiting. What succeeded is kept. */
import { REVIEW_IS_SILENT } from './expect.js';
import type { TaskId } from './plan.js';
import { withEndedDependents } from './rounds.js';
import { failsRun, loopStatesAround, type RunState, type TaskState, taskOf, wasHeldUp } from './state.js';
import { winnerOf } from './winner.js';

export interface ResumeChoice {
  /** Only failed tasks, what needs them, and what was in flight; not those that a cancel or stop kept from starting. */
  readonly failedOnly: boolean;
  /** Run these again whatever they were, and what came after them. */
  readonly rerun: readonly TaskId[];
}

/** Ids in plan order, for `run.resumed`. Tasks that still wait or run need no putting back, but for a `once` task to be rerun. */
export function tasksToResume(state: RunState, choice: ResumeChoice): TaskId[] {
  const failed = state.tasks.filter(
    (task) => isUnsuccessful(task) && (!choice.failedOnly || task.status === 'failed'),
  );
  const back = new Set([
    ...failed,
    ...failed.flatMap((task) => [...reviewedBy(state, task), ...judgeOf(state, task)]),
  ]);
  for (const task of withEndedDependents(state, failed)) {
    const { when, work } = task.task;
    // Success stays; but a clean-up, a failure handler and a merge belong to what they follow.
    const isBound = when === 'always' || when === 'failure' || work.kind === 'integrate';
    const follows = task.status === 'succeeded' && isBound;
    if (isUnsuccessful(task) || follows) back.add(task);
  }
  const again = choice.rerun.map((id) => taskOf(state, id)).filter(mayBePutBack);
  for (const task of withEndedDependents(state, again))
    if (hasEnded(task) || again.includes(task)) back.add(task);
  for (const task of servicesFor(state, back)) back.add(task);
  return [...back].sort((a, b) => a.index - b.index).map((task) => task.task.id);
}

/** What a review sent back when no round was left: nobody would pay to have the same looked at again. One that could not look only looks again. */
function reviewedBy(state: RunState, review: TaskState): readonly TaskState[] {
  const exit = review.outcome?.kind === 'failed' ? review.outcome.exit : undefined;
  const hasLooked =
    exit?.kind === 'code' ||
    (exit?.kind === 'contract' && exit.failure === undefined && exit.reason !== REVIEW_IS_SILENT);
  // The loop of a review bears its name.
  const loop = loopStatesAround(state, review).find(({ loop: { id } }) => id === review.task.id);
  return hasLooked && loop !== undefined ? loop.members.filter((member) => member.task.once !== true) : [];
}

/** Who named a winner that cannot be taken to a merge that failed for it: as long as nobody names another one, it would fail again. */
function judgeOf(state: RunState, { task: { work } }: TaskState): TaskState[] {
  if (work.kind !== 'integrate' || work.pick?.judge === undefined) return [];
  const judge = taskOf(state, work.pick.judge);
  const isAtFault = judge.status === 'succeeded' && winnerOf(state, work.pick).kind === 'fault';
  return isAtFault && judge.task.once !== true ? [judge] : [];
}

/**
 * Tasks that left something running for those that are still to run, and what stands between them: it has ended with
 * the run or its owner, so it has to be started, and what was done with it to be done, again.
 */
function servicesFor(state: RunState, back: ReadonlySet<TaskState>): TaskState[] {
  const before = new Set(state.tasks.filter((task) => !hasEnded(task) || back.has(task)));
  for (const { task } of before) for (const need of task.needs) before.add(taskOf(state, need.task));
  const mayRepeat = ({ task, status }: TaskState): boolean => status === 'succeeded' && task.once !== true;
  const services = [...before].filter((task) => task.task.keep === true && mayRepeat(task));
  return withEndedDependents(state, services).filter((task) => before.has(task) && mayRepeat(task));
}

/** Those that only `--rerun` repeats, where nothing but them keeps the run from success; else none. */
export function heldBackAlone(state: RunState): TaskId[] {
  const inTheWay = state.tasks.filter((task) => failsRun(task) || wasHeldUp(task));
  const others = inTheWay.some((task) => !isHeldBack(task));
  return others || !state.tasks.every(hasEnded) ? [] : inTheWay.map(({ task }) => task.id);
}

/** What waits or ran when its owner died goes on by itself. */
function hasEnded(task: TaskState): boolean {
  return task.outcome !== undefined;
}

/** A `once` task that ran when its owner died would fail as lost, not go on. */
function mayBePutBack(task: TaskState): boolean {
  return hasEnded(task) || (task.status === 'running' && task.task.once === true);
}

function isUnsuccessful(task: TaskState): boolean {
  return hasEnded(task) && task.status !== 'succeeded' && !isHeldBack(task);
}

/** A `once` task whose end nobody saw may have acted; only `--rerun` repeats it. */
export function isHeldBack({ task, outcome }: TaskState): boolean {
  return task.once === true && outcome?.kind === 'failed' && outcome.exit.kind === 'lost';
}
