/** Draws a Table into a width. Without a width (no terminal) nothing is cut, for whoever reads it can do that better. */
import type { Column, Span, Table } from '../core/shown.js';
import type { Measure } from './measure.js';
import type { Style } from './style.js';
import { visible } from './visible.js';

export interface TableSpace {
  /** Absent: as wide as it gets. */
  readonly columns?: number | undefined;
  readonly style: Style;
  readonly measure: Measure;
}

const GAP = 2;
/** A column that may shrink is no use below this; the last one then gets a line of its own. */
const USEFUL_WIDTH = 20;
const LEAST_WIDTH = 5;
/** For a column that may shrink, before others are left out for its sake. */
const LEAST_READABLE = 8;
/** For any other column: as much as the id of a run takes. */
const MOST_NEEDED = 20;
const INDENT = '    ';

/** One text for each line, without line ends. A column that is empty in every row is left out. */
export function renderTable(table: Table, space: TableSpace): string[] {
  if (table.rows.length === 0) return [];
  const kept = table.columns.flatMap((column, i) =>
    table.rows.some((row) => (row[i]?.text ?? '') !== '') ? [{ column, i }] : [],
  );
  const columns = kept.map(({ column }) => column);
  const rows = table.rows.map((row) =>
    kept.map(({ i }): Span => ({ ...row[i], text: visible(row[i]?.text ?? '') })),
  );
  const natural = naturalWidths(columns, rows, space.measure);
  const shown = affordable(columns, natural, space.columns);
  const only = <T>(all: readonly T[]): T[] => all.filter((_, i) => shown.has(i));
  return new Grid(only(columns), rows.map(only), only(natural), space).lines();
}

function naturalWidths(
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  { width }: Measure,
): number[] {
  return columns.map((column, i) =>
    rows.reduce((most, row) => Math.max(most, width(row[i]?.text ?? '')), width(column.title)),
  );
}

/** Which columns there is room for: before any is cut to what nobody can read, those that can be spared are left out. */
function affordable(
  columns: readonly Column[],
  natural: readonly number[],
  most: number | undefined,
): ReadonlySet<number> {
  const shown = new Set(columns.keys());
  if (most === undefined) return shown;
  const least = columns.map((column, i) =>
    Math.min(natural[i] ?? 0, column.shrink === true ? LEAST_READABLE : MOST_NEEDED),
  );
  // The last one, if it may shrink, can stand below its row.
  if (columns.at(-1)?.shrink === true) least[columns.length - 1] = 0;
  const spares = [...columns.entries()]
    .filter(([, { spare }]) => spare !== undefined)
    .sort(([, a], [, b]) => (b.spare ?? 0) - (a.spare ?? 0));
  for (const [i] of spares) {
    if (totalOf([...shown].map((at) => least[at] ?? 0)) <= most) break;
    shown.delete(i);
  }
  return shown;
}

class Grid {
  constructor(
    private readonly columns: readonly Column[],
    private readonly rows: readonly (readonly Span[])[],
    private readonly natural: readonly number[],
    private readonly space: TableSpace,
  ) {}

  lines(): string[] {
    const last = this.columns.length - 1;
    const widths = this.fitted(this.natural);
    const cramped =
      this.columns[last]?.shrink === true &&
      (widths[last] ?? 0) < Math.min(USEFUL_WIDTH, this.natural[last] ?? 0);
    if (last < 1 || !cramped) return this.drawn(widths);
    return this.stacked(last);
  }

  private drawn(widths: readonly number[]): string[] {
    const titles = this.columns.map((column): Span => ({ text: column.title, tone: 'dim' }));
    return [titles, ...this.rows].map((row) => this.row(row, widths));
  }

  /** The last column under each row, for it would hold nothing readable beside it. */
  private stacked(last: number): string[] {
    const { columns: most, style, measure } = this.space;
    const widths = this.fitted(this.natural.slice(0, last));
    const below = (cell: Span | undefined): string[] =>
      cell === undefined || cell.text === ''
        ? []
        : wrap(cell.text, Math.max(1, (most ?? 0) - INDENT.length), measure).map((line) =>
            style.paint(measure.cut(INDENT + line, most ?? 0), cell.tone),
          );
    const titles = this.columns.slice(0, last).map((column): Span => ({ text: column.title, tone: 'dim' }));
    return [
      this.row(titles, widths),
      ...this.rows.flatMap((row) => [this.row(row.slice(0, last), widths), ...below(row[last])]),
    ];
  }

  private row(cells: readonly Span[], widths: readonly number[]): string {
    const { style, measure } = this.space;
    const drawn = widths.map((width, i) => {
      const cell = cells[i] ?? { text: '' };
      const text = measure.cut(cell.text, width);
      const pad = ' '.repeat(Math.max(0, width - measure.width(text)));
      const painted = style.paint(text, cell.tone);
      return this.columns[i]?.align === 'right' ? pad + painted : painted + pad;
    });
    // Only blanks that pad: what is painted ends with its own escape.
    return drawn.join(' '.repeat(GAP)).trimEnd();
  }

  /** Takes from the widest until all fit: first from columns that may shrink, then from all. */
  private fitted(natural: readonly number[]): number[] {
    const { columns: most } = this.space;
    const widths = [...natural];
    if (most === undefined) return widths;
    const isShrinkable = (i: number) => this.columns[i]?.shrink === true;
    this.narrow(widths, most, isShrinkable, LEAST_WIDTH);
    this.narrow(widths, most, () => true, LEAST_WIDTH);
    this.narrow(widths, most, () => true, 1);
    while (totalOf(widths) > most && widths.length > 1) widths.pop();
    return widths;
  }

  private narrow(widths: number[], most: number, mayShrink: (i: number) => boolean, least: number): void {
    for (let excess = totalOf(widths) - most; excess > 0; excess--) {
      let widestAt = -1;
      for (const [i, width] of widths.entries())
        if (mayShrink(i) && width > least && width > (widths[widestAt] ?? 0)) widestAt = i;
      if (widestAt === -1) return;
      widths[widestAt] = (widths[widestAt] as number) - 1;
    }
  }
}

/** Lines of whole words; a word that is wider than a line is cut when it is drawn. */
function wrap(text: string, columns: number, { width }: Measure): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && width(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP * Math.max(0, widths.length - 1));
}
