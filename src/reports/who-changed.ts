/** Who changed which files of the repository, and where two tasks met in one. */
import type { Changes, FileChange } from '../core/changes.js';
import { type RunState, type TaskState, taskOf } from '../core/state.js';
import { tasksInResult } from './in-result.js';
import { landingOf } from './landing.js';
import { type Contest, contestsOf } from './variants.js';
import { changesOf } from './work-left.js';

export interface TaskChanges {
  readonly task: TaskState;
  readonly changes: Changes;
}

/** One file, with all tasks that changed it, in plan order. */
export interface ChangedFile {
  readonly path: string;
  readonly by: readonly { readonly task: TaskState; readonly change: FileChange }[];
  /** Two of these tasks changed it without knowing of each other. Variants of which one is taken are meant to. */
  readonly isShared: boolean;
}

export interface WhoChanged {
  /**
   * Isolated tasks that changed something, in plan order; without those of variants that another was taken for. Once there is
   * a result, only those whose work is in it.
   */
  readonly tasks: readonly TaskChanges[];
  /** The others: they failed, or did not fit. */
  readonly apart: readonly TaskChanges[];
  /** Those that several tasks changed come first; else by path. */
  readonly files: readonly ChangedFile[];
}

export function whoChanged(state: RunState): WhoChanged {
  const contests = contestsOf(state);
  const { tasks, apart } = whereWorkIs(state, contests);
  const byPath = new Map<string, ChangedFile['by'][number][]>();
  for (const { task, changes } of tasks)
    for (const change of changes.files) {
      const by = byPath.get(change.path);
      if (by === undefined) byPath.set(change.path, [{ task, change }]);
      else by.push({ task, change });
    }
  const meet = meetingIn(state, contests);
  const files = [...byPath].map(([path, by]): ChangedFile => {
    const isShared = by.some(({ task }, place) =>
      by.slice(place + 1).some((other) => meet(task, other.task)),
    );
    return { path, by, isShared };
  });
  return { tasks, apart, files: files.sort(byImportance) };
}

/** Tasks whose work is in no result: where each was to stay on its own branch, all that changed something. */
export function tasksApart(state: RunState): readonly TaskState[] {
  const { tasks, apart } = whereWorkIs(state, contestsOf(state));
  const all = landingOf(state)?.kind === 'apart' ? tasks : apart;
  return all.map(({ task }) => task);
}

function whereWorkIs(state: RunState, contests: readonly Contest[]): Pick<WhoChanged, 'tasks' | 'apart'> {
  const lost = new Set(contests.flatMap(losersOf));
  const inResult = tasksInResult(state);
  const all = state.tasks.flatMap((task): TaskChanges[] => {
    if (task.task.work.kind === 'integrate' || lost.has(task)) return [];
    const changes = changesOf(state, task);
    return changes === undefined ? [] : [{ task, changes }];
  });
  const isIn = ({ task }: TaskChanges): boolean => inResult?.has(task) ?? true;
  return { tasks: all.filter(isIn), apart: all.filter((one) => !isIn(one)) };
}

function losersOf({ rows, winner }: Contest): readonly TaskState[] {
  return winner === undefined ? [] : rows.flatMap(({ isWinner, tasks }) => (isWinner ? [] : tasks));
}

function byImportance(a: ChangedFile, b: ChangedFile): number {
  if (a.isShared !== b.isShared) return a.isShared ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

type Meet = (one: TaskState, other: TaskState) => boolean;

/** Whether the work of both is to be merged, and neither builds on that of the other. */
function meetingIn(state: RunState, contests: readonly Contest[]): Meet {
  const rivals = rivalsIn(contests);
  const before = new Map<TaskState, ReadonlySet<TaskState>>();
  const needsOf = (task: TaskState): ReadonlySet<TaskState> => {
    const known = before.get(task) ?? allBefore(state, task);
    before.set(task, known);
    return known;
  };
  return (one, other) => {
    const [a, b] = [rivals.get(one), rivals.get(other)];
    if (a !== undefined && b !== undefined && a.choice === b.choice && a.name !== b.name) return false;
    return !needsOf(one).has(other) && !needsOf(other).has(one);
  };
}

/** For each task of a variant, in which contest it is and for whom. */
function rivalsIn(contests: readonly Contest[]): Map<TaskState, { choice: Contest; name: string }> {
  return new Map(
    contests.flatMap((choice) =>
      choice.rows.flatMap(({ name, tasks }) => tasks.map((task) => [task, { choice, name }] as const)),
    ),
  );
}

function allBefore(state: RunState, task: TaskState): ReadonlySet<TaskState> {
  const found = new Set<TaskState>();
  const open = [task];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const need of next.task.needs) {
      const before = taskOf(state, need.task);
      if (found.has(before)) continue;
      found.add(before);
      open.push(before);
    }
  return found;
}
