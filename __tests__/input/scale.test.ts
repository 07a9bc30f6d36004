import { expect, test } from '@jest/globals';
import { planned } from './typed.js';

/** A plan file in JSON: `count` tasks, each but the first few needing three earlier ones. */
function bigFile(count: number): string {
  const tasks = Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const needs = [1, 2, 3].map((n) => `t${(Math.imul(i + n, 0x9e3779b1) >>> 0) % Math.max(i, 1)}`);
      return [`t${i}`, { run: `echo ${i}`, needs: i < 4 ? [] : [...new Set(needs)] }];
    }),
  );
  return JSON.stringify({ tasks });
}

test('a hundred thousand tasks with three hundred thousand needs become a plan that shares what is the same', () => {
  const file = bigFile(100_000);
  const { tasks } = planned([], { file, name: 'big.json' });
  expect(tasks).toHaveLength(100_000);
  const needs = tasks.flatMap((task) => task.needs);
  expect(needs.length).toBeGreaterThan(290_000);
  expect(new Set(needs).size).toBeLessThan(100_000);
  expect(new Set(tasks.map(({ limits }) => limits)).size).toBe(1);
});
