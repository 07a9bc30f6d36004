/** Sizes, times, money and tokens as people type them. Anything else is refused with the forms that work. */
import type { Budget } from './plan.js';
import { failure, type Result, success } from './problem.js';

const SIZES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
/** From the longest to the shortest, which is the order in which they stand. */
const TIMES: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** A time as it is written: each unit at most once, and at least one. */
export const TIME_PATTERN = `(?=\\d)${TIMES.map(([unit]) => `(\\d+(?:\\.\\d+)?${unit})?`).join('')}`;
const TIME = new RegExp(`^${TIME_PATTERN}$`);

/** Bytes from `512MB` (10⁶), `1.5GiB` (2³⁰) or a plain whole number. More than zero. */
export function parseSize(text: string): Result<number> {
  const match = /^(\d+(?:\.\d+)?(?=\s*[a-z])|\d+)\s*([a-z]*)$/i.exec(text.trim());
  const unit = match?.[2] === '' ? 1 : SIZES[match?.[2]?.toLowerCase() ?? ''];
  const bytes = match === null || unit === undefined ? Number.NaN : Math.round(Number(match[1]) * unit);
  if (Number.isSafeInteger(bytes) && bytes > 0) return success(bytes);
  return failure(
    `expected a size above zero, found ${JSON.stringify(text)}`,
    'sizes are written 512MB, 2GB, 1.5GiB, or as plain bytes',
  );
}

/** Milliseconds from `500ms`, `5s`, `30m`, `2h`, `1h30m`, `7d`. More than zero, or zero too with `orZero`. */
export function parseDuration(text: string, orZero = false): Result<number> {
  const [, ...parts] = TIME.exec(text.trim()) ?? [];
  const millis = Math.round(
    TIMES.reduce((sum, [, unit], index) => sum + Number.parseFloat(parts[index] ?? '0') * unit, 0),
  );
  if (orZero && text.trim() === '0') return success(0);
  if (parts.length > 0 && Number.isSafeInteger(millis) && (millis > 0 || orZero)) return success(millis);
  return failure(
    `expected a time above zero with its unit, found ${JSON.stringify(text)}`,
    'times are written 500ms, 5s, 30m, 2h, 1h30m or 7d',
  );
}

/** Dollars from `5USD`, `5`, `$5` or `0.50USD`. More than zero. */
export function parseCost(text: string): Result<number> {
  const match = /^(?:(\d+(?:\.\d+)?)\s*(?:usd)?|\$\s*(\d+(?:\.\d+)?))$/i.exec(text.trim());
  const dollars = Number(match?.[1] ?? match?.[2]);
  if (dollars > 0 && dollars <= MOST_DOLLARS) return success(dollars);
  return failure(
    `expected an amount of money above zero, found ${JSON.stringify(text)}`,
    'amounts are written 5USD, 0.50USD, $5 or 5, always in US dollars',
  );
}

const MOST_DOLLARS = 1e9;
const THOUSANDS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6 };

/** Tokens from `2M`, `500k`, `1.5M` or a plain number. More than zero. */
export function parseTokens(text: string): Result<number> {
  const match = /^(\d+)$|^(\d+(?:\.\d+)?)\s*([km])$/i.exec(text.trim());
  const unit = THOUSANDS[match?.[3]?.toLowerCase() ?? ''] ?? 1;
  const tokens = Math.round(Number(match?.[1] ?? match?.[2]) * unit);
  if (Number.isSafeInteger(tokens) && tokens > 0) return success(tokens);
  return failure(
    `expected a number of tokens above zero, found ${JSON.stringify(text)}`,
    'tokens are written 2M, 500k, or as a plain number',
  );
}

/** `340 ms`, `4.2 s`, `3m 05s`, `2h 10m`: at most two units, for people. */
export function showDuration(millis: number): string {
  if (millis < 1000) return `${Math.max(0, Math.round(millis))} ms`;
  if (millis < 59_950) return `${(millis / 1000).toFixed(1)} s`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d ${String(hours % 24).padStart(2, '0')}h`;
}

/** `512 B`, `43.1 MB`, `2.0 GB` (powers of ten), for people. */
export function showSize(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** `$0.42`, and `$0.0042` rather than nothing. */
export function showCost(costUsd: number): string {
  return `$${costUsd.toFixed(costUsd > 0 && costUsd < 0.1 ? 4 : 2)}`;
}

/** `812 tokens`, `45.2k tokens`, `1.3M tokens`, for people. */
export function showTokens(tokens: number): string {
  if (tokens === 1) return '1 token';
  return `${showCount(tokens)} tokens`;
}

/** `812`, `45.2k`, `1.3M`, for people. */
export function showCount(count: number): string {
  if (count < 1000) return String(Math.round(count));
  return count < 999_950 ? `${(count / 1e3).toFixed(1)}k` : `${(count / 1e6).toFixed(1)}M`;
}

/** `$1.20 and 45.2k tokens`: of an amount the parts that are known; with `like`, those that it has. */
export function showBudget(amount: Budget, like: Budget = amount): string {
  const parts = [
    ...(like.costUsd === undefined ? [] : [showCost(amount.costUsd ?? 0)]),
    ...(like.tokens === undefined ? [] : [showTokens(amount.tokens ?? 0)]),
  ];
  return parts.join(' and ');
}
