/** The figures of a run for people, and the document of `stats --json`. */
import type { Line, Sheet, Span } from '../core/shown.js';
import { type RunState, type TaskState, taskOf } from '../core/state.js';
import { showCost, showCount, showDuration, showSize } from '../core/units.js';
import { budgetDocument, usedIn, usedText } from './cost.js';
import type { PathStep } from './critical-path.js';
import { type RunDocument, runDocument } from './json.js';
import { adviceLine, pathLines } from './path-lines.js';
import { failureReason } from './reason.js';
import { withRest } from './rest.js';
import type { Advice, RunStats, TaskStats } from './stats.js';
import { MARKS } from './tally.js';
import { isoTime } from './time.js';
import { isNumber, shortLabel } from './title.js';

/** At most so many tasks get a row. */
export function statsSheet(state: RunState, stats: RunStats, most = Number.POSITIVE_INFINITY): Sheet {
  const many = stats.tasks.some(({ history }) => history.runs > 1);
  const shown = tellingStats(stats.tasks, most);
  const { costUsd, tokens: counted } = usedIn(state);
  const [costs, tokens] = [costUsd !== undefined, counted !== undefined];
  const sheet: Sheet = {
    head: [workLine(state, stats), ...usedLine(state), ...pastLine(stats)],
    table: {
      columns: [
        { title: 'TASK' },
        { title: 'TEXT', shrink: true },
        { title: 'STATUS' },
        { title: 'TIME', align: 'right' },
        { title: 'WAITED', align: 'right', spare: 4 },
        { title: 'TRIES', align: 'right', spare: 2 },
        { title: 'MEMORY', align: 'right', spare: 3 },
        ...(costs ? ([{ title: 'COST', align: 'right', spare: 7 }] as const) : []),
        ...(tokens ? ([{ title: 'TOKENS', align: 'right', spare: 8 }] as const) : []),
        ...(many
          ? ([
              { title: 'SUCCEEDED', align: 'right', spare: 1 },
              { title: 'MEDIAN', align: 'right', spare: 5 },
              { title: 'LONGEST', align: 'right', spare: 6 },
            ] as const)
          : []),
        { title: 'NOTE', shrink: true },
      ],
      rows: shown.map((task) => row(task, { many, costs, tokens }, failureOf(state, taskOf(state, task.id)))),
    },
    foot: [...pathLines(stats.criticalPath, state), ...stats.advice.map(adviceLine)],
  };
  return withRest(sheet, stats.tasks.length - shown.length);
}

/** Those that failed, that there is something to say of, and that took longest, in plan order. */
function tellingStats(tasks: readonly TaskStats[], most: number): readonly TaskStats[] {
  if (tasks.length <= most) return tasks;
  const rank = (task: TaskStats): number => (task.status === 'failed' ? 2 : notes(task).length > 0 ? 1 : 0);
  const telling = [...tasks].sort((a, b) => rank(b) - rank(a) || b.workMillis - a.workMillis);
  const chosen = new Set(telling.slice(0, most));
  return tasks.filter((task) => chosen.has(task));
}

function workLine(state: RunState, stats: RunStats): Line {
  const { workMillis, busyMillis, savedMillis, wallMillis } = stats;
  const name: Span[] = [
    { text: state.plan.name, tone: 'strong' },
    { text: ` (run ${state.id})`, tone: 'dim' },
    { text: `: ${showDuration(workMillis)} of work in ${showDuration(wallMillis)}` },
  ];
  if (savedMillis < 1 || busyMillis < 1) return name;
  const times = (workMillis / busyMillis).toFixed(1);
  return [
    ...name,
    { text: `; side by side saved ${showDuration(savedMillis)} (${times} times as fast)`, tone: 'good' },
  ];
}

function usedLine(state: RunState): Line[] {
  const used = usedText(state);
  return used === undefined ? [] : [[{ text: `used: ${used}` }]];
}

function pastLine({ runs, succeededRuns }: RunStats): Line[] {
  return runs < 2
    ? []
    : [[{ text: `${succeededRuns} of ${runs} runs succeeded (${percent(succeededRuns, runs)})` }]];
}

/** Why a task failed: a figure of work that came to nothing says little without it. */
function failureOf(state: RunState, task: TaskState): string | undefined {
  return task.outcome?.kind === 'failed' ? failureReason(state, task, task.outcome.exit) : undefined;
}

/** Which columns there are besides those of every run. */
interface Columns {
  readonly many: boolean;
  readonly costs: boolean;
  readonly tokens: boolean;
}

