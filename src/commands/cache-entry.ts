/**
 * What a run hands to later ones on other machines: a line with its figures, then its history. It is carried by a cache
 * that others can write, so it may hold anything when it comes back: only numbers, names and keys are taken from it.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { MOST_ENTRY_BYTES } from '../github/service-request.js';
import { type Baseline, readBaseline } from '../reports/baseline.js';

export interface CacheEntry {
  /** Absent for a run that is no measure. */
  readonly baseline?: Baseline;
  /** As `historyText` gives it. */
  readonly history: string;
}

export function entryText({ baseline, history }: CacheEntry): string {
  return `${JSON.stringify(baseline ?? null)}\n${history}`;
}

/** What the file holds; `none`: it is not there, `unknown`: it is no such entry. */
export function readEntry(path: string): CacheEntry | 'none' | 'unknown' {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  if (!found.isFile() || found.size > MOST_ENTRY_BYTES) return 'unknown';
  const text = readFileSync(path, 'utf8');
  const end = text.indexOf('\n');
  if (end < 0) return 'unknown';
  const [first, history] = [text.slice(0, end), text.slice(end + 1)];
  if (first === 'null') return { history };
  const baseline = readBaseline(first);
  return baseline === undefined ? 'unknown' : { baseline, history };
}
