/** From the text of an option, a variable or a config entry to its value. Every fault shows the forms that work. */
import { nearest } from '../core/nearest.js';
import { failure, failures, type Result, success } from '../core/problem.js';
import { parseCost, parseDuration, parseSize, parseTokens } from '../core/units.js';
import type { Option } from './option.js';
import { readPairs } from './variables.js';

/** Node's timers hold no more; a limit above it would end at once. */
export const MAX_TIMER_MILLIS = 2 ** 31 - 1;
const MAX_COUNT = 1_000_000;
const MAX_PRIORITY = 1e9;

const LEVELS: ReadonlyMap<string, number> = new Map([
  ['critical', 200],
  ['high', 100],
  ['normal', 0],
  ['low', -100],
]);

/** The value of `option` from what was said with `where` (`--timeout`, `BATCHTOOL_TIMEOUT`). */
export function readValue(option: Option, texts: readonly string[], where: string): Result<unknown> {
  const text = texts[texts.length - 1] ?? '';
  switch (option.kind) {
    case 'switch':
      return readSwitch(text, where);
    case 'texts':
      return success([...texts]);
    case 'names':
      return readNames(texts, where);
    case 'pairs':
      return named(where, readPairs(texts));
    case 'choice':
      return readChoice(option.choices ?? [], text, where);
    case 'count':
      return readCount(text, where, option.min ?? 1);
    case 'priority':
      return named(where, parsePriority(text));
    case 'size':
      return named(where, parseSize(text));
    case 'cost':
      return named(where, parseCost(text));
    case 'tokens':
      return named(where, parseTokens(text));
    case 'duration':
      return readTimer(option, text, where);
    case 'text':
      return text.includes('\0') ? failure(`${where}: the value holds a NUL character`) : success(text);
  }
}

/** `critical`, `high`, `normal`, `low`, or a whole number; higher starts first. */
export function parsePriority(text: string): Result<number> {
  const level = LEVELS.get(text.trim().toLowerCase());
  if (level !== undefined) return success(level);
  const number = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Math.abs(number) <= MAX_PRIORITY) return success(number === 0 ? 0 : number);
  return failure(
    `expected a priority, found ${JSON.stringify(text)}`,
    'priorities are critical, high, normal, low, or a whole number such as 50 or -10',
  );
}

/** A time that a timer can hold. */
export function parseTimer(text: string, orZero = false): Result<number> {
  const millis = parseDuration(text, orZero);
  if (millis.ok && millis.value > MAX_TIMER_MILLIS)
    return failure(
      `expected a time of at most 24 days, found ${JSON.stringify(text)}`,
      'no limit: leave it out',
    );
  return millis;
}

function readTimer(option: Option, text: string, where: string): Result<number> {
  if (option.isAge === true || !option.verbs.includes('run'))
    return named(where, parseDuration(text, option.orZero));
  return named(where, parseTimer(text, option.orZero));
}

/** A whole number from `min` to a million. */
export function parseCount(text: string, min: number): Result<number> {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number >= min && number <= MAX_COUNT) return success(number);
  return failure(`expected a whole number from ${min} to ${MAX_COUNT}, found ${JSON.stringify(text)}`);
}

function readCount(text: string, where: string, min: number): Result<number> {
  return named(where, parseCount(text, min));
}

function readSwitch(text: string, where: string): Result<boolean> {
  if (/^(1|true|yes|on)$/i.test(text)) return success(true);
  if (/^(0|false|no|off|)$/i.test(text)) return success(false);
  return failure(`${where}: expected true or false, found ${JSON.stringify(text)}`, '1, yes, on; 0, no, off');
}

function readNames(texts: readonly string[], where: string): Result<readonly string[]> {
  const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
  if (names.includes(''))
    return failure(
      `${where}: expected names with commas between, found ${JSON.stringify(texts.join(','))}`,
      'for example a,b',
    );
  return success([...new Set(names)]);
}

function readChoice(choices: readonly string[], text: string, where: string): Result<string> {
  if (choices.includes(text)) return success(text);
  const near = nearest(text, choices);
  return failure(
    `${where}: expected ${choices.join(', ')}; found ${JSON.stringify(text)}`,
    near === undefined ? undefined : `did you mean ${near}?`,
  );
}

/** The same result, its faults beginning with who said it. */
export function named<T>(where: string, result: Result<T>): Result<T> {
  if (result.ok) return result;
  return failures(result.problems.map((fault) => ({ ...fault, message: `${where}: ${fault.message}` })));
}
