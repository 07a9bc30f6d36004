/** One line of the result: what was measured, against what, and whether it is good enough. */

/**
 * Compares `ratio` (or, without a peer, `value`) with `atMost` or `atLeast`; without a target it only informs.
 * `measured` and `peer` are `{median, min, max}`, `peer` with a name.
 */
export function check(row) {
  const compared = row.ratio ?? row.value;
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = row;
  const isMet = compared <= atMost && compared >= atLeast;
  return { ...row, verdict: hasTarget(row) ? (isMet ? 'met' : 'MISSED') : 'for information' };
}

/** A row that this machine could not measure says so, and why; it is never filled in from elsewhere. */
export function notMeasured(row) {
  return { ...row, verdict: 'not measured' };
}

/** Characters of an error that a table still bears; `--json` has all of it. */
const MOST_REASON = 400;

const hasTarget = ({ atMost, atLeast }) => atMost !== undefined || atLeast !== undefined;

const digits = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

const spread = (stat, unit) => `${digits(stat.median)} ${unit} (${digits(stat.min)}–${digits(stat.max)})`;

/** The cells of a row: what, measured, against, ratio, target, verdict. */
export function cellsOf(row) {
  const { what, measured, peer, unit, ratio, verdict, why, note } = row;
  const sign = row.atMost === undefined ? '≥' : '≤';
  const target = hasTarget(row)
    ? `${sign} ${row.atMost ?? row.atLeast}${peer || why ? ' ×' : ` ${unit}`}`
    : '–';
  return [
    what,
    measured === undefined ? '–' : spread(measured, unit),
    [peer === undefined ? '–' : `${peer.name}: ${spread(peer, unit)}`, note].filter(Boolean).join('; '),
    ratio === undefined ? '–' : `${digits(ratio)} ×`,
    target,
    why === undefined ? verdict : `${verdict}: ${why.slice(0, MOST_REASON)}`,
  ];
}

/** All rows as a markdown table; medians, with the smallest and largest in brackets. */
export function markdownTable(rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const head = ['what', 'batchtool', 'against', 'ratio', 'target', 'verdict'];
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(cellsOf(row)))].join('\n');
}
