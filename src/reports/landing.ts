/** Where the merged work of a run lies now, and what is typed to take it. */
import type { Changes } from '../core/changes.js';
import { isSuccess } from '../core/exit.js';
import type { Integrate, TaskId } from '../core/plan.js';
import { lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { someOf } from './reason.js';
import { nameOf } from './title.js';
import { branchOf, uncommittedIn } from './work-left.js';

export type Landing =
  /** The user's tree has moved on to it, with his own branch. */
  | {
      readonly kind: 'landed';
      readonly commit: string;
      readonly branch?: string;
      readonly changes?: Changes;
    }
  /** It waits on a branch; `why` says what kept it from the tree, where that was wanted. */
  | {
      readonly kind: 'branch';
      readonly branch: string;
      readonly commit: string;
      readonly why?: string;
      /** Changes of the user's are to be stashed before it is taken; `stash-pop`: and are not in it. */
      readonly take?: 'stash' | 'stash-pop';
      readonly changes?: Changes;
    }
  /** It was asked not to merge: each task's work lies on its own branch. */
  | { readonly kind: 'apart' }
  /** Nobody changed anything, what these tasks left could not be committed, or these failed, and failures are not merged. */
  | {
      readonly kind: 'nothing';
      readonly uncommitted: readonly TaskId[];
      readonly failed: readonly TaskId[];
    };

/** The task that ends all isolated work of a run. */
export function lastIntegrate(state: RunState): (TaskState & { task: { work: Integrate } }) | undefined {
  return state.tasks.find(isLastIntegrate);
}

function isLastIntegrate(task: TaskState): task is TaskState & { task: { work: Integrate } } {
  return task.task.work.kind === 'integrate' && task.task.work.into !== undefined;
}

/** Undefined where nothing is isolated, and as long as it is not merged. */
export function landingOf(state: RunState): Landing | undefined {
  const last = lastIntegrate(state);
  const attempt = last && lastAttempt(last);
  if (last === undefined || attempt?.exit === undefined) return undefined;
  // After a conflict what does go together lies on a branch.
  const isTold =
    isSuccess(attempt.exit) || (attempt.exit.kind === 'conflict' && attempt.commit !== undefined);
  if (!isTold) return undefined;
  const { landed, branch, why, take } = attempt.outputs ?? {};
  const commit = attempt.commit ?? attempt.outputs?.commit;
  const changes = attempt.changes === undefined ? {} : { changes: attempt.changes };
  const isApart = last.task.work.into === 'none' && why === undefined;
  if (commit === undefined || commit === '')
    return isApart
      ? { kind: 'apart' }
      : {
          kind: 'nothing',
          uncommitted: uncommittedIn(state).map(({ task }) => task.task.id),
          failed: failedWithWork(state),
        };
  if (landed === 'yes')
    return { kind: 'landed', commit, ...(branch === undefined ? {} : { branch }), ...changes };
  if (branch === undefined || branch === '') return { kind: 'apart' };
  return {
    ...{ kind: 'branch', branch, commit, ...changes },
    ...(why === undefined || why === '' ? {} : { why }),
    ...(take === 'stash' || take === 'stash-pop' ? { take } : {}),
  };
}

function failedWithWork(state: RunState): TaskId[] {
  return state.tasks.flatMap((task) =>
    task.status !== 'succeeded' && branchOf(state, task) !== undefined ? [task.task.id] : [],
  );
}

/** `now on main, in your working tree`. */
export function landedText({ branch }: Extract<Landing, { kind: 'landed' }>): string {
  return `now ${branch === undefined ? '' : `on ${branch}, `}in your working tree`;
}

/** Why there is nothing, as a sentence without its end. */
export function nothingText({ uncommitted, failed }: Extract<Landing, { kind: 'nothing' }>): string {
  if (uncommitted.length > 0)
    return `nothing was merged, for what ${someOf(uncommitted.map(nameOf), 4)} left could not be committed`;
  return failed.length === 0
    ? 'there was nothing to merge'
    : `nothing was merged, for ${someOf(failed.map(nameOf), 4)} did not succeed`;
}

/** Whether all that is to be taken lies in one place. */
export function isMerged(landing: Landing | undefined): boolean {
  return landing?.kind === 'landed' || landing?.kind === 'branch';
}

/** What is typed to take a branch. */
export function mergeCommand(branch: string): string {
  return `git merge ${branch}`;
}

/** What is typed to take the result where it was merged, with what the user has not committed. */
export function takeCommand({ branch, take }: Extract<Landing, { kind: 'branch' }>): string {
  const merge = mergeCommand(branch);
  if (take === undefined) return merge;
  return `git stash && ${merge}${take === 'stash-pop' ? ' && git stash pop' : ''}`;
}

/** As much of a commit's id as people read. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 10);
}
