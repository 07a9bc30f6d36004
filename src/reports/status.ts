/** How a run stands, for people. `json.ts` has the same for programs. */
import { ranOutOfMoney } from '../core/budget.js';
import type { EpochMillis } from '../core/event.js';
import { heldBackAlone } from '../core/resume.js';
import type { Line, Sheet, Span } from '../core/shown.js';
import { type AttemptState, lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { showCost, showCount, showDuration, showSize } from '../core/units.js';
import { landingLines } from './change-lines.js';
import { largerBudget, usedBy, usedIn } from './cost.js';
import { groupLines } from './groups.js';
import { exitReason, outcomeReason, type Roots, rootsOf, showLimit, stopReason } from './reason.js';
import { longCounts, MARKS } from './tally.js';
import { isNumber, shortLabel } from './title.js';
import { waitingReason } from './waiting.js';
import { amountText, changesOf, linesText } from './work-left.js';

export interface StatusInput {
  readonly state: RunState;
  readonly now: EpochMillis;
  /** The run is not over and its process is gone. */
  readonly interrupted: boolean;
  /** The tasks that get a row; all of them when absent. */
  readonly shown?: readonly TaskState[];
  /** What a proposed command repeats: ` --state-dir DIR`. */
  readonly stateWords?: string;
}

/** How a run stands, in one word. */
export type RunWord = RunState['status'] | 'interrupted';

/** The run's word: its status, or `interrupted`. */
export function runWord({ status }: RunState, interrupted: boolean): RunWord {
  return interrupted && status === 'running' ? 'interrupted' : status;
}

export function statusSheet(input: StatusInput): Sheet {
  const roots = rootsOf(input.state);
  const { costUsd, tokens: counted } = usedIn(input.state);
  const [costs, tokens] = [costUsd !== undefined, counted !== undefined];
  const isolated = input.state.tasks.some(({ attempts }) =>
    attempts.some(({ changes }) => changes !== undefined),
  );
  return {
    head: [
      runLine(input),
      input.interrupted ? longCounts(input.state) : longCounts(input.state, input.now),
      ...stopLines(input.state),
      ...groupLines(input.state.plan.tasks),
    ],
    table: {
      columns: [
        { title: 'TASK' },
        { title: 'TEXT', shrink: true },
        { title: 'STATUS' },
        { title: 'TIME', align: 'right' },
        { title: 'TRIES', align: 'right', spare: 1 },
        { title: 'MEMORY', align: 'right', spare: 2 },
        ...(costs ? ([{ title: 'COST', align: 'right', spare: 3 }] as const) : []),
        ...(tokens ? ([{ title: 'TOKENS', align: 'right', spare: 4 }] as const) : []),
        ...(isolated ? ([{ title: 'CHANGES', align: 'right', spare: 5 }] as const) : []),
        { title: 'WHY', shrink: true },
      ],
      rows: (input.shown ?? input.state.tasks).map((task) => {
        const used = usedBy(task);
        return [
          ...row(input, task),
          ...(costs ? [{ text: used.costUsd === undefined ? '' : showCost(used.costUsd) }] : []),
          ...(tokens ? [{ text: used.tokens === undefined ? '' : showCount(used.tokens) }] : []),
          ...(isolated ? [{ text: changesCell(input.state, task) }] : []),
          { text: why(input, task, roots), tone: 'dim' },
        ];
      }),
    },
    foot: footLines(input),
  };
}

function runLine({ state, now, interrupted }: StatusInput): Line {
  const word = runWord(state, interrupted);
  const took = interrupted ? '' : ` ${state.status === 'running' ? 'for' : 'in'} ${runTimes(state, now)}`;
  return [
    { text: state.plan.name, tone: 'strong' },
    { text: ' ' },
    { text: word, tone: word === 'interrupted' ? 'warn' : MARKS[word].tone },
    { text: `${took} ` },
    { text: `(${state.plan.pattern}, run ${state.id})`, tone: 'dim' },
  ];
}

/** All its parts together: the hours before a resume, in which nobody ran it, do not count. */
export function runTime(state: RunState, now: EpochMillis): string {
  return showDuration(runMillis(state, now));
}

/** The same as a number. */
export function runMillis(state: RunState, now: EpochMillis): number {
  return state.workedBeforeMillis + lastPartMillis(state, now);
}

/** The same, and after a resume how much of it the last part took: `3m 05s, 12 s of it since it was resumed`. */
export function runTimes(state: RunState, now: EpochMillis): string {
  if (state.resumes === 0) return runTime(state, now);
  const lastPart = showDuration(lastPartMillis(state, now));
  return `${runTime(state, now)}, ${lastPart} of it since it was resumed`;
}

function lastPartMillis({ endedAt, activeSince }: RunState, now: EpochMillis): number {
  return Math.max(0, (endedAt ?? now) - activeSince);
}

function stopLines(state: RunState): Line[] {
  if (state.stopping === undefined) return [];
  return [[{ text: `stopped: ${stopReason(state.stopping)}`, tone: 'warn' }]];
}

/** All that has a column in every table, but why it is so. */
function row({ now, interrupted }: StatusInput, task: TaskState): readonly Span[] {
  const attempt = lastAttempt(task);
  const gone = interrupted && task.status === 'running';
  return [
    { text: task.task.id },
    { text: isNumber(task.task.id) ? shortLabel(task.task.label) : '' },
    { text: task.status, tone: gone ? 'warn' : MARKS[task.status].tone },
    { text: gone ? '' : timeOf(task, attempt, now) },
    { text: task.attempts.length < 2 ? '' : String(task.attempts.length), tone: 'warn' },
    { text: memoryOf(task) },
  ];
}

/** How long its newest attempt ran, or has been running. A waiting task shows none, also between two attempts. */
function timeOf(task: TaskState, attempt: AttemptState | undefined, now: EpochMillis): string {
  if (attempt === undefined || task.status === 'waiting' || task.status === 'skipped') return '';
  return showDuration(Math.max(0, (attempt.endedAt ?? now) - attempt.startedAt));
}

function changesCell(state: RunState, task: TaskState): string {
  const changes = changesOf(state, task);
  return changes === undefined ? '' : linesText(changes) || amountText(changes);
}

function memoryOf(task: TaskState): string {
  const peak = Math.max(0, ...task.attempts.map((attempt) => attempt.peakMemoryBytes ?? 0));
  return peak === 0 ? '' : showSize(peak);
}

function why({ state, now, interrupted }: StatusInput, task: TaskState, roots: Roots): string {
  switch (task.status) {
    case 'waiting':
      return interrupted ? '' : waitingReason(state, task, now);
    case 'running':
      return runningReason(task, interrupted);
    case 'succeeded':
      return outcomeReason(state, task, roots) ?? retriedReason(task);
    case 'failed':
      return `${outcomeReason(state, task, roots)}${task.task.mayFail === true ? ' (it may)' : ''}`;
    default:
      return outcomeReason(state, task, roots) ?? '';
  }
}

function runningReason(task: TaskState, interrupted: boolean): string {
  if (interrupted) return 'was running when batchtool ended';
  const attempt = lastAttempt(task);
  if (attempt?.exit !== undefined) return exitReason(attempt.exit, task.task.work);
  if (attempt?.stopping !== undefined) return 'told to end';
  const { timeoutMillis } = task.task.limits;
  return timeoutMillis === undefined ? '' : `limit ${showLimit(timeoutMillis)}`;
}

/** Shown although it succeeded: what needs a second try is not sound. */
export function retriedReason(task: TaskState): string {
  const before = task.attempts.findLast(({ round, number, exit }) => {
    return round === task.round && number < (lastAttempt(task)?.number ?? 0) && exit !== undefined;
  });
  return before?.exit === undefined ? '' : `only after a retry: ${exitReason(before.exit, task.task.work)}`;
}

function footLines({ state, interrupted, stateWords }: StatusInput): Line[] {
  const over = state.status !== 'running' || interrupted;
  if (!over || state.status === 'succeeded') return landingLines(state);
  return [
    ...landingLines(state),
    [{ text: `go on with it: ${resumeCommand(state, stateWords)}`, tone: 'dim' }],
  ];
}

/** What is typed to go on with a run. One that its budget stopped needs a larger one, what is lost and runs only once its name, and a conflict would only come again. */
export function resumeCommand(state: RunState, stateWords = ''): string {
  const more = ranOutOfMoney(state) ? ` ${largerBudget(state.ledger)}` : '';
  const redo = state.onConflict === 'fail' && state.tasks.some(hasConflict) ? ' --on-conflict retry' : '';
  const lost = heldBackAlone(state);
  const again = lost.length === 0 ? '' : ` --rerun ${lost.join(',')}`;
  return `batchtool resume ${state.id}${more}${redo}${again}${stateWords}`;
}

function hasConflict({ outcome }: TaskState): boolean {
  return outcome?.kind === 'failed' && outcome.exit.kind === 'conflict';
}
