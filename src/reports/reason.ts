/** All words for why something ended, was skipped or stops. What an attempt did to itself comes without advice; `hint.ts` has that. */
import type { StopReason } from '../core/event.js';
import { type Because, type Conflict, type Exit, isSuccess, type LeftOut } from '../core/exit.js';
import { REVIEW_ASKS, REVIEW_IS_SILENT } from '../core/expect.js';
import type { FailureClass } from '../core/failure.js';
import { usedUp } from '../core/ledger.js';
import type { Budget, Command, Prompt, Work } from '../core/plan.js';
import { type RunState, type TaskState, taskOf } from '../core/state.js';
import { showBudget, showSize } from '../core/units.js';
import { unreachable } from '../core/unreachable.js';
import { conditionNote } from './condition.js';
import { nameOf } from './title.js';

/** Why an attempt ended, after "failed: ". With the work, code 127 names the command that was not found. */
export function exitReason(exit: Exit, work?: Work): string {
  switch (exit.kind) {
    case 'code':
      return `exited with code ${exit.code}${codeMeaning(exit.code, work)}`;
    case 'signal':
      return `killed by ${exit.signal} (${signalMeaning(exit.signal)})`;
    case 'timeout':
      return `timed out after ${showLimit(exit.limitMillis)}`;
    case 'idle':
      return `no output for ${showLimit(exit.limitMillis)} (idle limit)`;
    case 'memory':
      return memoryReason(exit.peakBytes, exit.limitBytes);
    case 'output':
      return `wrote more than ${showSize(exit.limitBytes)} of output (output limit)`;
    case 'spawn-error':
      return `could not be started: ${exit.message}`;
    case 'contract':
      return contractReason(exit.reason, exit.failure);
    case 'rate-limit':
      return exit.retryAfterMillis === undefined
        ? 'rate-limited by the provider'
        : `rate-limited by the provider, which asks to wait ${showLimit(exit.retryAfterMillis)}`;
    case 'conflict':
      return conflictReason(exit);
    case 'lost':
      return 'its end was not seen: batchtool itself, or its fork server, was gone';
    default:
      return unreachable(exit);
  }
}

/** Why a task failed, after "failed: ". */
export function failureReason(state: RunState, task: TaskState, exit: Exit): string {
  return `${conditionNote(state, task)}${exitReason(exit, task.task.work)}`;
}

/** Why a task never ran, after "skipped ". */
export function becauseReason(state: RunState, because: Because, roots: Roots = rootsOf(state)): string {
  switch (because.kind) {
    case 'need':
      return `because ${needReason(state, taskOf(state, because.task), roots)}`;
    case 'nothing-failed':
      return 'because nothing before it failed';
    case 'none-succeeded':
      return 'because nothing that it needs succeeded';
    case 'stopped':
      return `because ${stoppedBy(state, because.by)}`;
    default:
      return unreachable(because);
  }
}

/** Why a task ended as it did, after its status word; undefined for a plain success or while it has not ended. */
export function outcomeReason(
  state: RunState,
  task: TaskState,
  roots: Roots = rootsOf(state),
): string | undefined {
  const { outcome } = task;
  if (outcome === undefined) return undefined;
  switch (outcome.kind) {
    case 'succeeded':
      return outcome.cached === true ? 'from the cache' : undefined;
    case 'failed':
      return failureReason(state, task, outcome.exit);
    case 'skipped':
      return becauseReason(state, outcome.because, roots);
    case 'cancelled':
      return task.attempts.length === 0 ? 'before it started' : undefined;
    default:
      return unreachable(outcome);
  }
}

/** Why nothing more starts, as a whole clause. */
export function stopReason(why: StopReason): string {
  switch (why.kind) {
    case 'failure':
      return `${nameOf(why.task)} failed`;
    case 'budget':
      return `the budget is used up: ${showBudget(why.spent, why.budget)} of ${showBudget(why.budget)} spent${assumedPart(why.assumed)}${restText(why.spent, why.budget)}`;
    case 'deadline':
      return `the run's time limit of ${showLimit(why.limitMillis)} is over`;
    case 'cancelled':
      return `cancelled by ${why.by}`;
    default:
      return unreachable(why);
  }
}

