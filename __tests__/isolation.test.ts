/** Where isolated tasks begin and what is merged, in random plans and worlds: `simulation/trees.ts` says what must hold. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { planProblems } from '../src/core/graph.js';
import { withIsolation, withoutMerges } from '../src/input/isolation.js';
import { machine, right } from './input/typed.js';
import { isolatedPlanOf, runOf } from './simulation/trees.js';

const PLANS = 1500;

describe('isolated tasks in random worlds', () => {
  test(`never miss or lose work in ${PLANS} runs`, () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= PLANS; seed++) {
      const plan = isolatedPlanOf(seed);
      const { faults, words } = runOf(seed, plan);
      if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.join('; ')}`);
      for (const word of new Set(words)) seen.set(word, (seen.get(word) ?? 0) + 1);
    }
    const words = [
      'merge of several',
      'conflict',
      'redo',
      'round conflict',
      'round loop',
      'round request',
      'resumed',
    ];
    expect(words.filter((word) => (seen.get(word) ?? 0) < 100)).toEqual([]);
  }, 120_000);

  test('have plans that are possible, and that are the same when they are taken apart and made again', () => {
    for (let seed = 1; seed <= PLANS; seed++) {
      const plan = isolatedPlanOf(seed);
      const problems = planProblems(plan);
      const again = withIsolation(withoutMerges(plan), {}, machine({ hasRepository: () => true }));
      if (problems.length > 0 || !isDeepStrictEqual(right(again), plan))
        expect([problems, right(again)]).toEqual([[], plan]);
    }
  }, 120_000);
});
