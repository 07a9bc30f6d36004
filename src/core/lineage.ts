/**
 * Which commit an isolated task begins in, and what it brings into a merge. Nothing of this is stored: the journal tells the
 * commits, the plan tells who begins where. Of several successes the one that started last counts.
 */
import { isSuccess } from './exit.js';
import { gateOf } from './graph.js';
import type { Loop, TaskId } from './plan.js';
import {
  type AttemptState,
  loopStatesAround,
  type Redo,
  type RunState,
  type TaskState,
  taskOf,
} from './state.js';

/** Files at some time. `nth`: the attempt that left them so; 0: nobody did. */
interface Tip {
  readonly commit: string;
  readonly nth: number;
}

/** What a task brings into a merge: all that was changed between two commits. */
export interface Share {
  readonly task: TaskId;
  readonly base: string;
  readonly commit: string;
}

/** The commit in which an attempt begins that starts now; undefined where the run knows of no commit. */
export function baseOf(state: RunState, task: TaskState): string | undefined {
  return state.base === undefined ? undefined : startOf(state, task, state.base).commit;
}

/** What a merge brings together, in its order: of each member what it did since it began, if that is not there already. */
export function sharesIn(state: RunState, merge: TaskState, ids: readonly TaskId[]): Share[] {
  if (state.base === undefined) return [];
  const roots = new Roots(state);
  const isThere = ({ beside }: Redo): boolean => beside.every((id) => ids.includes(id));
  const start = startOf(state, merge, state.base);
  const found: Share[] = [];
  for (const id of ids) {
    const member = taskOf(state, id);
    const gate = gateOf(state.graph, member.index, merge.index);
    const work =
      gate === undefined
        ? ownWork(state, member, roots, isThere)
        : loopWork(state, member, gate, roots, isThere);
    if (work === undefined || work.base === work.commit) continue;
    // A round of a loop begins with all that the one before it has merged.
    if (work.nth < start.nth && (start.isCheckpoint === true || !stands(member))) continue;
    found.push({ task: id, base: work.base, commit: work.commit });
  }
  return found;
}

/** The newest success of a task that no conflict has undone. */
export function newestSuccess({ attempts, conflict }: TaskState): AttemptState | undefined {
  return attempts.findLast(
    ({ exit, stopping, round }) =>
      exit !== undefined && stopping === undefined && isSuccess(exit) && round >= (conflict?.round ?? 1),
  );
}

/**
 * A conflict sends its task on top of what was merged before it; a further round of a loop goes on from what the one before
 * has left, unless what was before the loop is newer.
 */
function startOf(state: RunState, task: TaskState, begun: string): Tip & { readonly isCheckpoint?: true } {
  const { base } = task.task;
  const { conflict } = task;
  const before = tipBefore(state, base, begun);
  const onto =
    conflict !== undefined && before.nth <= conflict.nth ? { commit: conflict.onto, nth: 0 } : before;
  if (conflict?.round === task.round) return onto;
  const aroundBase = base === undefined ? [] : loopStatesAround(state, taskOf(state, base));
  for (const around of loopStatesAround(state, task)) {
    if (aroundBase.includes(around)) break;
    const { checkpoint } = around.loop;
    if (around.round === 1 || checkpoint === undefined) continue;
    const left = tipOf(state, taskOf(state, checkpoint), begun);
    if (left.nth > before.nth) return { ...left, isCheckpoint: true };
  }
  return onto;
}

/** What the task has left that another one begins with. */
function tipBefore(state: RunState, base: TaskId | undefined, begun: string): Tip {
  return base === undefined ? { commit: begun, nth: 0 } : tipOf(state, taskOf(state, base), begun);
}

/** What a task has left: its own success, if it stands; else the newest there is of itself and of what it begins with. */
function tipOf(state: RunState, task: TaskState, begun: string): Tip {
  let newest: Tip = { commit: begun, nth: 0 };
  for (const one of baseChain(state, task)) {
    newest = newer(newest, newestSuccess(one));
    if (stands(one)) break;
  }
  return newest;
}

/** It is a success as it is, not only in an earlier round. */
function stands({ status }: TaskState): boolean {
  return status === 'succeeded';
}

function newer(tip: Tip, attempt: AttemptState | undefined): Tip {
  const commit = attempt?.commit ?? attempt?.base;
  return attempt === undefined || commit === undefined || attempt.nth < tip.nth
    ? tip
    : { commit, nth: attempt.nth };
}

/** The task, the one in whose commit it begins, and so on. */
function* baseChain(state: RunState, task: TaskState): Generator<TaskState> {
  for (let at: TaskState | undefined = task; at !== undefined; ) {
    yield at;
    const { base }: { readonly base?: TaskId } = at.task;
    at = base === undefined ? undefined : taskOf(state, base);
  }
}

interface Work extends Tip {
  readonly base: string;
}

/** What an earlier round did does not count any more if it was built on something of which there is a newer success. */
function ownWork(state: RunState, task: TaskState, roots: Roots, isThere: IsThere): Work | undefined {
  const attempt = newestSuccess(task);
  if (attempt?.base === undefined || (!stands(task) && attempt.nth < roots.below(task))) return undefined;
  const commit = attempt.commit ?? attempt.base;
  const base = isRedone(task, attempt.base) ? begins(state, task, isThere) : attempt.base;
  return { base, commit, nth: attempt.nth };
}

function isRedone({ conflict }: TaskState, base: string): boolean {
  return conflict !== undefined && conflict.onto === base;
}

/** Whether all that was merged before a task that was sent back is in this merge too. */
type IsThere = (conflict: Redo) => boolean;

/**
 * Where the work of a task or loop begins. After a conflict it has the work of others in it, which it brings along to a merge
 * that has not got that.
 */
function begins(state: RunState, { task: { base }, conflict }: TaskState, isThere: IsThere): string {
  const begun = state.base as string;
  const before = tipBefore(state, base, begun);
  const isSentBack = conflict !== undefined && before.nth <= conflict.nth && isThere(conflict);
  return isSentBack ? conflict.onto : before.commit;
}

/** What all rounds of a loop did together, from where its first one began. */
function loopWork(
  state: RunState,
  exit: TaskState,
  loop: Loop,
  roots: Roots,
  isThere: IsThere,
): Work | undefined {
  const begun = state.base as string;
  let newest: Tip = { commit: begun, nth: 0 };
  let entry = exit;
  let isKnown = false;
  for (const task of baseChain(state, exit)) {
    if (!(state.graph.loopsAround[task.index] ?? []).includes(loop)) break;
    if (!isKnown) newest = newer(newest, newestSuccess(task));
    isKnown ||= stands(task);
    entry = task;
  }
  const outside = entry.task.base === undefined ? undefined : taskOf(state, entry.task.base);
  if (newest.nth === 0 || (!isKnown && outside !== undefined && newest.nth < roots.of(outside)))
    return undefined;
  return { ...newest, base: begins(state, entry, isThere) };
}

/** The newest success in a task and in all that it is built on. */
class Roots {
  private readonly known = new Map<TaskState, number>();

  constructor(private readonly state: RunState) {}

  of(task: TaskState): number {
    const known = this.known.get(task);
    if (known !== undefined) return known;
    const newest = Math.max(newestSuccess(task)?.nth ?? 0, this.below(task));
    this.known.set(task, newest);
    return newest;
  }

  below({ task: { base, work } }: TaskState): number {
    const ids = [...(base === undefined ? [] : [base]), ...(work.kind === 'integrate' ? work.members : [])];
    let newest = 0;
    for (const id of ids) newest = Math.max(newest, this.of(taskOf(this.state, id)));
    return newest;
  }
}