function assumedPart(assumed: Budget | undefined): string {
  return assumed === undefined ? '' : ` (${showBudget(assumed)} of it assumed for what ended untold)`;
}

function restText(spent: Budget, budget: Budget): string {
  return usedUp(budget, spent) === undefined ? ', and no other task fits into the rest' : '';
}

/** Of a failure that has a class, and of a review, the reason says what it means. */
function contractReason(reason: string, failure: FailureClass = 'contract'): string {
  if (reason === REVIEW_ASKS || reason === REVIEW_IS_SILENT) return reason;
  return failure === 'contract' ? `did not deliver what was promised: ${reason}` : reason;
}

const MOST_CONFLICTS = 8;

/** Both tasks and the files: `the changes of b conflict with those of a in app.ts`; then the others that do not fit. */
export function conflictReason({ more = [], ...first }: Conflict): string {
  const shown = [first, ...more].slice(0, MOST_CONFLICTS).map(clashText);
  const left = more.length + 1 - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more do not fit either`] : [])].join('; ');
}

function clashText({ task, files, against = [] }: LeftOut): string {
  if (files === undefined) return `${nameOf(task)} builds on what is left out`;
  const others = against.length === 0 ? '' : ` with those of ${someOf(against.map(nameOf), 5)}`;
  return `the changes of ${nameOf(task)} conflict${others} in ${someOf(files, 5)}`;
}

/** A limit as people type it: `30m`, `1h30m`, `500ms`, `1.5s`. */
export function showLimit(millis: number): string {
  if (millis < 1000) return `${Math.max(0, Math.round(millis))}ms`;
  const parts: string[] = [];
  let left = millis;
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const) {
    if (left >= size) parts.push(`${Math.floor(left / size)}${unit}`);
    left %= size;
  }
  if (left > 0) parts.push(`${Number((left / 1000).toFixed(1))}s`);
  return parts.join('');
}

/** `a, b, c and 4 more`: a list that never floods a line. */
export function someOf(names: readonly string[], most: number): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

function codeMeaning(code: number, work: Work | undefined): string {
  if (code === 127) {
    if (work !== undefined && work.kind !== 'integrate' && work.runner !== undefined)
      return runnerMissing(work.runner, work);
    const name = work?.kind === 'command' ? soleCommand(work.text) : undefined;
    return name === undefined ? ' (command not found)' : ` (command not found: ${name})`;
  }
  if (code === 126) return ' (the command cannot be executed)';
  // Shells report a command that a signal killed as 128 + its number.
  const signal = SIGNALS[code - 128];
  if (signal !== undefined)
    return ` (128+${code - 128}: a command in it was killed by ${signal}${oftenMemory(signal)})`;
  // Windows puts a status here, which only its hexadecimal form makes known.
  if (code > 0xffff) return ` (0x${code.toString(16).toUpperCase()})`;
  return '';
}

/** The way out is told with the reason: wherever it is read, that is what is needed next. */
function runnerMissing(runner: string, work: Command | Prompt): string {
  if (work.kind === 'prompt') return ` (not found: a program that ${runner} calls)`;
  return hasMoreCommands(work.text)
    ? ` (command not found: the SPARC runner ${runner}, a program that it calls, or another of the text)`
    : ` (not found: the SPARC runner ${runner}, or a program that it calls; install it, or name one that is installed)`;
}

/** Signs of a shell outside of quotes between which other programs stand; a redirection is none. */
function hasMoreCommands(text: string): boolean {
  const bare = text.replace(/'[^']*'|"(?:\\.|[^"\\$`])*"/g, "''").replace(/\d*>&\d/g, ' ');
  return /[;&|`\n]|\$\(/.test(bare.trim());
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

function signalMeaning(signal: string): string {
  const crashes = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE'];
  if (crashes.includes(signal)) return 'it crashed';
  return `not by batchtool${oftenMemory(signal)}`;
}

function oftenMemory(signal: string): string {
  return signal === 'SIGKILL' ? ": often the kernel's out-of-memory killer" : '';
}

/** The command of a text that holds only one, so that naming it cannot be wrong. */
function soleCommand(text: string): string | undefined {
  if (/[;&|<>()`\n{}]/.test(text)) return undefined;
  const words = text.trim().split(/\s+/);
  const name = words.find((word) => !/^[A-Za-z_]\w*=/.test(word));
  return name === undefined || name.length > 60 || /["'$\\]/.test(name) ? undefined : name;
}

