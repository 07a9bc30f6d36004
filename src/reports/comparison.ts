/**
 * What is different from an earlier run. Tasks with a name are the same by that; texts without names are numbered, so they
 * are the same when they say the same. Durations are compared only where a task succeeded both times.
 */
import type { TaskId } from '../core/plan.js';
import type { RunState, TaskState, TaskStatus } from '../core/state.js';
import { showCost, showDuration } from '../core/units.js';
import { workKey } from '../core/work-key.js';
import type { Baseline, BaselineTask } from './baseline.js';
import { usedIn } from './cost.js';
import { lengthOf } from './figures.js';
import { code } from './markdown-text.js';
import { someOf } from './reason.js';
import { runMillis } from './status.js';
import { isNumber, titleOf } from './title.js';

/** A task is slower only beyond both: hosted runners differ by a tenth and more, and a second is nothing to wait for. */
const LEAST_SHARE = 0.25;
const LEAST_MILLIS = 2000;

export interface Pace {
  readonly task: TaskState;
  readonly beforeMillis: number;
  readonly nowMillis: number;
}

/** In plan order; slower and faster ones by how much time it is, the most first. */
export interface Changes {
  /** They succeeded then and failed now. */
  readonly newlyFailing: readonly TaskState[];
  /** They failed then and succeeded now. */
  readonly newlyPassing: readonly TaskState[];
  readonly slower: readonly Pace[];
  readonly faster: readonly Pace[];
  /** They were not there then. */
  readonly added: readonly TaskState[];
  /** They are not there now. */
  readonly vanished: readonly TaskId[];
  /** In dollars; absent where no task ever told one. */
  readonly cost?: { readonly beforeUsd: number; readonly nowUsd: number };
}

export function changes(state: RunState, baseline: Baseline): Changes {
  const then = byKey(baseline.tasks, ({ id, work }) => (isNumber(id) ? work : id));
  const now = byKey(state.tasks, ({ task }) => (isNumber(task.id) ? workKey(task.work) : task.id));
  const both = [...now].flatMap(([key, task]) => {
    const before = then.get(key);
    return before === undefined ? [] : [{ task, before }];
  });
  const became = (from: TaskStatus, to: TaskStatus): TaskState[] =>
    both.flatMap(({ task, before }) => (before.status === from && task.status === to ? [task] : []));
  const paces = both.flatMap(({ task, before }) => paceOf(task, before));
  const cost = costsOf(state, baseline);
  return {
    newlyFailing: became('succeeded', 'failed'),
    newlyPassing: became('failed', 'succeeded'),
    slower: paces.filter((pace) => isMuch(pace.beforeMillis, pace.nowMillis)).sort(byTime),
    faster: paces.filter((pace) => isMuch(pace.nowMillis, pace.beforeMillis)).sort(byTime),
    added: [...now].flatMap(([key, task]) => (then.has(key) ? [] : [task])),
    vanished: [...then].flatMap(([key, { id }]) => (now.has(key) ? [] : [id])),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** Whether there is anything to tell. Costs are never twice the same, and alone they tell nothing. */
export function isChange({ cost: _, ...lists }: Changes): boolean {
  return Object.values(lists).some((list) => list.length > 0);
}

/** By what tells them apart; the second of the same text is another one than the first. */
function byKey<T>(tasks: readonly T[], keyOf: (task: T) => string): Map<string, T> {
  const seen = new Map<string, number>();
  const all = new Map<string, T>();
  for (const task of tasks) {
    const key = keyOf(task);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    all.set(`${key} ${count}`, task);
  }
  return all;
}

function paceOf(task: TaskState, before: BaselineTask): Pace[] {
  const nowMillis = lengthOf(task);
  const beforeMillis = before.durationMillis;
  if (task.status !== 'succeeded' || before.status !== 'succeeded') return [];
  return nowMillis === undefined || beforeMillis === undefined ? [] : [{ task, beforeMillis, nowMillis }];
}

function isMuch(lessMillis: number, moreMillis: number): boolean {
  const gained = moreMillis - lessMillis;
  return gained >= LEAST_MILLIS && gained >= LEAST_SHARE * lessMillis;
}

function byTime(a: Pace, b: Pace): number {
  const gained = ({ beforeMillis, nowMillis }: Pace): number => Math.abs(nowMillis - beforeMillis);
  return gained(b) - gained(a);
}

function costsOf(state: RunState, { tasks }: Baseline): Changes['cost'] {
  const nowUsd = usedIn(state).costUsd;
  const before = tasks.flatMap(({ costUsd }) => costUsd ?? []);
  if (nowUsd === undefined && before.length === 0) return undefined;
  return { beforeUsd: before.reduce((sum, cost) => sum + cost, 0), nowUsd: nowUsd ?? 0 };
}

/** Lines of Markdown under a heading of their own; of each kind of change at most so many tasks are named. */
export function comparisonMarkdown(state: RunState, baseline: Baseline, most = 10): string[] {
  const found = changes(state, baseline);
  const named = (sign: string, what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`- ${sign} ${what}: ${someOf(names, most)}`];
  const lines = [
    ...named('❌', '**newly failing**', found.newlyFailing.map(codeOf)),
    ...named('✅', 'newly passing', found.newlyPassing.map(codeOf)),
    ...named('🐢', 'slower', found.slower.map(paceText)),
    ...named('🐇', 'faster', found.faster.map(paceText)),
    ...named('➕', 'new', found.added.map(codeOf)),
    ...named('➖', 'no longer there', vanishedNames(found.vanished)),
  ];
  return [
    `### Compared with ${origin(baseline)}`,
    '',
    ...(lines.length === 0 ? ['No task is newly failing, slower or faster.'] : lines),
    '',
    totals(state, baseline, found),
  ];
}

function origin({ branch, commit, run }: Baseline): string {
  if (branch === undefined) return `run ${code(run)}`;
  return commit === undefined ? code(branch) : `${code(branch)} at ${code(commit.slice(0, 7))}`;
}

function codeOf({ task }: TaskState): string {
  return code(titleOf(task));
}

function paceText({ task, beforeMillis, nowMillis }: Pace): string {
  return `${codeOf(task)} ${showDuration(beforeMillis)} → ${showDuration(nowMillis)}`;
}

/** A number of then is another task now. */
function vanishedNames(ids: readonly TaskId[]): string[] {
  const names = ids.filter((id) => !isNumber(id)).map(code);
  const others = ids.length - names.length;
  return others === 0 ? names : [...names, `${others} without a name`];
}

/** `3m 05s in all, 2m 10s then · cost $0.42, $0.30 then`. */
function totals(state: RunState, { durationMillis }: Baseline, { cost }: Changes): string {
  const took = runMillis(state, state.lastAt);
  const parts = [
    `${showDuration(took)} in all, ${showDuration(durationMillis)} then`,
    ...(cost === undefined ? [] : [`cost ${showCost(cost.nowUsd)}, ${showCost(cost.beforeUsd)} then`]),
  ];
  return parts.join(' · ');
}
