/** What is said about a run while it goes on: one notice for each thing that a person would want to know at once. */
import { asideText, notKeptText } from '../core/changes.js';
import type { Event } from '../core/event.js';
import type { TaskId } from '../core/plan.js';
import type { Line, Notice, Span, Tone } from '../core/shown.js';
import { type AttemptState, type RunState, type TaskState, taskOf } from '../core/state.js';
import { showCost, showDuration, showTokens } from '../core/units.js';
import { unreachable } from '../core/unreachable.js';
import { capacityLine, isTrouble } from './capacity.js';
import { landedText, landingOf, lastIntegrate } from './landing.js';
import { openingLines } from './opening.js';
import { conflictReason, exitReason, failureReason, someOf, stopReason } from './reason.js';
import { resumedLines } from './resumed.js';
import { bySameReason, isSkip, type Skip, type SkipGroup } from './skips.js';
import { MARKS } from './tally.js';
import { showWait } from './time.js';
import { nameOf, titleOf } from './title.js';
import { attemptOfRound, placeInRound, triesOf } from './tries.js';
import { amountText } from './work-left.js';

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** Whether who is told can press Ctrl-C. */
export type Reach = 'keys' | 'no keys';

/** What to say about these events, by the event after which it is said. */
export function notices(
  events: readonly Event[],
  state: RunState,
  reach: Reach = 'keys',
): ReadonlyMap<Event, Notice> {
  const found = new Map<Event, Notice>();
  const skips: Skip[] = [];
  for (const event of events) {
    if (isSkip(event)) {
      skips.push(event);
      continue;
    }
    const notice = noticeOf(event, state, reach);
    if (notice !== undefined) found.set(event, notice);
  }
  for (const group of bySameReason(skips, state)) found.set(group.last, skipNotice(group));
  return found;
}

function noticeOf(event: Event, state: RunState, reach: Reach): Notice | undefined {
  switch (event.type) {
    case 'run.started':
      return { level: 'progress', lines: openingLines(state.plan, event.run, event.costs) };
    case 'run.resumed':
      return { level: 'progress', lines: resumedLines(event, state) };
    case 'attempt.started':
      return say('progress', 'busy', '▶', titleIn(state, event.task), `started${attemptNote(state, event)}`);
    case 'attempt.exited':
      return leftNotice(event, state);
    case 'task.retrying':
      return retryNotice(event, state);
    case 'task.finished':
      return endNotice(event, state);
    case 'round.started':
      return say('progress', 'busy', '↺', '', roundText(event, state));
    case 'run.stopping':
      return say('trouble', 'warn', '■', '', stoppingText(event, state, reach));
    case 'capacity.changed':
      return { level: isTrouble(event) ? 'trouble' : 'progress', lines: [capacityLine(event, state)] };
    default:
      return undefined;
  }
}

function titleIn(state: RunState, id: TaskId): string {
  return titleOf(taskOf(state, id).task);
}

function say(level: Notice['level'], tone: Tone, mark: string, subject: string, text: string): Notice {
  return { level, lines: [marked(tone, mark, subject, text)] };
}

function marked(tone: Tone, mark: string, subject: string, text: string): Line {
  const spans: Span[] = subject === '' ? [] : [{ text: ' ' }, { text: subject, tone: 'strong' }];
  return [{ text: mark, tone }, ...spans, { text: text === '' ? '' : ` ${text}` }];
}

function endNotice(event: Of<'task.finished'>, state: RunState): Notice | undefined {
  const task = taskOf(state, event.task);
  const attempt = attemptOfRound(task, event.round);
  const took = attempt?.endedAt === undefined ? '' : showDuration(attempt.endedAt - attempt.startedAt);
  const { mark, tone } = MARKS[event.outcome.kind];
  switch (event.outcome.kind) {
    case 'succeeded':
      return say(
        'progress',
        tone,
        mark,
        titleOf(task.task),
        `succeeded in ${took}${costNote(attempt)}${changeNote(state, task, attempt)}${triesNote(task, attempt)}`,
      );
    case 'failed': {
      const may = task.task.mayFail === true ? ' (it may)' : '';
      const why = failureReason(state, task, event.outcome.exit);
      const note = [triesOf(task, attempt), took === '' ? undefined : `after ${took}`]
        .filter(Boolean)
        .join(', ');
      return say(
        'trouble',
        tone,
        mark,
        titleOf(task.task),
        `failed${may}: ${why}${note === '' ? '' : ` (${note})`}`,
      );
    }
    case 'cancelled':
      // What had not started is counted by the stop's own notice.
      return attempt === undefined
        ? undefined
        : say('progress', tone, mark, titleOf(task.task), `cancelled after ${took}`);
    default:
      return undefined;
  }
}

