/** A copy of an index of git, which says no more of files than the index itself. */
import { copyFileSync, statSync, utimesSync } from 'node:fs';

const SECOND_MILLIS = 1000;

/**
 * With its time: git looks into files that are no older than their index, for they may have changed in the same moment. It
 * counts seconds.
 */
export function copyIndex(from: string, to: string): void {
  const seconds = Math.floor(statSync(from).mtimeMs / SECOND_MILLIS);
  copyFileSync(from, to);
  utimesSync(to, seconds, seconds);
}
