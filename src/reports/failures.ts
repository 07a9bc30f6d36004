/**
 * The closing lines of a run: the verdict, then each failure with its reason, the last lines of its log and the command
 * that shows all of it, then what was skipped, and how to go on. Whatever scrolled by before, this is what is left to read.
 */
import type { EpochMillis } from '../core/event.js';
import type { TaskId } from '../core/plan.js';
import type { Line, Span } from '../core/shown.js';
import type { RunState, TaskState } from '../core/state.js';
import { changeLines, landingLines } from './change-lines.js';
import { usedText } from './cost.js';
import { hintFor } from './hint.js';
import { countOf } from './opening.js';
import { failureReason, rootReason, rootsOf, someOf, stopReason } from './reason.js';
import { resumeCommand, runTimes } from './status.js';
import { MARKS, tallyOf } from './tally.js';
import { nameOf, shortened, titleOf } from './title.js';

export interface ClosingInput {
  readonly state: RunState;
  readonly now: EpochMillis;
  /** The last lines of the newest attempt's log, for those of `failedTasks`. `tailLines` says how many are shown. */
  readonly tails: ReadonlyMap<TaskId, readonly string[]>;
  /** What a proposed command repeats: ` --state-dir DIR`. */
  readonly stateWords?: string;
  /** What tasks wrote was shown nowhere. */
  readonly isOutputUnseen?: boolean;
}

/** Tasks that failed and may not, in plan order: those whose logs are wanted. */
export function failedTasks(state: RunState): TaskState[] {
  return state.tasks.filter((task) => task.status === 'failed' && task.task.mayFail !== true);
}

/** Last lines shown of each failure, so that a thousand of them do not bury the verdict. */
export function tailLines(failures: number): number {
  if (failures <= 5) return 20;
  return failures <= 20 ? 8 : 3;
}

export function closingLines(input: ClosingInput): Line[] {
  const { state } = input;
  const failed = failedTasks(state);
  return [
    [...verdictLine(input), ...usedSpans(state)],
    ...apart(changeLines(state)),
    ...failed.flatMap((task) => failureLines(input, task, tailLines(failed.length))),
    ...apart(mildLines(state)),
    ...apart(skippedLines(state)),
    ...apart([...outputLines(input), ...goOnLines(input)]),
  ];
}

/** Causes of skipping that are told where it is to be short. */
const MOST_CAUSES = 5;

/** The closing lines in the log of a machine that nobody types on, where each failure stands in full above. */
export function shortClosingLines(input: Pick<ClosingInput, 'state' | 'now'>): Line[] {
  const skipped = skippedLines(input.state);
  const left = skipped.length - MOST_CAUSES;
  const more: Line[] = left > 0 ? [[{ text: `  and others for ${left} more reasons`, tone: 'dim' }]] : [];
  const verdict = [...verdictLine(input), ...usedSpans(input.state)];
  return [verdict, ...landingLines(input.state, 'elsewhere'), ...skipped.slice(0, MOST_CAUSES), ...more];
}

/** What it used; a budget that has stopped it says so itself. */
function usedSpans(state: RunState): Span[] {
  const used = state.stopping?.kind === 'budget' ? undefined : usedText(state);
  return used === undefined ? [] : [{ text: `, used ${used}` }];
}

/** With an empty line before them, if there are any. */
function apart(lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? lines : [[{ text: '' }], ...lines];
}

/** `failed: 2 of 7 tasks failed, 1 skipped, 4 succeeded in 3m 05s`. */
export function verdictLine({ state, now }: Pick<ClosingInput, 'state' | 'now'>): Line {
  const { status } = state;
  const { mark, tone } = MARKS[status];
  return [
    { text: mark, tone },
    { text: ' ' },
    { text: status, tone: 'strong' },
    { text: `${stoppedText(state)}: ${countsText(state)} in ${runTimes(state, now)}` },
  ];
}

function stoppedText({ stopping }: RunState): string {
  if (stopping === undefined || stopping.kind === 'failure') return '';
  return stopping.kind === 'cancelled' ? ` by ${stopping.by}` : ` (${stopReason(stopping)})`;
}

