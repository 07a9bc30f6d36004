/** What a run changed in the repository, for a report: where it lies, which variant won, and who changed which files. */

import type { Changes } from '../core/changes.js';
import { showCost, showDuration } from '../core/units.js';
import { unreachable } from '../core/unreachable.js';
import { isMerged, type Landing, landingOf, nothingText, shortCommit, takeCommand } from './landing.js';
import { block, code, details, inline, markdownTable } from './markdown-text.js';
import type { Material } from './material.js';
import { countOf } from './opening.js';
import { someOf } from './reason.js';
import { ICONS } from './task-rows.js';
import { nameOf } from './title.js';
import { type Contest, contestsOf, type VariantRow } from './variants.js';
import { type ChangedFile, type TaskChanges, type WhoChanged, whoChanged } from './who-changed.js';
import { amountText, branchOf, linesText } from './work-left.js';

/** How much is said of them; the others are counted. */
export interface ChangesForm {
  readonly tasks: number;
  readonly files: number;
}

/** Longer tables are folded. */
const MOST_OPEN = 20;
const MOST_SHARED = 20;

/** A column that would be empty is left out. */
interface Column<Row> {
  readonly title: string;
  readonly right?: boolean;
  readonly cell: (row: Row) => string;
}

function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const isUsed = columns.map((_, place) => cells.some((row) => row[place] !== ''));
  return markdownTable(
    columns.filter((_, place) => isUsed[place]),
    cells.map((row) => row.filter((_, place) => isUsed[place])),
  );
}

/** Variants side by side; empty where nothing was chosen. */
export function variantSections({ state, branches }: Material): string {
  const merged = isMerged(landingOf(state));
  return contestsOf(state)
    .map((contest) => contestSection(contest, branches === undefined, merged))
    .join('\n\n');
}

function contestSection({ rows, winner }: Contest, hasBranches: boolean, merged: boolean): string {
  return [
    '### Variants',
    ...(winner === undefined ? [] : [`**${inline(winner.name)} won**: ${inline(winner.why)}`]),
    tableOf<VariantRow>(rows, [
      { title: '', cell: ({ status }) => ICONS[status] },
      { title: 'Variant', cell: ({ name, isWinner }) => `${code(name)}${isWinner ? ' 🏆' : ''}` },
      {
        title: 'Duration',
        right: true,
        cell: ({ workMillis }) => (workMillis === 0 ? '' : showDuration(workMillis)),
      },
      {
        title: 'Cost',
        right: true,
        cell: ({ used: { costUsd } }) => (costUsd === undefined ? '' : showCost(costUsd)),
      },
      {
        title: 'Changes',
        cell: ({ changes }) => (changes === undefined ? 'none' : inline(amountText(changes))),
      },
      {
        title: 'Branch',
        cell: ({ branch, isWinner }) =>
          (isWinner && merged) || !hasBranches || branch === undefined ? '' : code(branch),
      },
    ]),
  ].join('\n\n');
}

/** Empty where nothing is isolated. */
export function changesSection(material: Material, form: ChangesForm): string {
  const { state, branches } = material;
  const landing = landingOf(state);
  const who = whoChanged(state);
  if (landing === undefined && who.tasks.length === 0) return '';
  const merged = isMerged(landing);
  const hasBranches = branches === undefined;
  const branchFor = ({ task }: TaskChanges): string | undefined =>
    merged || !hasBranches ? undefined : branchOf(state, task);
  return [
    '### What changed',
    ...(landing === undefined ? [] : [landingText(landing, material)]),
    ...sharedText(who),
    ...(who.tasks.length === 0 ? [] : [taskTable(who.tasks, form.tasks, branchFor)]),
    ...(who.apart.length === 0
      ? []
      : [
          'Not merged:',
          taskTable(who.apart, form.tasks, ({ task }) => (hasBranches ? branchOf(state, task) : undefined)),
        ]),
    ...(who.files.length === 0 || form.files === 0 ? [] : [fileTable(who, form.files)]),
  ].join('\n\n');
}

function landingText(landing: Landing, reader: Reader): string {
  switch (landing.kind) {
    case 'nothing':
      return `${inline(nothingText(landing).replace(/^./, (first) => first.toUpperCase()))}.`;
    case 'apart':
      return reader.branches === undefined
        ? 'The changes of each task are on its own branch.'
        : `The changes of each task were on a branch of its own, on the machine of the job.${patchesText(reader)}`;
    case 'landed':
      return `**${amountOf(landing)}**, ${landing.branch === undefined ? '' : `on ${code(landing.branch)}, `}in the working tree as ${code(shortCommit(landing.commit))}.`;
    case 'branch': {
      const why = landing.why === undefined ? '' : `: ${inline(landing.why)}`;
      return `**${amountOf(landing)}**, on branch ${code(landing.branch)}${why}. ${wayTo(landing, reader)}`;
    }
    default:
      return unreachable(landing);
  }
}

/** What is at hand for who reads it. */
type Reader = Pick<Material, 'branches' | 'patches'>;

/** How he comes by a branch. */
function wayTo(landing: Extract<Landing, { kind: 'branch' }>, reader: Reader): string {
  switch (reader.branches) {
    case undefined:
      return `To take it:\n\n${block(takeCommand(landing), 'sh')}`;
    case 'pushed':
      return `To take it:\n\n${block(`git fetch origin ${landing.branch} && git merge FETCH_HEAD`, 'sh')}`;
    case 'gone':
      return `It was on the machine of the job only: with ${code('push: branch')} it is pushed.${patchesText(reader)}`;
    case 'unpushed':
      return `It was on the machine of the job only, for it is not pushed.${patchesText(reader)}`;
    default:
      return unreachable(reader.branches);
  }
}

/** Behind a sentence. The artifact is made last, for the report is in it too. */
function patchesText({ patches }: Reader): string {
  switch (patches) {
    case undefined:
      return '';
    case 'kept':
      return ' The patches are in the artifact of the run, if it could be kept.';
    case 'offered':
      return ` With ${code('artifact: always')} the patches are kept.`;
    default:
      return unreachable(patches);
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

function taskTable(
  tasks: readonly TaskChanges[],
  most: number,
  branchFor: (row: TaskChanges) => string | undefined,
): string {
  const shown = tasks.slice(0, most);
  const table = tableOf(shown, [
    { title: 'Task', cell: ({ task }) => code(nameOf(task.task.id)) },
    { title: 'Files', right: true, cell: ({ changes }) => String(changes.files.length + changes.omitted) },
    { title: 'Lines', right: true, cell: ({ changes }) => inline(linesText(changes)) },
    {
      title: 'Branch',
      cell: (row) => {
        const branch = branchFor(row);
        return branch === undefined ? '' : code(branch);
      },
    },
  ]);
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
