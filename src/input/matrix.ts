/** A task for each combination of values: the product, less `exclude`, plus `include`, as GitHub's matrix does it. */
import { failure, type Result, success } from '../core/problem.js';

/** Values are texts by now, as they reach the task. */
export type Combination = Readonly<Record<string, string>>;

export interface Matrix {
  readonly axes: Readonly<Record<string, readonly string[]>>;
  readonly include: readonly Combination[];
  readonly exclude: readonly Combination[];
}

/** More instances of one task than this are a mistake. */
export const MAX_INSTANCES = 10_000;

/** Comparisons of combinations with `include` and `exclude` that take no noticeable time. */
const MAX_COMPARISONS = 5_000_000;

export function expandMatrix({ axes, include, exclude }: Matrix): Result<readonly Combination[]> {
  const count = Object.values(axes).reduce((product, values) => product * values.length, 1);
  if (count + include.length > MAX_INSTANCES)
    return failure(
      `the matrix gives ${count.toLocaleString('en')} tasks, more than ${MAX_INSTANCES.toLocaleString('en')}`,
      'leave out values, or split the task',
    );
  if (count * (include.length + exclude.length) > MAX_COMPARISONS)
    return failure('the matrix has too many "include" and "exclude" for its size', 'split the task');
  const kept = product(axes).filter((one) => !exclude.some((out) => agrees(one, out)));
  const combinations = included(kept, include, Object.keys(axes));
  if (combinations.length === 0)
    return failure('the matrix gives no task', 'its values are empty, or "exclude" takes all of them');
  return success(combinations);
}

function product(axes: Matrix['axes']): Combination[] {
  let combinations: Combination[] = Object.keys(axes).length === 0 ? [] : [{}];
  for (const [key, values] of Object.entries(axes))
    combinations = combinations.flatMap((one) => values.map((value) => ({ ...one, [key]: value })));
  return combinations;
}

function agrees(combination: Combination, part: Combination): boolean {
  return Object.entries(part).every(([key, value]) => combination[key] === value);
}

/**
 * An `include` adds its values to each combination whose own axis values it does not change (those that an earlier
 * `include` added, it may); one that fits nowhere is a combination of its own.
 */
function included(
  kept: readonly Combination[],
  include: readonly Combination[],
  axes: readonly string[],
): Combination[] {
  const combinations = [...kept];
  for (const extra of include) {
    const fixed = Object.entries(extra).filter(([key]) => axes.includes(key));
    let fits = false;
    for (let i = 0; i < kept.length; i++) {
      if (!fixed.every(([key, value]) => kept[i]?.[key] === value)) continue;
      combinations[i] = { ...combinations[i], ...extra };
      fits = true;
    }
    if (!fits) combinations.push(extra);
  }
  return combinations;
}

/**
 * What follows the task's id in the name of an instance: `node20-linux` for `{ node: 20, os: linux }`. Values that
 * `include` adds to an axis' combination do not change its name.
 */
export function instanceSuffix(combination: Combination, axes: readonly string[]): string {
  const named = axes.filter((axis) => Object.hasOwn(combination, axis));
  const keys = named.length > 0 ? named : Object.keys(combination);
  const parts = keys.map((key) => {
    const value = combination[key] ?? '';
    if (/^[\d.]+$/.test(value)) return `${key}${value}`;
    return /^(true|false|)$/.test(value) ? `${key}-${value || 'empty'}` : value;
  });
  return parts
    .join('-')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^-+|[-.]+$/g, '');
}

/** The variable that carries one value. */
export function matrixVariable(key: string): string {
  return `BATCHTOOL_MATRIX_${key.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
}
