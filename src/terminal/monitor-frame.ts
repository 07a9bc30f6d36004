/** One picture of some runs, cut to the screen: no line wider, no more lines than there are rows. */
import type { Sheet } from '../core/shown.js';
import type { Measure } from './measure.js';
import { renderSheet } from './sheet.js';
import type { Style } from './style.js';

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/** `sheet` draws the run with at most so many tasks; `tasks` is how many it has. */
export interface MonitoredRun {
  readonly tasks: number;
  readonly sheet: (mostTasks: number) => Sheet;
}

/** Lines of a run beside its tasks: head, counts, titles, blanks. */
const LINES_BESIDE = 7;

/** The lines, without their ends. Fewer tasks are shown until all runs fit. */
export async function monitorFrame(
  runs: readonly MonitoredRun[],
  { columns, rows }: FrameSize,
  style: Style,
  measure: Measure,
): Promise<string[]> {
  const room = Math.max(1, rows - 1);
  for (let most = Math.max(0, Math.floor(room / Math.max(1, runs.length))); ; most = less(most)) {
    const lines: string[] = [];
    for (const run of runs) {
      if (lines.length > 0) lines.push('');
      const text = await renderSheet(run.sheet(most), style, columns);
      lines.push(...text.trimEnd().split('\n'));
      if (run.tasks > most) lines.push(style.paint(`… and ${run.tasks - most} more tasks`, 'dim'));
    }
    if (lines.length <= room || most === 0) return cut(lines, room, columns, measure);
  }
}

function less(most: number): number {
  return most > LINES_BESIDE * 2 ? most - LINES_BESIDE : most - 1;
}

function cut(lines: readonly string[], room: number, columns: number, measure: Measure): string[] {
  return lines
    .slice(0, room)
    .map((line) => (measure.width(line) > columns ? measure.cut(line, columns) : line));
}