/** What an attempt has left and no merge takes. Where it fails for that its end says so. */
function leftNotice(
  { task, exit, notKept, aside = [], uncommitted }: Of<'attempt.exited'>,
  state: RunState,
): Notice | undefined {
  const texts = [...(notKept === undefined ? [] : [notKeptText(notKept)]), ...aside.map(asideText)];
  if (uncommitted !== undefined && exit.kind !== 'contract')
    texts.push(`what it left could not be committed: ${uncommitted}`);
  if (texts.length === 0) return undefined;
  const lines = texts.map((text) => marked('warn', '⚠', titleIn(state, task), text));
  return { level: 'trouble', lines };
}

function retryNotice(event: Of<'task.retrying'>, state: RunState): Notice {
  const task = taskOf(state, event.task);
  // The next one may have started by the time that this is told.
  const attempt = task.attempts.findLast(({ endedAt = Number.POSITIVE_INFINITY }) => endedAt <= event.at);
  const reason = exitReason(event.why, task.task.work);
  const again = event.notBefore > event.at ? `again in ${showWait(event.notBefore - event.at)}` : 'again now';
  const tries = triesOf(task, attempt);
  const free = event.why.kind === 'rate-limit' || event.why.kind === 'lost';
  const note = free ? `${again}, does not count as an attempt` : [tries, again].filter(Boolean).join(', ');
  return say('progress', 'warn', '↻', titleOf(task.task), `${free ? '' : 'failed: '}${reason} (${note})`);
}

/** ` (attempt 2 of 3)` for what is worth saying when an attempt starts. */
function attemptNote(state: RunState, event: Of<'attempt.started'>): string {
  const task = taskOf(state, event.task);
  const attempt = task.attempts.find(({ number }) => number === event.attempt);
  const parts = [
    event.round > 1 ? `round ${event.round}` : undefined,
    placeInRound(task, attempt) > 1 ? triesOf(task, attempt) : undefined,
  ].filter(Boolean);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** What that attempt cost; tokens only where nobody knows that. */
function costNote(attempt: AttemptState | undefined): string {
  const { costUsd, tokens } = attempt?.result ?? {};
  if (costUsd !== undefined) return ` for ${showCost(costUsd)}`;
  return tokens === undefined ? '' : ` with ${showTokens(tokens)}`;
}

/** `, changed 3 files, +120 -4`; of the last merge also where that lies. */
function changeNote(state: RunState, task: TaskState, { changes }: Partial<AttemptState> = {}): string {
  const amount = changes === undefined ? '' : `, changed ${amountText(changes)}`;
  const landing = task === lastIntegrate(state) ? landingOf(state) : undefined;
  if (landing?.kind === 'landed') return `${amount}, ${landedText(landing)}`;
  return landing?.kind === 'branch' ? `${amount}, on branch ${landing.branch}` : amount;
}

function triesNote(task: TaskState, attempt: AttemptState | undefined): string {
  return placeInRound(task, attempt) > 1 ? ` (${triesOf(task, attempt)})` : '';
}

function roundText(event: Of<'round.started'>, state: RunState): string {
  const tasks = someOf(event.tasks.map(nameOf), 5);
  const verb = event.tasks.length === 1 ? 'runs again' : 'run again';
  switch (event.because) {
    case 'loop': {
      const loop = state.loops.find((candidate) => candidate.loop.id === event.loop);
      return loop === undefined
        ? `${tasks} ${verb}`
        : `round ${loop.round} of at most ${loop.loop.max}: ${tasks} ${verb}`;
    }
    case 'request':
      return `${tasks} ${verb}, as was asked`;
    case 'review':
      return `${tasks} ${verb} after a review`;
    case 'conflict':
      return `${event.conflict === undefined ? '' : `${conflictReason(event.conflict)}: `}${tasks} ${verb} on top of what others changed`;
    default:
      return unreachable(event.because);
  }
}

function stoppingText({ why }: Of<'run.stopping'>, state: RunState, reach: Reach): string {
  const running = state.running.size;
  const told =
    !why.kill || running === 0
      ? ''
      : `, ${running === 1 ? 'the running task is' : `${running} running tasks are`} told to end`;
  const finish =
    why.kill || running === 0
      ? ''
      : `, ${running === 1 ? 'the running task goes' : `${running} running tasks go`} on to the end`;
  const again =
    reach === 'keys' && why.kind === 'cancelled' && /\bSIGINT\b|ctrl.?c/i.test(why.by) && running > 0
      ? ' (Ctrl-C again kills at once)'
      : '';
  const left = why.kind === 'budget' ? notStarted(state) : '';
  return `stopping: ${stopReason(why)}; nothing new starts${left}${told}${finish}${again}`;
}

/** Tasks that a stop keeps from running, told where it is not a failure that they follow. */
function notStarted({ tasks }: RunState): string {
  const left = tasks.filter(({ status, outcome }) => status === 'waiting' || outcome?.kind === 'skipped');
  return left.length === 0
    ? ''
    : ` (not started: ${someOf(
        left.map(({ task }) => nameOf(task.id)),
        8,
      )})`;
}

function skipNotice({ reason, level, ids }: SkipGroup): Notice {
  const { mark, tone } = MARKS.skipped;
  return say(level, tone, mark, someOf(ids, 5), `skipped ${reason}`);
}
