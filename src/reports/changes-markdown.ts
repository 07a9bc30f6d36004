/** What a run changed in the repository, for a report: where it lies, which variant won, and who changed which files. */

import type { Changes } from '../core/changes.js';
import type { RunState, TaskState } from '../core/state.js';
import { showCost, showDuration } from '../core/units.js';
import { unreachable } from '../core/unreachable.js';
import { landingOf, mergeCommand, shortCommit } from './landing.js';
import { block, code, details, inline, markdownTable } from './markdown-text.js';
import { countOf } from './opening.js';
import { someOf } from './reason.js';
import { ICONS } from './task-rows.js';
import { nameOf } from './title.js';
import { type Contest, contestsOf } from './variants.js';
import { type ChangedFile, type WhoChanged, whoChanged } from './who-changed.js';
import { amountText, branchOf, linesText } from './work-left.js';

/** How much is said of them; the others are counted. */
export interface ChangesForm {
  readonly tasks: number;
  readonly files: number;
}

/** Longer tables are folded. */
const MOST_OPEN = 20;
const MOST_SHARED = 20;

/** Variants side by side; empty where nothing was chosen. */
export function variantSections(state: RunState): string {
  return contestsOf(state).map(contestSection).join('\n\n');
}

function contestSection({ rows, winner }: Contest): string {
  const table = markdownTable(
    [
      { title: '' },
      { title: 'Variant' },
      { title: 'Duration', right: true },
      ...(rows.some(({ used }) => used.costUsd !== undefined) ? [{ title: 'Cost', right: true }] : []),
      { title: 'Changes' },
      { title: 'Where' },
    ],
    rows.map(({ name, status, workMillis, used, changes, branch, isWinner }) => [
      ICONS[status],
      `${code(name)}${isWinner ? ' 🏆' : ''}`,
      workMillis === 0 ? '' : showDuration(workMillis),
      ...(rows.some((row) => row.used.costUsd !== undefined)
        ? [used.costUsd === undefined ? '' : showCost(used.costUsd)]
        : []),
      changes === undefined ? 'none' : inline(amountText(changes)),
      isWinner ? 'taken' : branch === undefined ? '' : code(branch),
    ]),
  );
  const why = winner?.why === undefined ? '' : `: ${inline(winner.why)}`;
  return [
    '### Variants',
    ...(winner === undefined ? [] : [`**${inline(winner.name)} won**${why}`]),
    table,
  ].join('\n\n');
}

/** Empty where nothing is isolated. */
export function changesSection(state: RunState, form: ChangesForm): string {
  const landing = landingText(state);
  const who = whoChanged(state);
  if (landing === undefined && who.tasks.length === 0) return '';
  return [
    '### What changed',
    ...(landing === undefined ? [] : [landing]),
    ...sharedText(who),
    ...(who.tasks.length === 0 ? [] : [taskTable(state, who, form.tasks)]),
    ...(who.files.length === 0 || form.files === 0 ? [] : [fileTable(who, form.files)]),
  ].join('\n\n');
}

function landingText(state: RunState): string | undefined {
  const landing = landingOf(state);
  if (landing === undefined) return undefined;
  switch (landing.kind) {
    case 'nothing':
      return 'There was nothing to merge.';
    case 'apart':
      return 'The changes of each task are on its own branch.';
    case 'landed':
      return `**${amountOf(landing)}**, in the working tree as ${code(shortCommit(landing.commit))}.`;
    case 'branch': {
      const why = landing.why === undefined ? '' : `: ${inline(landing.why)}`;
      return `**${amountOf(landing)}**, on branch ${code(landing.branch)}${why}. To take it:\n\n${block(mergeCommand(landing.branch), 'sh')}`;
    }
    default:
      return unreachable(landing);
  }
}

function amountOf({ changes }: { readonly changes?: Changes }): string {
  return changes === undefined ? 'All changes' : inline(amountText(changes));
}

/** What people look at first: where two have met. */
function sharedText({ files }: WhoChanged): string[] {
  const shared = files.filter(({ isShared }) => isShared);
  if (shared.length === 0) return [];
  const lines = shared
    .slice(0, MOST_SHARED)
    .map(({ path, by }) => `- ${code(path)}: ${someOf(by.map(touchText), 5)}`);
  const left = shared.length - lines.length;
  const count = shared.length === 1 ? 'One file was' : `${shared.length} files were`;
  return [
    `⚠️ ${count} changed by more than one task:`,
    [...lines, ...(left > 0 ? [`- and ${left} more`] : [])].join('\n'),
  ];
}

function touchText({ task, change }: ChangedFile['by'][number]): string {
  return `${code(nameOf(task.task.id))} ${inline(linesText(change) || change.kind)}`;
}

function taskTable(state: RunState, { tasks }: WhoChanged, most: number): string {
  const shown = tasks.slice(0, most);
  const landing = landingOf(state);
  const isMerged = landing?.kind === 'landed' || landing?.kind === 'branch';
  const where = ({ task }: { task: TaskState }): string[] => {
    if (isMerged) return [];
    const branch = branchOf(state, task);
    return [branch === undefined ? '' : code(branch)];
  };
  const table = markdownTable(
    [
      { title: 'Task' },
      { title: 'Files', right: true },
      { title: 'Lines', right: true },
      ...(isMerged ? [] : [{ title: 'Branch' }]),
    ],
    shown.map((row) => [
      code(nameOf(row.task.task.id)),
      String(row.changes.files.length + row.changes.omitted),
      inline(linesText(row.changes)),
      ...where(row),
    ]),
  );
  const left = tasks.length - shown.length;
  const more = left === 0 ? '' : `\n\nand ${countOf(left)} more`;
  const title = `Changes of ${countOf(tasks.length)}`;
  return shown.length <= MOST_OPEN ? `${table}${more}` : details(title, `${table}${more}`);
}

function fileTable({ files, tasks }: WhoChanged, most: number): string {
  const shown = files.slice(0, most);
  const table = markdownTable(
    [{ title: 'File' }, { title: 'What' }, { title: 'Lines', right: true }, { title: 'By' }],
    shown.flatMap(({ path, by, isShared }) =>
      by.map(({ task, change }) => [
        `${isShared ? '⚠️ ' : ''}${code(path)}`,
        change.from === undefined ? change.kind : `${change.kind} from ${code(change.from)}`,
        inline(linesText(change)),
        code(nameOf(task.task.id)),
      ]),
    ),
  );
  const unnamed = tasks.reduce((sum, { changes }) => sum + changes.omitted, 0);
  const left = files.length - shown.length + unnamed;
  const more = left === 0 ? '' : `\n\nand ${left} more`;
  return details(files.length === 1 ? '1 file' : `${files.length + unnamed} files`, `${table}${more}`);
}
