/** What isolated tasks have left: whose attempt counts, what it changed in files, and on which branch that lies. */
import { attemptBranch } from '../core/branch.js';
import type { Changes, FileChange } from '../core/changes.js';
import { isSuccess } from '../core/exit.js';
import { newestSuccess } from '../core/lineage.js';
import {
  type AttemptState,
  lastAttempt,
  loopStatesAround,
  type RunState,
  type TaskState,
} from '../core/state.js';

/** The attempt whose work was or would be merged; where none succeeded, the newest that left something. */
export function attemptThatCounts(state: RunState, task: TaskState): AttemptState | undefined {
  const newest = newestSuccess(task);
  if (newest === undefined) return task.attempts.findLast(({ commit }) => commit !== undefined);
  return roundsOf(state, task, newest).findLast(({ commit }) => commit !== undefined);
}

/** In a loop each round goes on from what the one before has left, so that all of them count together. */
function roundsOf(state: RunState, task: TaskState, newest: AttemptState): readonly AttemptState[] {
  if (loopStatesAround(state, task).length === 0) return [newest];
  return task.attempts.filter(
    ({ number, exit, round }) =>
      number <= newest.number && exit && isSuccess(exit) && round >= (task.conflict?.round ?? 1),
  );
}

/** Tasks of which the newest attempt left what no commit holds, and why. */
export function uncommittedIn(state: RunState): { readonly task: TaskState; readonly why: string }[] {
  return state.tasks.flatMap((task) => {
    const why = lastAttempt(task)?.uncommitted;
    return why === undefined ? [] : [{ task, why }];
  });
}

/** The branch of that attempt; undefined where it changed nothing. */
export function branchOf(state: RunState, task: TaskState): string | undefined {
  const attempt = attemptThatCounts(state, task);
  return attempt && leadingTo(state, task, attempt);
}

/** The branch that leads to what an attempt has left; a merge says itself which one. */
export function leadingTo({ id }: RunState, { task }: TaskState, attempt: AttemptState): string | undefined {
  if (attempt.commit === undefined) return undefined;
  if (task.work.kind === 'integrate') return attempt.outputs?.branch;
  return attemptBranch(id, { task: task.id, attempt: attempt.number });
}

/** What it changed in all. */
export function changesOf(state: RunState, task: TaskState): Changes | undefined {
  const newest = newestSuccess(task);
  if (newest === undefined) return attemptThatCounts(state, task)?.changes;
  return together(roundsOf(state, task, newest).flatMap(({ changes }) => changes ?? []));
}

/** Changes one after the other, as one. A file that two of them touched is told once. */
export function together(parts: readonly Changes[]): Changes | undefined {
  const [first, ...later] = parts;
  if (first === undefined || later.length === 0) return first;
  const files = new Map<string, FileChange>();
  for (const change of parts.flatMap((part) => part.files)) {
    const before = files.get(change.path);
    files.set(change.path, before === undefined ? change : afterAnother(before, change));
  }
  const sum = (measure: 'omitted' | 'added' | 'deleted'): number =>
    parts.reduce((all, part) => all + part[measure], 0);
  return {
    files: [...files.values()],
    omitted: sum('omitted'),
    added: sum('added'),
    deleted: sum('deleted'),
  };
}

function afterAnother(before: FileChange, after: FileChange): FileChange {
  const kind = before.kind === 'added' && after.kind === 'changed' ? 'added' : after.kind;
  const { added, deleted } = before;
  const lines =
    added === undefined || after.added === undefined
      ? {}
      : { added: added + after.added, deleted: (deleted ?? 0) + (after.deleted ?? 0) };
  const from = after.from ?? before.from;
  return { path: after.path, kind, ...(from === undefined ? {} : { from }), ...lines };
}

/** `3 files, +120 -4`; of binary files alone the lines are left out. */
export function amountText(changes: Changes): string {
  const count = changes.files.length + changes.omitted;
  const files = count === 1 ? '1 file' : `${count} files`;
  const lines = linesText(changes);
  return lines === '' ? files : `${files}, ${lines}`;
}

/** `+120 -4`; empty where no line was changed. */
export function linesText({ added = 0, deleted = 0 }: { added?: number; deleted?: number }): string {
  return added + deleted === 0 ? '' : `+${added} -${deleted}`;
}
