/** The table of tasks of a report: for each how it ended, how long it took and what it used. */
import type { RunState, TaskState, TaskStatus } from '../core/state.js';
import { showCost, showCount, showDuration, showSize } from '../core/units.js';
import { usedBy } from './cost.js';
import { code, details, inline, markdownTable } from './markdown-text.js';
import type { Material } from './material.js';
import { outcomeReason, type Roots, rootsOf } from './reason.js';
import { retriedReason } from './status.js';
import { isNumber, nameOf } from './title.js';
import { workMillis } from './work-time.js';

/** Signs that GitHub shows in colour. */
export const ICONS: Readonly<Record<TaskStatus, string>> = {
  waiting: '⏳',
  running: '▶️',
  succeeded: '✅',
  failed: '❌',
  skipped: '⏭️',
  cancelled: '🚫',
};

/** Longer tables are folded. */
const MOST_OPEN = 40;

/** With at most so many rows; those that did not succeed come first when not all have room. */
export function taskTable(material: Material, most: number): string {
  const { state } = material;
  const shown = state.tasks.length <= most ? state.tasks : mostImportant(state, most);
  const columns = columnsOf(state);
  const roots = rootsOf(state);
  const table = markdownTable(
    columns,
    shown.map((task) => columns.map(({ cell }) => cell(task, material, roots))),
  );
  const left = state.tasks.length - shown.length;
  const more = left === 0 ? '' : `\n\nand ${left} more: \`batchtool status ${state.id}\``;
  const title =
    left === 0 ? `All ${state.tasks.length} tasks` : `${shown.length} of ${state.tasks.length} tasks`;
  return `### Tasks\n\n${shown.length <= MOST_OPEN ? `${table}${more}` : details(title, `${table}${more}`)}`;
}

/** What it cost in all its attempts, in dollars; undefined where no attempt said it. */
export function costOf(task: TaskState): number | undefined {
  return usedBy(task).costUsd;
}

const ORDER: readonly TaskStatus[] = ['failed', 'cancelled', 'running', 'skipped', 'waiting', 'succeeded'];

function mostImportant(state: RunState, most: number): readonly TaskState[] {
  return [...state.tasks]
    .sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.index - b.index)
    .slice(0, most)
    .sort((a, b) => a.index - b.index);
}

interface Column {
  readonly title: string;
  readonly right?: boolean;
  readonly cell: (task: TaskState, material: Material, roots: Roots) => string;
}

/** A column that would be empty is left out. */
function columnsOf({ tasks }: RunState): Column[] {
  const some = (has: (task: TaskState) => boolean, column: Column): Column[] =>
    tasks.some(has) ? [column] : [];
  return [
    {
      title: '',
      cell: iconCell,
    },
    { title: 'Task', cell: taskCell },
    ...some(({ task }) => task.stage !== undefined, {
      title: 'Stage',
      cell: ({ task }) => inline(task.stage ?? ''),
    }),
    { title: 'Duration', right: true, cell: durationCell },
    {
      title: 'Attempts',
      right: true,
      cell: ({ attempts }) => (attempts.length === 0 ? '' : String(attempts.length)),
    },
    ...some((task) => peakOf(task) > 0, {
      title: 'Memory',
      right: true,
      cell: (task) => (peakOf(task) === 0 ? '' : showSize(peakOf(task))),
    }),
    ...some((task) => costOf(task) !== undefined, {
      title: 'Cost',
      right: true,
      cell: costCell,
    }),
    ...some((task) => usedBy(task).tokens !== undefined, {
      title: 'Tokens',
      right: true,
      cell: tokensCell,
    }),
    ...some((task) => task.status !== 'succeeded' || task.counted > 1, { title: 'Why', cell: whyCell }),
  ];
}

/** A failure that was allowed, and what was running when nobody carried the run on, are not what they look like. */
function iconCell({ status, task }: TaskState, { interrupted }: Material): string {
  const odd = (status === 'failed' && task.mayFail === true) || (status === 'running' && interrupted);
  return odd ? '⚠️' : ICONS[status];
}

function taskCell({ task }: TaskState): string {
  return isNumber(task.id) && task.label !== task.id
    ? `${task.id} ${code(task.label)}`
    : code(nameOf(task.id));
}

function costCell(task: TaskState): string {
  const cost = costOf(task);
  return cost === undefined ? '' : showCost(cost);
}

function tokensCell(task: TaskState): string {
  const { tokens } = usedBy(task);
  return tokens === undefined ? '' : showCount(tokens);
}

/** What nobody carried on when batchtool ended has no end. */
function durationCell({ attempts }: TaskState, { now, interrupted }: Material): string {
  const ran = attempts.filter(({ exit }) => exit?.kind !== 'lost' && (exit !== undefined || !interrupted));
  return ran.length === 0 ? '' : showDuration(workMillis({ attempts: ran }, now));
}

/** The most memory that one of its attempts had, in bytes; 0 where nobody measured it. */
export function peakOf({ attempts }: TaskState): number {
  return attempts.reduce((peak, { peakMemoryBytes = 0 }) => Math.max(peak, peakMemoryBytes), 0);
}

function whyCell(task: TaskState, { state, interrupted }: Material, roots: Roots): string {
  if (task.status === 'running') return interrupted ? 'was running when batchtool ended' : 'is running';
  const reason =
    outcomeReason(state, task, roots) ?? (task.status === 'succeeded' ? retriedReason(task) : '');
  return inline(`${reason}${task.status === 'failed' && task.task.mayFail === true ? ' (it may)' : ''}`);
}
