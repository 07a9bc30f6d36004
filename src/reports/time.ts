/** Times for documents and for people. */
import type { EpochMillis } from '../core/event.js';

/** ISO 8601 in UTC with milliseconds: `2026-11-22T23:05:09.120Z`. */
export function isoTime(at: EpochMillis): string {
  return new Date(at).toISOString();
}

/** A time of day on this machine's clock: `12:03`; `12:03:07` when that is less than ten minutes away, and with its date when more than half a day. */
export function showClock(at: EpochMillis, now: EpochMillis): string {
  const time = new Date(at);
  const clock = [time.getHours(), time.getMinutes()].map((part) => digits(part, 2)).join(':');
  if (at - now < 600_000) return `${clock}:${digits(time.getSeconds(), 2)}`;
  if (at - now < 43_200_000) return clock;
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map((part) => digits(part, 2));
  return `${date.join('-')} ${clock}`;
}

/** How long ago in one unit: `just now`, `4m ago`, `3h ago`, `12d ago`. */
export function showAgo(millis: number): string {
  if (millis < 60_000) return millis < 5000 ? 'just now' : `${Math.floor(millis / 1000)}s ago`;
  if (millis < 3_600_000) return `${Math.floor(millis / 60_000)}m ago`;
  if (millis < 172_800_000) return `${Math.floor(millis / 3_600_000)}h ago`;
  return `${Math.floor(millis / 86_400_000)}d ago`;
}

/** A guess of time, as coarse as a guess is: `a few seconds`, `about 40 s`, `about 2m`, `about 1h 10m`. */
export function showAbout(millis: number): string {
  if (millis < 7500) return 'a few seconds';
  return `about ${roughly(millis)}`;
}

function roughly(millis: number): string {
  if (millis < 55_000) return `${Math.round(millis / 10_000) * 10} s`;
  const minutes = Math.max(1, Math.round(millis / 60_000));
  if (minutes < 60) return `${minutes}m`;
  const rounded = Math.round(minutes / 10) * 10;
  return rounded % 60 === 0 ? `${rounded / 60}h` : `${Math.floor(rounded / 60)}h ${rounded % 60}m`;
}

/** A wait until something that is still to come, in whole seconds: `12 s`, `2m 05s`. At least `1 s`. */
export function showWait(millis: number): string {
  if (millis < 9950) return `${(Math.ceil(Math.max(millis, 100) / 100) / 10).toFixed(1)} s`;
  const seconds = Math.ceil(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)}m ${digits(seconds % 60, 2)}s`;
}

/** Time since something began, in whole seconds so that it changes once a second: `12 s`, `3m 05s`, `2h 10m`. */
export function showElapsed(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${digits(seconds % 60, 2)}s`;
  return `${Math.floor(seconds / 3600)}h ${digits(Math.floor(seconds / 60) % 60, 2)}m`;
}

function digits(value: number, count: number): string {
  return String(Math.floor(value)).padStart(count, '0');
}
