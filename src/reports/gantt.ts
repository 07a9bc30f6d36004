/** When each attempt ran, as a Mermaid Gantt chart, or as a table where a chart would be too large to be drawn or read. */
import type { EpochMillis } from '../core/event.js';
import { isSuccess } from '../core/exit.js';
import { showDuration } from '../core/units.js';
import { type Interval, intervalsOf } from './intervals.js';
import { block, code, markdownTable } from './markdown-text.js';
import type { Material } from './material.js';
import { nameOf, shortened } from './title.js';

/** More bars than these are no picture any more. */
const MOST_BARS = 120;
/** GitHub draws nothing beyond. */
const MOST_CHARACTERS = 50_000;
const MOST_ROWS = 25;
const MOST_LABEL = 40;

/** Undefined when there is nothing to compare: fewer than two attempts ran. */
export function timeline(material: Material): string | undefined {
  const intervals = intervalsOf(material.state, material.now);
  if (intervals.length < 2) return undefined;
  const text = gantt(intervals, material.interrupted);
  if (intervals.length <= MOST_BARS && text.length <= MOST_CHARACTERS) return block(text, 'mermaid');
  return longestTable(intervals);
}

/** Shorter runs are drawn from 0, for what a clock showed says nothing there. */
const CLOCK_FROM_MILLIS = 60_000;

/** The chart itself. Its axis is drawn with the clock of whoever looks at it. */
export function gantt(intervals: readonly Interval[], interrupted: boolean): string {
  const first = Math.min(...intervals.map(({ startedAt }) => startedAt));
  const last = Math.max(...intervals.map(({ endedAt }) => endedAt));
  const zero = last - first < CLOCK_FROM_MILLIS ? first : 0;
  const stages = new Map<string, string[]>();
  intervals.forEach((interval, index) => {
    const stage = interval.task.task.stage ?? '';
    const bars = stages.get(stage) ?? [];
    stages.set(stage, bars);
    bars.push(bar(interval, index, zero, interrupted));
  });
  return [
    'gantt',
    '  dateFormat x',
    `  axisFormat ${axisOf(last - first)}`,
    '  todayMarker off',
    ...[...stages].flatMap(([stage, bars]) => [
      ...(stages.size < 2 ? [] : [`  section ${words(stage) || 'other'}`]),
      ...bars,
    ]),
  ].join('\n');
}

/** Before it, the sign keeps an id such as "title" from being read as a word of Mermaid. */
function bar(
  { task, attempt, startedAt, endedAt }: Interval,
  index: number,
  zero: EpochMillis,
  interrupted: boolean,
): string {
  const { exit } = attempt;
  const [mark, tags] =
    exit === undefined
      ? interrupted
        ? ['■', '']
        : ['▶', 'active, ']
      : isSuccess(exit)
        ? ['✔', 'done, ']
        : ['✖', 'crit, '];
  const again = attempt.number > 1 ? ` (attempt ${attempt.number})` : '';
  const name = words(nameOf(task.task.id));
  const shown = `${mark} ${name}${again} ${showDuration(endedAt - startedAt)}`;
  return `  ${shown} :${tags}b${index}, ${startedAt - zero}, ${Math.max(endedAt, startedAt + 1) - zero}`;
}

function axisOf(millis: number): string {
  if (millis < 10_000) return '%-S.%L s';
  if (millis < CLOCK_FROM_MILLIS) return '%-S s';
  return millis < 3_600_000 ? '%H:%M:%S' : '%H:%M';
}

/** What means nothing to Mermaid in the name of a bar or a section. */
function words(text: string): string {
  return shortened(text.replace(/[^\p{L}\p{M}\p{N} ._()-]/gu, ' ').trim(), MOST_LABEL);
}

function longestTable(intervals: readonly Interval[]): string {
  const first = Math.min(...intervals.map(({ startedAt }) => startedAt));
  const longest = [...intervals]
    .sort((a, b) => b.endedAt - b.startedAt - (a.endedAt - a.startedAt))
    .slice(0, MOST_ROWS)
    .sort((a, b) => a.startedAt - b.startedAt);
  const rows = longest.map(({ task, attempt, startedAt, endedAt }) => [
    `${code(nameOf(task.task.id))}${attempt.number > 1 ? ` attempt ${attempt.number}` : ''}`,
    showDuration(startedAt - first),
    showDuration(endedAt - startedAt),
  ]);
  return [
    `Too many for a chart: the ${longest.length} longest of ${intervals.length} attempts.`,
    '',
    markdownTable(
      [{ title: 'Task' }, { title: 'Began after', right: true }, { title: 'Duration', right: true }],
      rows,
    ),
  ].join('\n');
}
