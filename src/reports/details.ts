/** What `--verbose` says besides: which process an attempt is, where its log lies, what it took and handed over. */
import type { Event } from '../core/event.js';
import type { AttemptRef } from '../core/ports.js';
import type { Line } from '../core/shown.js';
import type { RunState } from '../core/state.js';
import { taskOf } from '../core/state.js';
import { showBudget, showDuration, showSize } from '../core/units.js';
import { contextNote } from './kinds.js';
import { shortCommit } from './landing.js';
import { exitReason, someOf } from './reason.js';
import { nameOf } from './title.js';

type Exited = Extract<Event, { type: 'attempt.exited' }>;

export function detailLines(
  events: readonly Event[],
  state: RunState,
  logPath: (attempt: AttemptRef) => string,
): Line[] {
  return events.flatMap((event) =>
    [
      detailOf(event, state, logPath),
      event.type === 'run.started' ? contextNote(state.plan.tasks) : undefined,
    ]
      .filter((text) => text !== undefined)
      .map((text): Line => [{ text: `  · ${text}`, tone: 'dim' }]),
  );
}

function detailOf(
  event: Event,
  state: RunState,
  logPath: (attempt: AttemptRef) => string,
): string | undefined {
  switch (event.type) {
    case 'run.started': {
      const known = Object.keys(event.estimates).length;
      return known === 0
        ? undefined
        : `how long ${known} of ${state.tasks.length} tasks take is known from earlier runs`;
    }
    case 'attempt.spawned':
      return `${nameOf(event.task)} is process ${event.pid}, its log ${logPath(event)}`;
    case 'attempt.stopping':
      return `${nameOf(event.task)} is told to end`;
    case 'attempt.exited':
      return exitedText(event, state);
    case 'request.received':
      return `asked to ${event.request.kind}${event.request.kind === 'cancel' ? ` by ${event.request.by}` : ''}`;
    default:
      return undefined;
  }
}

function exitedText(event: Exited, state: RunState): string {
  const { peakMemoryBytes, cpuMillis, outputBytes, outputs, result, commit } = event;
  const parts = [
    exitReason(event.exit, taskOf(state, event.task).task.work),
    peakMemoryBytes === undefined ? undefined : `${showSize(peakMemoryBytes)} of memory at most`,
    cpuMillis === undefined ? undefined : `${showDuration(cpuMillis)} of processor time`,
    result === undefined || showBudget(result) === '' ? undefined : `${showBudget(result)} used`,
    outputBytes === undefined ? undefined : `${showSize(outputBytes)} of output`,
    commit === undefined ? undefined : `left commit ${shortCommit(commit)}`,
    outputs === undefined ? undefined : `hands over ${someOf(Object.keys(outputs), 8)}`,
  ];
  const said = parts.filter((part) => part !== undefined).join(', ');
  return `${nameOf(event.task)} attempt ${event.attempt} ${said}`;
}
