/** What an isolated or an integrating attempt is told of commits: where it begins, and what it merges. */
import type { Conflict } from './exit.js';
import { sharesIn } from './lineage.js';
import type { Integrate, Loop, TaskId } from './plan.js';
import { lastAttempt, type RunState, type TaskState, taskOf } from './state.js';
import { winnerOf } from './winner.js';

/** How the worktree of an isolated attempt is made. */
export interface WorktreeOrder {
  /** The commit that it begins in. */
  readonly base: string;
  readonly copy: readonly string[];
  readonly setup?: string;
  /** Why it has to do again what it did, and the commit in which it did. */
  readonly redo?: Conflict & { readonly commit: string };
}

/** One task whose changes are to be merged: those from `base` to `commit`. */
export interface MergeMember {
  readonly task: TaskId;
  readonly label: string;
  readonly base: string;
  readonly commit: string;
}

/** What an `integrate` task is to do. */
export interface MergeOrder {
  /** The commit on which it merges. */
  readonly base: string;
  /** In the order of merging, only those that changed something; with a winner, only its. */
  readonly members: readonly MergeMember[];
  /** Of several variants: who won, and how that was decided, in words. Absent with `fault`: nobody can say. */
  readonly winner?: { readonly name: string; readonly why: string };
  /** Why nothing can be merged. */
  readonly fault?: string;
  /** Why the user's tree stays as it is, as the end of a sentence. Absent: it may take the work over. */
  readonly staysFor?: string;
}

/** One of the two at most. */
export interface Orders {
  readonly worktree?: WorktreeOrder;
  readonly merge?: MergeOrder;
}

/** Where it works, or what it merges, in a run that knows where it began. */
export function ordersOf(state: RunState, task: TaskState): Orders {
  const base = lastAttempt(task)?.base;
  if (base === undefined) return {};
  const { work, copy = [], setup } = task.task;
  if (work.kind === 'integrate') return { merge: { base, ...mergeOf(state, task, work) } };
  const redo = redoOf(task, base);
  return {
    worktree: {
      base,
      copy,
      ...(setup === undefined ? {} : { setup }),
      ...(redo === undefined ? {} : { redo }),
    },
  };
}

function mergeOf(
  state: RunState,
  task: TaskState,
  { members: ids, pick }: Integrate,
): Omit<MergeOrder, 'base'> {
  const why = reasonToStay(state, task, pick === undefined ? undefined : ids);
  const stays = why === undefined ? {} : { staysFor: why };
  if (pick === undefined) return { members: membersOf(state, task, ids), ...stays };
  const picked = winnerOf(state, pick);
  if (picked.kind === 'fault') return { members: [], fault: picked.why, ...stays };
  const taken = ids.filter((id) => picked.tasks.includes(id));
  const winner = { name: picked.name, why: picked.why };
  return { members: membersOf(state, task, taken), winner, ...stays };
}

/**
 * Work that failed is no reason, for what is merged did not; work that was turned down is. `among`: only that of some of these
 * is merged. Undefined: all that was done is.
 */
function reasonToStay(
  { plan, tasks }: RunState,
  merge: TaskState,
  among: readonly TaskId[] | undefined,
): string | undefined {
  if (plan.isolation?.rollback === true && tasks.some((other) => other !== merge && other.carriesFailure))
    return 'a task failed, and the tree was to stay as it was then';
  const refused = tasks.find(
    ({ task, status }) =>
      status === 'failed' &&
      task.isolate === 'worktree' &&
      (among === undefined || among.includes(task.id)) &&
      plan.loops.some((loop) => loop.id === task.id && isReview(loop)),
  );
  return refused === undefined ? undefined : `${refused.task.id} has not accepted it`;
}

/** It is called like the task that looks at the work of the other. */
function isReview({ id, again }: Loop): boolean {
  return again.kind === 'failed' && again.tasks.length === 1 && again.tasks[0] === id;
}

function membersOf(state: RunState, merge: TaskState, ids: readonly TaskId[]): MergeMember[] {
  return sharesIn(state, merge, ids).map((share) => ({
    ...share,
    label: taskOf(state, share.task).task.label,
  }));
}

/** What it did before a conflict sent it back, if this is the round that began with it. */
function redoOf({ attempts, conflict, round: now }: TaskState, base: string): WorktreeOrder['redo'] {
  if (conflict === undefined || conflict.round !== now || conflict.onto !== base) return undefined;
  const commit = attempts.findLast((attempt) => attempt.round < now && attempt.commit !== undefined)?.commit;
  const { files, task, against, onto } = conflict;
  return commit === undefined ? undefined : { files, task, against, onto, commit };
}
