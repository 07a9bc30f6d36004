import { describe, expect, it } from '@jest/globals';
import { detailLines } from '../../src/reports/details.js';
import { plan, task } from '../fakes/plan.js';
import { Story, texts } from './story.js';

describe('details', () => {
  const state = new Story(plan([task('a'), task('b')])).state();
  const said = (event: object): string[] =>
    texts(
      detailLines([{ at: 1, ...event } as never], state, ({ task, attempt }) => `/logs/${task}.${attempt}`),
    );

  it('say which process an attempt is and where its log lies', () => {
    expect(said({ type: 'attempt.spawned', task: 'a', attempt: 2, pid: 7 })).toEqual([
      '  · a is process 7, its log /logs/a.2',
    ]);
  });

  it('say how an attempt ended and what it took and handed over, as far as it is known', () => {
    const exited = { type: 'attempt.exited', task: 'a', attempt: 1, exit: { kind: 'code', code: 0 } };
    expect(said(exited)).toEqual(['  · a attempt 1 exited with code 0']);
    const known = {
      peakMemoryBytes: 43_100_000,
      cpuMillis: 1200,
      outputBytes: 12,
      outputs: { x: '1', y: '2' },
    };
    expect(said({ ...exited, ...known })).toEqual([
      '  · a attempt 1 exited with code 0, 43.1 MB of memory at most, 1.2 s of processor time, 12 B of output, hands over x, y',
    ]);
  });

  it('say who asked for what', () => {
    expect(said({ type: 'request.received', request: { kind: 'cancel', by: 'SIGINT' } })).toEqual([
      '  · asked to cancel by SIGINT',
    ]);
  });

  it('say nothing of what is said anyway', () => {
    expect(said({ type: 'task.finished', task: 'a', round: 1, outcome: { kind: 'succeeded' } })).toEqual([]);
  });
});
