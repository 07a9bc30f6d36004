/** Where in a text something stands, and data that knows where it was written. */
import type { Place } from '../core/problem.js';

/** Keys and indexes from the root down. */
export type Path = readonly (string | number)[];

/** Where something stands in a plan file; undefined where nothing does, or there is no file. */
export type Places = (path: Path, part: 'key' | 'value') => Place | undefined;

/** Data as JavaScript knows it, with the way back to the text. */
export interface Located {
  readonly value: unknown;
  /** Where the value at this path stands, or its key; of the nearest one above it when it is not there. */
  placeOf(path: Path, part: 'key' | 'value'): Place;
  /** Keys of the map at this path, in the order written. */
  keysAt(path: Path): readonly string[];
  /** A number as it was written: 1.10 is not 1.1. */
  writtenAt(path: Path): string | undefined;
}

/** Line and column, from 1, of an offset into `text`. */
export function placeAt(file: string, text: string, offset: number): Place {
  const end = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < end; next = text.indexOf('\n', start)) {
    line++;
    start = next + 1;
  }
  return { file, line, column: end - start + 1 };
}

/** What stands at `path` in plain data, if anything does. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
