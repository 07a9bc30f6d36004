/** The voice of a run for whoever shows it while it goes on. */
import type { EpochMillis, Event } from '../core/event.js';
import type { Line, Narrator } from '../core/shown.js';
import { type AttemptState, lastAttempt, type RunState, type TaskState } from '../core/state.js';
import { showDuration } from '../core/units.js';
import { notices } from './notices.js';
import { exitReason, outcomeReason } from './reason.js';
import { MARKS, shortCounts } from './tally.js';
import { showElapsed } from './time.js';
import { titleOf } from './title.js';
import { attemptOfRound, placeInRound } from './tries.js';
import { waitingReason } from './waiting.js';

export const narrator: Narrator = {
  notices,
  heading,
  attemptHeading,
  title: ({ task }) => titleOf(task),
  runningFor,
  waitingFor: waitingReason,
  counts: shortCounts,
};

const CONCERN_ALL: readonly Event['type'][] = ['run.started', 'run.resumed', 'capacity.changed'];

/** Beside the blocks of tasks: how it begins, and what concerns all of it. What a task came to stands at the head of its block. */
export const besideBlocks: Narrator = {
  ...narrator,
  notices: (events, state) => {
    const others = events.filter(({ type }) => type !== 'task.finished');
    const told = [...notices(others, state)].map(([event, notice]) => {
      return [
        event,
        CONCERN_ALL.includes(event.type) ? { ...notice, level: 'trouble' as const } : notice,
      ] as const;
    });
    return new Map(told);
  },
};

function heading(state: RunState, task: TaskState): Line {
  const { mark, tone } = MARKS[task.status];
  return [
    { text: mark, tone },
    { text: ' ' },
    { text: titleOf(task.task), tone: 'strong' },
    { text: ` ${task.status}${endOf(state, task)}` },
  ];
}

function endOf(state: RunState, task: TaskState): string {
  const attempt = attemptOfRound(task, task.round);
  const took = attempt?.endedAt === undefined ? undefined : showDuration(attempt.endedAt - attempt.startedAt);
  const reason = outcomeReason(state, task);
  if (task.status === 'failed') return `: ${reason}${took === undefined ? '' : ` (after ${took})`}`;
  const time = took === undefined ? '' : ` ${task.status === 'cancelled' ? 'after' : 'in'} ${took}`;
  return `${time}${reason === undefined ? '' : ` ${reason}`}`;
}

function attemptHeading(task: TaskState, attempt: AttemptState): Line {
  const round = attempt.round > 1 || task.round > 1 ? `round ${attempt.round}, ` : '';
  const end = attempt.exit === undefined ? 'has not ended' : exitReason(attempt.exit, task.task.work);
  return [{ text: `· ${round}attempt ${attempt.number}: ${end}`, tone: 'dim' }];
}

function runningFor(task: TaskState, now: EpochMillis): string {
  const attempt = lastAttempt(task);
  if (attempt === undefined) return '';
  const place = placeInRound(task, attempt);
  const round = attempt.round > 1 ? ` round ${attempt.round}` : '';
  return `${showElapsed(now - attempt.startedAt)}${round}${place > 1 ? ` try ${place}` : ''}`;
}
