/** Proof that the simulation can fail: each small fault that is put into the policy must be caught by it. */
import { describe, expect, test } from '@jest/globals';
import { type Core, explain, type Fault, faultOf, resumeEverywhere } from './simulation/check.js';
import { coreFiles, loadCore, MUTANTS } from './simulation/mutants.js';
import { worldOf } from './simulation/world.js';

const PLANS = 1200;
const RESUMED_RUNS = 60;

/** The first fault in a fixed number of worlds, or undefined. */
function firstFault(core: Core): string | undefined {
  for (let seed = 1; seed <= PLANS; seed++) {
    const world = worldOf(seed);
    const fault = faultOf(world, core) ?? resumed(seed, core);
    if (fault !== undefined) return explain(world, fault);
  }
  return undefined;
}

/** Every so often a run is also taken up again after each of its events. */
function resumed(seed: number, core: Core): Fault | undefined {
  const every = PLANS / RESUMED_RUNS;
  if (seed % every !== 0) return undefined;
  const calm = resumeEverywhere(worldOf(seed, { calm: true }), core, ['as-it-is']);
  return calm.fault ?? resumeEverywhere(worldOf(seed), core, ['all', 'failed-only']).fault;
}

describe('the simulation', () => {
  test('finds nothing wrong with the policy as it stands', () => {
    expect(firstFault(loadCore())).toBeUndefined();
  }, 120_000);

  test.each(MUTANTS)(
    'notices a policy that $does',
    (mutant) => {
      expect(firstFault(loadCore(mutant))).toMatch(/^seed \d+/);
    },
    120_000,
  );

  test('has mutants of files that there are, each of its own', () => {
    expect(coreFiles()).toEqual(expect.arrayContaining(MUTANTS.map(({ file }) => file)));
    expect(new Set(MUTANTS.map(({ does }) => does)).size).toBe(MUTANTS.length);
  });
});
