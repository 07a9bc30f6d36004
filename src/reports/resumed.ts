/** The first lines of a run that is taken over again. */
import type { Event } from '../core/event.js';
import type { Line } from '../core/shown.js';
import { type AttemptState, lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { openingLines } from './opening.js';
import { someOf } from './reason.js';
import { showAgo } from './time.js';
import { nameOf } from './title.js';

type Resumed = Extract<Event, { type: 'run.resumed' }>;

/** Which run it is, how it had ended and what is done with it now. */
export function resumedLines(event: Resumed, state: RunState): Line[] {
  const before = state.pauses.at(-1);
  const ago = before === undefined ? '' : showAgo(before.to - before.from);
  const word = before === undefined || before.status === 'running' ? 'interrupted' : before.status;
  return [
    ...openingLines(state.plan, `${state.id}, ${[word, ago].join(' ').trim()}`),
    [{ text: '↺', tone: 'busy' }, { text: ` ${resumedText(event, state)}` }],
  ];
}

function resumedText(event: Resumed, state: RunState): string {
  const count = event.tasks.length;
  if (count === 0) return `resumed: ${goingOn(event, state)}`;
  return `resumed: ${someOf(event.tasks.map(nameOf), 5)} ${count === 1 ? 'runs' : 'run'} again, what succeeded is kept`;
}

/** Without a task that is put back: what waited or ran, but for what runs only once and may have done its work. */
function goingOn({ at }: Resumed, { tasks }: RunState): string {
  const lost = tasks.filter((task) => task.task.once === true && isLost(lastAttempt(task), at));
  // What ended in the same moment had not ended before: the resume is what ended it, perhaps for want of money.
  const isOpen = ({ outcome, endedAt = at }: TaskState): boolean => outcome === undefined || endedAt >= at;
  const goes = tasks.some((task) => isOpen(task) && !lost.includes(task));
  if (lost.length === 0) return goes ? 'what had not ended goes on' : 'nothing is left to run';
  const names = someOf(
    lost.map(({ task }) => nameOf(task.id)),
    5,
  );
  const held = `${names} may have run to ${lost.length === 1 ? 'its' : 'their'} end and ${lost.length === 1 ? 'is' : 'are'} not run again`;
  return goes ? `${held}, what had not ended goes on` : held;
}

/** It was running when the run's process died. */
function isLost(attempt: AttemptState | undefined, resumedAt: number): boolean {
  if (attempt === undefined || attempt.startedAt > resumedAt) return false;
  return attempt.exit === undefined || attempt.exit.kind === 'lost';
}
