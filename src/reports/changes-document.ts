/** What was changed in the repository, for programs: what is not known is null. */
import type { Changes } from '../core/changes.js';
import type { TaskId } from '../core/plan.js';
import type { RunState } from '../core/state.js';
import { budgetDocument } from './cost.js';
import { landingOf } from './landing.js';
import { contestsOf } from './variants.js';
import { tasksApart, whoChanged } from './who-changed.js';

export interface ChangesDocument {
  readonly files: readonly {
    /** From the top of the repository. */
    readonly path: string;
    readonly kind: 'added' | 'changed' | 'deleted' | 'renamed';
    /** Before it was renamed. */
    readonly from: string | null;
    /** Lines; null of binary files. */
    readonly added: number | null;
    readonly deleted: number | null;
  }[];
  /** Files that are not listed. */
  readonly omitted: number;
  readonly added: number;
  readonly deleted: number;
}

export function changesDocument({ files, omitted, added, deleted }: Changes): ChangesDocument {
  return {
    files: files.map((file) => ({
      path: file.path,
      kind: file.kind,
      from: file.from ?? null,
      added: file.added ?? null,
      deleted: file.deleted ?? null,
    })),
    omitted,
    added,
    deleted,
  };
}

/** Where the work of all isolated tasks lies. */
export interface MergedDocument {
  /** The user's tree has moved on to it. */
  readonly landed: boolean;
  /** Null where nothing was merged. */
  readonly commit: string | null;
  readonly branch: string | null;
  /** What kept it from the tree. */
  readonly why: string | null;
  /** Tasks that changed something that is in no result. Variants that another was taken for are not among them. */
  readonly apart: readonly TaskId[];
}

/** Null where nothing is isolated, or nothing merged yet. */
export function mergedDocument(state: RunState): MergedDocument | null {
  const landing = landingOf(state);
  if (landing === undefined) return null;
  return {
    landed: landing.kind === 'landed',
    commit: 'commit' in landing ? landing.commit : null,
    branch: landing.kind === 'branch' ? landing.branch : null,
    why: landing.kind === 'branch' ? (landing.why ?? null) : null,
    apart: tasksApart(state).map(({ task }) => task.id),
  };
}

/** Variants side by side, for each place where one of several is taken. */
export function contestDocuments(state: RunState) {
  return contestsOf(state).map(({ winner, rows }) => ({
    winner: winner?.name ?? null,
    why: winner?.why ?? null,
    variants: rows.map(({ name, tasks, status, workMillis, used, changes, branch }) => ({
      name,
      tasks: tasks.map(({ task }) => task.id),
      status,
      workMs: workMillis,
      ...budgetDocument(used),
      changes: changes === undefined ? null : changesDocument(changes),
      branch: branch ?? null,
    })),
  }));
}

/** Files that several tasks changed side by side. */
export function sharedDocument(state: RunState) {
  return whoChanged(state)
    .files.filter(({ isShared }) => isShared)
    .map(({ path, by }) => ({ path, tasks: by.map(({ task }) => task.task.id) }));
}