function row(
  task: TaskStats,
  { many, costs, tokens }: Columns,
  failure: string | undefined,
): readonly Span[] {
  const { history, used } = task;
  const past: Span[] = [
    {
      text:
        history.runs === 0
          ? ''
          : `${history.succeeded} of ${history.runs} (${percent(history.succeeded, history.runs)})`,
    },
    { text: history.medianMillis === undefined ? '' : showDuration(history.medianMillis) },
    { text: history.longestMillis === undefined ? '' : showDuration(history.longestMillis) },
  ];
  return [
    { text: task.id },
    { text: isNumber(task.id) ? shortLabel(task.label) : '' },
    { text: task.status, tone: MARKS[task.status].tone },
    { text: task.attempts === 0 ? '' : showDuration(task.workMillis) },
    { text: task.waitedMillis === undefined ? '' : showDuration(task.waitedMillis) },
    { text: task.attempts === 0 ? '' : String(task.attempts) },
    { text: task.peakMemoryBytes === undefined ? '' : showSize(task.peakMemoryBytes) },
    ...(costs ? [{ text: used.costUsd === undefined ? '' : showCost(used.costUsd) }] : []),
    ...(tokens ? [{ text: used.tokens === undefined ? '' : showCount(used.tokens) }] : []),
    ...(many ? past : []),
    { text: [failure, ...notes(task)].filter((note) => note !== undefined).join(', '), tone: 'warn' },
  ];
}

function notes({ criticalMillis, flaky, history }: TaskStats): string[] {
  const found: string[] = [];
  if (criticalMillis > 0) found.push('on the critical path');
  if (history.flakyRuns > 1)
    found.push(`flaky: only after a retry in ${history.flakyRuns} of ${history.runs} runs`);
  else if (flaky) found.push('flaky: only after a retry');
  else if (history.flakyRuns === 1) found.push('flaky: only after a retry in an earlier run');
  return found;
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}

export interface StatsDocument {
  readonly run: RunDocument & {
    readonly wallMs: number;
    readonly workMs: number;
    readonly busyMs: number;
    readonly savedMs: number;
  };
  readonly past: { readonly runs: number; readonly succeeded: number };
  readonly criticalPath: readonly {
    readonly task: string;
    readonly attempt: number;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly waitedFor: PathStep['link'];
    readonly waitedMs: number;
  }[];
  readonly advice: readonly {
    readonly kind: Advice['kind'];
    readonly task?: string;
    readonly timeMs: number;
  }[];
  readonly tasks: readonly TaskStatsDocument[];
}

export interface TaskStatsDocument {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly workMs: number;
  readonly waitedMs: number | null;
  readonly peakMemoryBytes: number | null;
  readonly costUsd: number | null;
  readonly tokens: number | null;
  readonly flaky: boolean;
  readonly criticalMs: number;
  readonly history: {
    readonly runs: number;
    readonly succeeded: number;
    /** 0 to 1; null when it never succeeded or failed. */
    readonly successRate: number | null;
    readonly flakyRuns: number;
    readonly medianMs: number | null;
    readonly longestMs: number | null;
  };
}

/** `stats --json`. */
export function statsDocument(state: RunState, stats: RunStats, interrupted: boolean): StatsDocument {
  return {
    run: {
      ...runDocument(state, interrupted),
      wallMs: stats.wallMillis,
      workMs: stats.workMillis,
      busyMs: stats.busyMillis,
      savedMs: stats.savedMillis,
    },
    past: { runs: stats.runs, succeeded: stats.succeededRuns },
    criticalPath: stats.criticalPath.map(({ task, attempt, startedAt, endedAt, link, waitedMillis }) => ({
      task,
      attempt,
      startedAt: isoTime(startedAt),
      endedAt: isoTime(endedAt),
      waitedFor: link,
      waitedMs: waitedMillis,
    })),
    advice: stats.advice.map(({ millis, ...rest }) => ({ ...rest, timeMs: millis })),
    tasks: stats.tasks.map(taskDocument),
  };
}

function taskDocument(task: TaskStats): TaskStatsDocument {
  const { history } = task;
  return {
    id: task.id,
    status: task.status,
    attempts: task.attempts,
    workMs: task.workMillis,
    waitedMs: task.waitedMillis ?? null,
    peakMemoryBytes: task.peakMemoryBytes ?? null,
    ...budgetDocument(task.used),
    flaky: task.flaky,
    criticalMs: task.criticalMillis,
    history: {
      runs: history.runs,
      succeeded: history.succeeded,
      successRate: history.runs === 0 ? null : history.succeeded / history.runs,
      flakyRuns: history.flakyRuns,
      medianMs: history.medianMillis ?? null,
      longestMs: history.longestMillis ?? null,
    },
  };
}
