/** What is taken for a measured number when it comes from where others can write. */

/** Beyond this a time would be no date, and sums would lose digits. */
const MOST = 8.64e15;

/** A time, a size or an amount of money: finite and not below zero. */
export function isFigure(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST;
}
