/** The critical path in words, and what would make the next run faster. */
import type { Line } from '../core/shown.js';
import type { RunState } from '../core/state.js';
import { showDuration } from '../core/units.js';
import type { PathStep } from './critical-path.js';
import { workedBetween } from './intervals.js';
import type { Advice } from './stats.js';
import { nameOf } from './title.js';

const MOST_STEPS = 12;

/** How long it took without the pauses before a resume, and its steps. */
export function pathLines(path: readonly PathStep[], state: RunState): Line[] {
  const [first, last] = [path[0], path[path.length - 1]];
  if (first === undefined || last === undefined) return [];
  const whole = `critical path (${showDuration(workedBetween(state, first.startedAt, last.endedAt))}): `;
  const left = path.length - MOST_STEPS;
  const shown = left > 1 ? path.slice(-MOST_STEPS) : path;
  const chain = shown.map((step, i) => stepText(step, i === 0, path)).join('');
  return [[{ text: whole, tone: 'strong' }, { text: `${left > 1 ? `${left} more → ` : ''}${chain}` }]];
}

/** An arrow for what it needs; a slot is named, for that can be changed. */
function stepText(step: PathStep, first: boolean, path: readonly PathStep[]): string {
  const { task, startedAt, endedAt, link, waitedMillis } = step;
  const waited = link === 'slot' ? ` (waited ${showDuration(waitedMillis)} for a slot)` : '';
  return `${first ? '' : ' → '}${nameOf(task)} ${showDuration(endedAt - startedAt)}${waited}${placeOf(step, path)}`;
}

/** Which of several steps of one task it is: ` (round 2)`, ` (attempt 3)`. */
function placeOf({ task, attempt, round }: PathStep, path: readonly PathStep[]): string {
  const own = path.filter((step) => step.task === task);
  if (own.length < 2) return '';
  const isAlone = own.filter((step) => step.round === round).length === 1;
  const words = [
    ...(own.some((step) => step.round !== round) ? [`round ${round}`] : []),
    ...(isAlone ? [] : [`attempt ${attempt}`]),
  ];
  return ` (${words.join(', ')})`;
}

export function adviceLine(advice: Advice): Line {
  const time = showDuration(advice.millis);
  switch (advice.kind) {
    case 'task':
      return [{ text: `to be faster: shorten ${nameOf(advice.task)}, ${time} of the critical path` }];
    case 'slots':
      return [
        { text: `to be faster: more slots (--max-concurrent); the critical path waited ${time} for one` },
      ];
    default:
      return [{ text: `to be faster: ${time} of the critical path are tries that failed and were repeated` }];
  }
}
