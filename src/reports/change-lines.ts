/** What a run changed in the repository, for people at a terminal: what lies where, who changed what, who won, what is kept. */
import type { Changes } from '../core/changes.js';
import type { Line } from '../core/shown.js';
import { lastAttempt, type RunState } from '../core/state.js';
import { showCost, showDuration } from '../core/units.js';
import { unreachable } from '../core/unreachable.js';
import { isMerged, landedText, landingOf, nothingText, shortCommit, takeCommand } from './landing.js';
import { someOf } from './reason.js';
import { MARKS } from './tally.js';
import { nameOf } from './title.js';
import { type Contest, contestsOf, type VariantRow } from './variants.js';
import { type ChangedFile, type WhoChanged, whoChanged } from './who-changed.js';
import { amountText, branchOf } from './work-left.js';

const MOST_TASKS = 8;
const MOST_SHARED = 5;

/** None where nothing is isolated. */
export function changeLines(state: RunState): Line[] {
  return [
    ...landingLines(state),
    ...contestsOf(state).flatMap((one) => contestLines(one, isMerged(landingOf(state)))),
    ...whoLines(state),
  ];
}

/** Where it lies, and how to take it, for who reads it where it lies. */
export function landingLines(state: RunState, reader: 'here' | 'elsewhere' = 'here'): Line[] {
  const landing = landingOf(state);
  if (landing === undefined) return [];
  const { mark, tone } = MARKS.succeeded;
  const said = (text: string): Line => [{ text: mark, tone }, { text: ` ${text}` }];
  switch (landing.kind) {
    case 'nothing':
      return landing.uncommitted.length + landing.failed.length === 0
        ? [said(nothingText(landing))]
        : [[{ text: '⚠', tone: 'warn' }, { text: ` ${nothingText(landing)}` }]];
    case 'apart':
      return [said('the changes of each task are on its own branch')];
    case 'landed':
      return [said(`${changed(landing)}: ${landedText(landing)} (${shortCommit(landing.commit)})`)];
    case 'branch':
      return [
        said(`${changed(landing)}: on branch ${landing.branch}`),
        ...(landing.why === undefined ? [] : [dim(landing.why)]),
        ...(reader === 'elsewhere'
          ? []
          : [[{ text: '  take it: ' }, { text: takeCommand(landing), tone: 'strong' as const }]]),
      ];
    default:
      return unreachable(landing);
  }
}

function changed({ changes }: { readonly changes?: Changes }): string {
  return changes === undefined ? 'the changes are merged' : `changed ${amountText(changes)}`;
}

function dim(text: string): Line {
  return [{ text: `  ${text}`, tone: 'dim' }];
}

function contestLines({ rows, winner }: Contest, merged: boolean): Line[] {
  const head: Line[] =
    winner === undefined
      ? []
      : [[{ text: '★', tone: 'good' }, { text: ` ${winner.name} won: ${winner.why}` }]];
  return [...head, ...rows.map((row) => dim(rowText(row, merged && row.isWinner)))];
}

/** `b  succeeded in 12.3 s, $0.10, 2 files, +30 -2; on branch …`; the winner's is merged. */
function rowText(row: VariantRow, isTaken: boolean): string {
  const { name, status, workMillis, used, changes, branch } = row;
  const parts = [
    `${name}  ${status}${workMillis === 0 ? '' : ` in ${showDuration(workMillis)}`}`,
    ...(used.costUsd === undefined ? [] : [showCost(used.costUsd)]),
    changes === undefined ? noChangesText(row) : amountText(changes),
  ];
  return `${parts.join(', ')}${isTaken || branch === undefined ? '' : `; on branch ${branch}`}`;
}

function noChangesText({ tasks }: VariantRow): string {
  return tasks.some((task) => lastAttempt(task)?.uncommitted !== undefined) ? 'not committed' : 'no changes';
}

function whoLines(state: RunState): Line[] {
  const who = whoChanged(state);
  const { tasks, files } = who;
  const merged = isMerged(landingOf(state));
  const rivals = contestsOf(state).flatMap(({ rows }) => rows.flatMap((row) => row.tasks));
  const others = tasks.filter(({ task }) => !rivals.includes(task));
  const shown = others.slice(0, MOST_TASKS).map(({ task, changes }) => {
    const branch = merged ? undefined : branchOf(state, task);
    const where = branch === undefined ? '' : `; on branch ${branch}`;
    return dim(`${nameOf(task.task.id)}  ${amountText(changes)}${where}`);
  });
  const left = others.length - shown.length;
  const shared = files.filter(({ isShared }) => isShared);
  const more = shared.length - MOST_SHARED;
  return [
    ...shown,
    ...(left > 0 ? [dim(`and ${left} more tasks: batchtool diff --stat --orchestration ${state.id}`)] : []),
    ...apartLines(state, who),
    ...shared.slice(0, MOST_SHARED).map(sharedLine),
    ...(more > 0 ? [dim(`and ${more} more files that several tasks changed`)] : []),
  ];
}

/** `not merged: polish 2 files, +3 -1, on branch …` */
export function apartLines(state: RunState, { apart }: WhoChanged): Line[] {
  const shown = apart.slice(0, MOST_TASKS).map(({ task, changes }) => {
    const branch = branchOf(state, task);
    const where = branch === undefined ? '' : `, on branch ${branch}`;
    return dim(`not merged: ${nameOf(task.task.id)}  ${amountText(changes)}${where}`);
  });
  const left = apart.length - shown.length;
  return [...shown, ...(left > 0 ? [dim(`and ${left} more tasks that are not merged`)] : [])];
}

function sharedLine({ path, by }: ChangedFile): Line {
  const names = someOf(
    by.map(({ task }) => nameOf(task.task.id)),
    4,
  );
  return [{ text: '  ⚠', tone: 'warn' }, { text: ` several tasks changed ${path}: ${names}` }];
}
