/** What the live view shows at one moment, drawn for a width: one line for each running task, then the counts. */
import type { Line } from '../core/shown.js';
import type { Measure } from './measure.js';
import { renderLine, type Style } from './style.js';
import { visible } from './visible.js';

export interface LiveRow {
  readonly title: string;
  /** How long it has been running. */
  readonly time: string;
  /** The last line that it wrote. */
  readonly last: string;
  /** Counts up when the line changes: the spinner turns while something happens. */
  readonly beat: number;
}

export interface LiveFrame {
  readonly rows: readonly LiveRow[];
  /** Running tasks for which there was no room. */
  readonly hidden: number;
  readonly counts: Line;
}

export interface FrameSpace {
  readonly columns: number;
  readonly style: Style;
  readonly measure: Measure;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Less of an output line says nothing. */
const LEAST_OUTPUT = 8;

/** How many running tasks may be shown on a screen of so many rows, two of which stay free. */
export function roomFor(running: number, screenRows: number): number {
  const room = Math.max(0, screenRows - 3);
  return running <= room ? running : Math.max(0, room - 1);
}

/** One text for each line, none wider than the screen. */
export function drawFrame({ rows, hidden, counts }: LiveFrame, space: FrameSpace): string[] {
  const { columns, style, measure } = space;
  const titleWidth = Math.min(
    widest(rows.map(({ title }) => measure.width(visible(title)))),
    Math.max(8, Math.floor(columns * 0.35)),
  );
  const timeWidth = widest(rows.map(({ time }) => measure.width(time)));
  const lines = rows.map((row) => drawRow(row, titleWidth, timeWidth, space));
  if (hidden > 0) lines.push(style.paint(measure.cut(`… and ${hidden} more running`, columns), 'dim'));
  lines.push(renderLine(fitted(counts, space), style));
  return lines;
}

function drawRow(
  row: LiveRow,
  titleWidth: number,
  timeWidth: number,
  { columns, style, measure }: FrameSpace,
): string {
  const spinner = SPINNER[row.beat % SPINNER.length] as string;
  const title = measure.cut(visible(row.title), titleWidth);
  const padded = title + ' '.repeat(Math.max(0, titleWidth - measure.width(title)));
  const time = row.time.padStart(timeWidth);
  const used = 2 + titleWidth + 1 + timeWidth;
  if (used > columns) return measure.cut(`${spinner} ${padded.trimEnd()} ${row.time}`, columns);
  const left = columns - used - 2;
  const last = left < LEAST_OUTPUT ? '' : measure.cut(row.last, left);
  const begin = `${style.paint(spinner, 'busy')} ${style.paint(padded, 'strong')} ${time}`;
  return last === '' ? begin : `${begin}  ${style.paint(last, 'dim')}`;
}

/** As much of a line as the screen is wide. */
function fitted(line: Line, { columns, measure }: FrameSpace): Line {
  let left = columns;
  return line.flatMap(({ text, ...rest }) => {
    const cut = measure.cut(visible(text), left);
    left -= measure.width(cut);
    return cut === '' ? [] : [{ ...rest, text: cut }];
  });
}

function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}
