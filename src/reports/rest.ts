/** Tables of runs with very many tasks: the telling ones get a row, the others are counted. */
import type { Sheet } from '../core/shown.js';
import { countOf } from './opening.js';

/** Rows that a person still reads. */
export const MOST_ROWS = 50;

/** The sheet with a line that says how many tasks have no row, and how to see them. */
export function withRest(sheet: Sheet, left: number): Sheet {
  if (left <= 0) return sheet;
  const rest = {
    text: `and ${left} more of ${countOf(left + sheet.table.rows.length)}: --all-tasks shows every one`,
  };
  return { ...sheet, foot: [[rest], ...sheet.foot] };
}
