/** Which files a task or a whole run changed: the answer of `diff --stat` and `diff --json`. */
import type { Changes } from '../core/changes.js';
import { failure, type Result, success } from '../core/problem.js';
import type { Sheet } from '../core/shown.js';
import { type AttemptState, lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { apartLines, landingLines } from './change-lines.js';
import { changesDocument, sharedDocument } from './changes-document.js';
import { runDocument } from './json.js';
import { landingOf, lastIntegrate } from './landing.js';
import { someOf } from './reason.js';
import { nameOf } from './title.js';
import { whoChanged } from './who-changed.js';
import { amountText, attemptThatCounts, leadingTo, linesText, uncommittedIn } from './work-left.js';

/** What is looked at: an attempt that left changes. Without a task of its own it is the merge of the whole run. */
export interface Diff {
  readonly state: RunState;
  readonly task: TaskState;
  readonly attempt: AttemptState & { readonly changes: Changes };
  /** Where it lies, as it is known to git. */
  readonly branch: string | undefined;
}

/** Of a task, or of what the whole run has merged. As problems: why there is nothing to see. */
export function diffIn(state: RunState, asked: TaskState | undefined, number?: number): Result<Diff> {
  const task = asked ?? lastIntegrate(state);
  if (task === undefined || !isIsolated(task)) return notIsolated(state, asked);
  const name = nameOf(task.task.id);
  const attempt = attemptAsked(state, task, number);
  if (attempt === undefined)
    return failure(number === undefined ? `${name} has not run` : `${name} has no attempt ${number}`);
  if (attempt.exit === undefined)
    return failure(`${name} is running: what it changes is known when it has ended`);
  const { changes, uncommitted } = attempt;
  if (uncommitted !== undefined) return failure(`what ${name} left could not be committed: ${uncommitted}`);
  if (changes === undefined) return unchanged(state, task, asked === undefined);
  const branch = leadingTo(state, task, attempt);
  return success({ state, task, attempt: { ...attempt, changes }, branch });
}

function attemptAsked(state: RunState, task: TaskState, number?: number): AttemptState | undefined {
  if (number !== undefined) return task.attempts.find((one) => one.number === number);
  return attemptThatCounts(state, task) ?? lastAttempt(task);
}

function isIsolated({ task: { isolate, work } }: TaskState): boolean {
  return isolate === 'worktree' || work.kind === 'integrate';
}

function notIsolated(state: RunState, asked: TaskState | undefined): Result<never> {
  const subject = asked === undefined ? `run ${state.id}` : nameOf(asked.task.id);
  return failure(
    `${subject} was not isolated: nobody knows what it changed`,
    '--isolate worktree gives each task a worktree of its own',
  );
}

/** A run that has merged nothing may have tasks with changes all the same. */
function unchanged(state: RunState, task: TaskState, isWholeRun: boolean): Result<never> {
  const others = state.tasks.filter(
    (one) => one !== task && attemptThatCounts(state, one)?.changes !== undefined,
  );
  const [first] = others;
  if (!isWholeRun) return failure(`${nameOf(task.task.id)} changed no files`);
  const [lost] = uncommittedIn(state);
  if (first === undefined && lost !== undefined)
    return failure(
      `run ${state.id} has merged nothing: what ${nameOf(lost.task.task.id)} left could not be committed`,
      lost.why,
    );
  if (first === undefined) return failure(`run ${state.id} changed no files`);
  const names = someOf(
    others.map((one) => nameOf(one.task.id)),
    8,
  );
  return failure(
    landingOf(state)?.kind === 'landed'
      ? `run ${state.id} was merged by hand, with the changes of ${names}`
      : `run ${state.id} has merged nothing; changes were left by ${names}`,
    `batchtool diff ${first.task.id} --orchestration ${state.id}`,
  );
}

export function diffSheet({ state, task, attempt, branch }: Diff): Sheet {
  const { changes } = attempt;
  const isMerge = task.task.work.kind === 'integrate';
  const who = whoChanged(state);
  const authors = new Map(isMerge ? who.files.map((file) => [file.path, file]) : []);
  const subject = isMerge ? state.plan.name : `${nameOf(task.task.id)} attempt ${attempt.number}`;
  return {
    head: [[{ text: subject, tone: 'strong' }, { text: ` changed ${amountText(changes)}` }]],
    table: {
      columns: [
        { title: 'FILE', shrink: true },
        { title: 'WHAT', spare: 1 },
        { title: 'LINES', align: 'right' },
        ...(isMerge ? [{ title: 'BY', shrink: true }] : []),
      ],
      rows: changes.files.map(({ path, kind, from, ...lines }) => {
        const author = authors.get(path);
        const names = (author?.by ?? []).map((one) => nameOf(one.task.task.id));
        return [
          { text: from === undefined ? path : `${from} → ${path}` },
          { text: kind },
          { text: lines.added === undefined ? 'binary' : linesText(lines) },
          ...(isMerge
            ? [{ text: someOf(names, 4), ...(author?.isShared === true ? ({ tone: 'warn' } as const) : {}) }]
            : []),
        ];
      }),
    },
    foot: [
      ...(changes.omitted === 0 ? [] : [[{ text: `and ${changes.omitted} more files` }]]),
      ...(isMerge
        ? [...landingLines(state), ...apartLines(state, who)]
        : branch === undefined
          ? []
          : [[{ text: `on branch ${branch}` }]]),
    ],
  };
}

/** `diff --json`. `patch` is the absolute path of the file that holds all of it. */
export function diffDocument({ state, task, attempt, branch }: Diff, interrupted: boolean, patch: string) {
  const isMerge = task.task.work.kind === 'integrate';
  return {
    run: runDocument(state, interrupted),
    task: isMerge ? null : task.task.id,
    attempt: attempt.number,
    commit: attempt.commit ?? null,
    branch: branch ?? null,
    changes: changesDocument(attempt.changes),
    sharedFiles: isMerge ? sharedDocument(state) : [],
    patch,
    notKept: attempt.notKept ?? null,
    aside: attempt.aside ?? [],
    uncommitted: null,
  };
}

/** `diff --json` where there is nothing to see. What a task left all the same, and nobody could keep, is no nothing. */
export function noDiffDocument(state?: RunState, asked?: TaskState, number?: number) {
  const attempt = state && asked && attemptAsked(state, asked, number);
  return {
    ...{ run: null, task: null, attempt: null, commit: null, branch: null, changes: null },
    ...{ sharedFiles: [], patch: null },
    notKept: attempt?.notKept ?? null,
    aside: attempt?.aside ?? [],
    uncommitted: attempt?.uncommitted ?? null,
  };
}
