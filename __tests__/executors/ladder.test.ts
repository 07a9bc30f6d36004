import { describe, expect, test } from '@jest/globals';
import { ladder, stepAt } from '../../src/executors/ladder.js';

describe('the ladder', () => {
  test('asks, insists at half of the grace time, and kills at its end', () => {
    expect(ladder(5000)).toEqual([
      { signal: 'SIGINT', atMillis: 0 },
      { signal: 'SIGTERM', atMillis: 2500 },
      { signal: 'SIGKILL', atMillis: 5000 },
    ]);
  });

  test('gives what a task left behind the whole grace time after TERM', () => {
    expect(ladder(5000, 'SIGTERM')).toEqual([
      { signal: 'SIGTERM', atMillis: 0 },
      { signal: 'SIGKILL', atMillis: 5000 },
    ]);
  });

  test('kills at once when told to', () => {
    expect(ladder(5000, 'SIGKILL')).toEqual([{ signal: 'SIGKILL', atMillis: 0 }]);
  });

  test.each([
    [0, 'SIGINT'],
    [2499, 'SIGINT'],
    [2500, 'SIGTERM'],
    [4999, 'SIGTERM'],
    [5000, 'SIGKILL'],
    [99_999, 'SIGKILL'],
  ])('after %d ms the step is %s', (elapsed, signal) => {
    expect(stepAt(ladder(5000), elapsed).signal).toBe(signal);
  });

  test('without grace the first step is the last', () => {
    expect(stepAt(ladder(0), 0).signal).toBe('SIGKILL');
  });
});