function memoryReason(peakBytes: number, limitBytes: number): string {
  const [peak, limit] = [showSize(peakBytes), showSize(limitBytes)];
  return peak === limit
    ? `used more than ${limit} of memory (limit)`
    : `used ${peak} of memory, limit ${limit}`;
}

/** The needed task and, when it was skipped itself, the one at the root. */
function needReason(state: RunState, needed: TaskState, roots: Roots): string {
  const id = nameOf(needed.task.id);
  if (needed.status === 'failed' || failedBefore(needed)) return `${id} failed`;
  if (needed.status === 'cancelled') return `${id} was cancelled`;
  if (needed.outcome?.kind !== 'skipped') return `${id} did not succeed`;
  const root = roots(needed);
  const { outcome } = root;
  if (outcome?.kind !== 'skipped') return `${id} was skipped (${needReason(state, root, roots)})`;
  const why = outcome.because.kind === 'need' ? '' : becauseReason(state, outcome.because, roots);
  return `${id} was skipped${why === '' ? '' : ` (${why.replace(/^because /, '')})`}`;
}

/** It waits again, in a round of its own; what it came to in the one before is told by its last exit. */
function failedBefore({ outcome, attempts }: TaskState): boolean {
  const exit =
    outcome === undefined ? attempts.findLast((attempt) => attempt.exit !== undefined)?.exit : undefined;
  return exit !== undefined && !isSuccess(exit);
}

/** Where a chain of skips began: the task itself when it was not skipped because of another. */
export type Roots = (task: TaskState) => TaskState;

/** Remembers what it found, so that a chain of ten thousand skips is walked once and not once for each. */
export function rootsOf(state: RunState): Roots {
  const known = new Map<TaskState, TaskState>();
  return (task) => {
    const walked: TaskState[] = [];
    let root = task;
    while (root.outcome?.kind === 'skipped' && root.outcome.because.kind === 'need') {
      const further = known.get(root);
      if (further !== undefined) {
        root = further;
        break;
      }
      walked.push(root);
      root = taskOf(state, root.outcome.because.task);
    }
    for (const step of walked) known.set(step, root);
    return root;
  };
}

/** Why it was skipped in the end, past all that was skipped in between: what one failure kept from running reads alike. */
export function rootReason(state: RunState, because: Because, roots: Roots): string {
  if (because.kind !== 'need') return becauseReason(state, because, roots);
  const root = roots(taskOf(state, because.task));
  const { outcome } = root;
  return outcome?.kind === 'skipped'
    ? becauseReason(state, outcome.because, roots)
    : becauseReason(state, { kind: 'need', task: root.task.id }, roots);
}

function stoppedBy(state: RunState, by: 'failure' | 'budget' | 'deadline'): string {
  switch (by) {
    case 'failure':
      return state.failedBy === undefined
        ? 'the run stopped after a failure'
        : `the run stopped when ${nameOf(state.failedBy)} failed`;
    case 'budget':
      return 'the budget was used up';
    case 'deadline':
      return "the run's time limit was over";
    default:
      return unreachable(by);
  }
}
