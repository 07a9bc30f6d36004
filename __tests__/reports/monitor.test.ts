import { describe, expect, it } from '@jest/globals';
import { tellingTasks } from '../../src/reports/monitor.js';
import { plan, task } from '../fakes/plan.js';
import { Story } from './story.js';

describe('tasks that are worth a line', () => {
  const state = new Story(plan(['a', 'b', 'c', 'd', 'e'].map((id) => task(id))))
    .ran(0, 1, 'a')
    .broke(0, 1, 'b')
    .started(1, 'e')
    .state();
  const ids = (most: number): string[] => tellingTasks(state, most).map(({ task: { id } }) => id);

  it('are all, when there is room', () => {
    expect(ids(5)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are what runs, what failed, what comes next, in the order of the plan', () => {
    expect([ids(1), ids(2), ids(3), ids(4), ids(0)]).toEqual([
      ['e'],
      ['b', 'e'],
      ['b', 'c', 'e'],
      ['b', 'c', 'd', 'e'],
      [],
    ]);
  });
});
