/** How many tasks are in which state, for people: the line under a live view and at the head of a status. */
import type { EpochMillis } from '../core/event.js';
import type { PoolId } from '../core/plan.js';
import type { Line, Span, Tone } from '../core/shown.js';
import type { RunState, TaskStatus } from '../core/state.js';
import { usedText } from './cost.js';
import { remainingMillis } from './estimate.js';
import { showAbout, showClock } from './time.js';

export type Tally = Readonly<Record<TaskStatus, number>>;

export function tallyOf(state: RunState): Tally {
  const tally: Record<TaskStatus, number> = {
    waiting: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  };
  for (const task of state.tasks) tally[task.status]++;
  return tally;
}

/** The sign and the tone of each state, the same everywhere. */
export const MARKS: Readonly<Record<TaskStatus, { readonly mark: string; readonly tone: Tone }>> = {
  waiting: { mark: '·', tone: 'dim' },
  running: { mark: '▶', tone: 'busy' },
  succeeded: { mark: '✔', tone: 'good' },
  failed: { mark: '✖', tone: 'bad' },
  skipped: { mark: '↓', tone: 'warn' },
  cancelled: { mark: '■', tone: 'warn' },
};

/** `3 running · 12 waiting · 40 ✔ · 1 ✖ · about 2m left`: short, for a line that is always there. */
export function shortCounts(state: RunState, now: EpochMillis): Line {
  const tally = tallyOf(state);
  const parts: Span[] = [];
  if (tally.running > 0) parts.push({ text: `${tally.running} running`, tone: 'busy' });
  if (tally.waiting > 0) parts.push({ text: `${tally.waiting} waiting` });
  for (const status of ['succeeded', 'failed', 'skipped', 'cancelled'] as const) {
    const { mark, tone } = MARKS[status];
    if (tally[status] > 0) parts.push({ text: `${tally[status]} ${mark}`, tone });
  }
  // In front, for a narrow screen cuts the end off, and until when nothing starts is what one looks for.
  return joined([...weather(state, now, shortPool), ...parts, ...spent(state), ...timeLeft(state, now)]);
}

/** `3 running · 12 waiting · 40 succeeded · 1 failed · about 2m left`: the words in full; the guess only with a time. */
export function longCounts(state: RunState, now?: EpochMillis): Line {
  const tally = tallyOf(state);
  const parts: Span[] = [];
  for (const status of ['running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'] as const) {
    if (tally[status] === 0) continue;
    const text = `${tally[status]} ${status}`;
    parts.push(status === 'waiting' ? { text } : { text, tone: MARKS[status].tone });
  }
  const present = now === undefined ? [] : [...weather(state, now), ...spent(state), ...timeLeft(state, now)];
  return joined([...parts, ...(now === undefined ? spent(state) : present)]);
}

function shortPool(id: PoolId): string {
  return id.replace(/^agent:/, '');
}

/** Pools that a rate limit has closed. */
function weather(state: RunState, now: EpochMillis, named = (id: PoolId): string => id): Span[] {
  if (state.status !== 'running') return [];
  return [...state.pools.entries()].flatMap(([id, pool]): Span[] => {
    const until = pool.weather?.until ?? 0;
    return until > now
      ? [{ text: `${named(id)}: rate limit until ${showClock(until, now)}`, tone: 'warn' }]
      : [];
  });
}

function spent(state: RunState): Span[] {
  const used = usedText(state);
  return used === undefined ? [] : [{ text: used }];
}

/** The guess at what is left, when there is one. */
function timeLeft(state: RunState, now: EpochMillis): Span[] {
  const left = remainingMillis(state, now);
  return left === undefined ? [] : [{ text: `${showAbout(left)} left`, tone: 'dim' }];
}

/** Spans with a dot between them. */
function joined(parts: readonly Span[]): Line {
  return parts.flatMap((part, i): Span[] => (i === 0 ? [part] : [{ text: ' · ', tone: 'dim' }, part]));
}
