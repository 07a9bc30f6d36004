/** Draws a Sheet: what `status`, `stats`, `list` and a dry run print. */
import type { Sheet } from '../core/shown.js';
import { measureFor } from './measure.js';
import { renderLines, type Style } from './style.js';
import { renderTable } from './table.js';
import { visible } from './visible.js';

/** The whole text. Without `columns` (no terminal) nothing is cut. */
export async function renderSheet(sheet: Sheet, style: Style, columns?: number): Promise<string> {
  const { head, table, foot } = sheet;
  const measure = await measureFor(textsOf(sheet));
  const parts = [
    renderLines(head, style),
    renderTable(table, { columns, style, measure })
      .map((line) => `${line}\n`)
      .join(''),
    renderLines(foot, style),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function* textsOf({ table }: Sheet): Generator<string> {
  for (const column of table.columns) yield column.title;
  for (const row of table.rows) for (const cell of row) yield visible(cell.text);
}
