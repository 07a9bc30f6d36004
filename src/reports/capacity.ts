/** What is said when a pool changes: mostly that its provider wants to be left alone, and that it does no more. */
import type { Event } from '../core/event.js';
import type { Line, Span } from '../core/shown.js';
import type { RunState } from '../core/state.js';
import { unreachable } from '../core/unreachable.js';
import { showLimit } from './reason.js';
import { showClock } from './time.js';

type Changed = Extract<Event, { type: 'capacity.changed' }>;

/** Weather is none. */
export function isTrouble({ why }: Changed): boolean {
  return why === 'exhausted' || why === 'asked';
}

/** `◌ agent:claude rate limit: 2 slots from now on, nothing of it starts before 12:03`. */
export function capacityLine(event: Changed, state: RunState): Line {
  const pool: Span = { text: event.pool, tone: 'strong' };
  return [markOf(event), { text: ' ' }, pool, { text: ` ${textOf(event, state)}` }];
}

function markOf(event: Changed): Span {
  if (isTrouble(event)) return { text: '⚠', tone: event.why === 'exhausted' ? 'bad' : 'warn' };
  return { text: '◌', tone: event.why === 'quiet' ? 'good' : 'warn' };
}

function textOf({ limit, until, why, at }: Changed, { rateLimitWaitMillis }: RunState): string {
  const slots = `${limit} ${limit === 1 ? 'slot' : 'slots'} from now on`;
  switch (why) {
    case 'rate-limit':
      return until === undefined || until <= at
        ? `rate limit: ${slots}`
        : `rate limit: ${slots}, nothing of it starts before ${showClock(until, at)}`;
    case 'quiet':
      return `quiet again: ${slots}`;
    case 'exhausted':
      return `nothing but rate limits for ${showLimit(rateLimitWaitMillis)}, or no end of them in that time: its tasks fail (--rate-limit-wait)`;
    case 'asked':
      return `${slots}, as was asked`;
    default:
      return unreachable(why);
  }
}
