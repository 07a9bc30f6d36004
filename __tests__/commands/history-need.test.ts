import { describe, expect, test } from '@jest/globals';
import { needsHistory } from '../../src/commands/history-need.js';
import { MAIN_POOL } from '../../src/core/plan.js';
import { plan, task } from '../fakes/plan.js';

const commands = ['a', 'b'].map((id) => task(id));

describe('a run waits for what earlier ones tell', () => {
  test('when it has more tasks than slots', () => {
    expect(needsHistory(plan(commands, { pools: { [MAIN_POOL]: 1 } }))).toBe(true);
  });

  test('when that holds of one pool alone', () => {
    const pools = { [MAIN_POOL]: 4, scarce: 1 };
    const all = [...commands, task('c', { pools: [MAIN_POOL, 'scarce'] })];
    expect(needsHistory(plan(all, { pools }))).toBe(false);
    expect(needsHistory(plan([...all, task('d', { pools: ['scarce'] })], { pools }))).toBe(true);
  });

  test('when it has a budget', () => {
    expect(needsHistory(plan(commands, { budget: { costUsd: 5 } }))).toBe(true);
  });

  test('when an agent will tell what it costs', () => {
    expect(needsHistory(plan([task('p', { work: { kind: 'prompt', text: 'do it', mode: 'code' } })]))).toBe(
      true,
    );
  });

  test('and not when all can start at once', () => {
    expect(needsHistory(plan(commands))).toBe(false);
  });
});