function countsText(state: RunState): string {
  const tally = tallyOf(state);
  const all = state.tasks.length;
  const retried = state.tasks.filter((task) => task.status === 'succeeded' && task.counted > 1).length;
  const note = retried === 0 ? '' : ` (${retried} only after a retry)`;
  if (tally.succeeded === all) return `${countOf(all)} succeeded${note}`;
  const failed = failedTasks(state).length;
  const succeeded = [tally.succeeded, `succeeded${note}`] as const;
  const others = [
    [failed, 'failed'],
    [tally.failed - failed, 'may fail and did'],
    [tally.cancelled, 'cancelled'],
    [tally.skipped, 'skipped'],
    [tally.running, 'running'],
    [tally.waiting, 'waiting'],
  ] as const;
  // What decided the verdict comes first.
  const counts = state.status === 'succeeded' ? [succeeded, ...others] : [...others, succeeded];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what], i) => `${i === 0 ? `${count} of ${countOf(all)}` : count} ${what}`)
    .join(', ');
}

/** A log may hold a line of any length; this much of it is still read by a person. */
const MOST_CHARACTERS = 2000;

function failureLines(
  { state, tails, stateWords = '' }: ClosingInput,
  task: TaskState,
  most: number,
): Line[] {
  if (task.outcome?.kind !== 'failed') return [];
  const { id } = task.task;
  const { mark, tone } = MARKS.failed;
  const { exit } = task.outcome;
  const tries = task.counted > 1 ? ` (after ${task.counted} attempts)` : '';
  const lines: Line[] = [
    [{ text: '' }],
    [
      { text: mark, tone },
      { text: ' ' },
      { text: titleOf(task.task), tone: 'strong' },
      { text: ` failed: ${failureReason(state, task, exit)}${tries}` },
    ],
  ];
  const hint = hintFor(state, task, { stateWords });
  if (hint !== undefined) lines.push([{ text: `  hint: ${hint}` }]);
  const tail = (tails.get(id) ?? []).slice(-most);
  for (const text of tail) lines.push([{ text: `  │ ${shortened(text, MOST_CHARACTERS)}`, tone: 'dim' }]);
  // Of an attempt whose end nobody saw it is not known.
  if (task.attempts.some(({ outputBytes }) => outputBytes !== 0))
    lines.push([
      { text: tail.length === 0 ? '  no output; ' : '  ' },
      ...command(`batchtool logs ${state.id} --task ${id}${stateWords}`, 'all of it'),
    ]);
  else if (task.attempts.length > 0) lines.push([{ text: '  no output' }]);
  return lines;
}

function command(text: string, what: string): Span[] {
  return [{ text: `${what}: ` }, { text, tone: 'strong' }];
}

/** Failures that were allowed, and tasks that had nothing to work on: one line each, no log. */
function mildLines(state: RunState): Line[] {
  const lines: Line[] = [];
  for (const task of state.tasks) {
    if (task.outcome?.kind === 'failed' && task.task.mayFail === true) {
      const why = failureReason(state, task, task.outcome.exit);
      lines.push([{ text: '⚠', tone: 'warn' }, { text: ` ${titleOf(task.task)} failed, as it may: ${why}` }]);
    }
  }
  return lines;
}

/** One line for each root cause: one failure can skip thousands. */
function skippedLines(state: RunState): Line[] {
  const groups = new Map<string, string[]>();
  const roots = rootsOf(state);
  for (const task of state.tasks) {
    if (task.outcome?.kind !== 'skipped') continue;
    const reason = rootReason(state, task.outcome.because, roots);
    const ids = groups.get(reason);
    if (ids === undefined) groups.set(reason, [nameOf(task.task.id)]);
    else ids.push(nameOf(task.task.id));
  }
  const { mark, tone } = MARKS.skipped;
  return [...groups].map(
    ([reason, ids]): Line => [{ text: mark, tone }, { text: ` skipped ${reason}: ${someOf(ids, 8)}` }],
  );
}

function outputLines({ state, stateWords = '', isOutputUnseen }: ClosingInput): Line[] {
  const wrote = state.tasks.some(({ attempts }) => attempts.some(({ outputBytes = 0 }) => outputBytes > 0));
  if (isOutputUnseen !== true || !wrote) return [];
  return [command(`batchtool logs ${state.id}${stateWords}`, 'what the tasks wrote')];
}

function goOnLines({ state, stateWords }: ClosingInput): Line[] {
  if (state.status === 'succeeded' || state.status === 'running') return [];
  return [command(resumeCommand(state, stateWords), 'go on with it')];
}
