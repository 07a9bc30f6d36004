import { describe, expect, it, test } from '@jest/globals';
import { remainingMillis } from '../../src/reports/estimate.js';
import { isoTime, showAbout, showAgo, showWait } from '../../src/reports/time.js';
import { plan, task } from '../fakes/plan.js';
import { at, Story } from './story.js';

describe('the time that is left', () => {
  it('is unknown as long as no duration is known', () => {
    expect(remainingMillis(new Story(plan([task('a')])).started(0, 'a').state(), at(5))).toBeUndefined();
  });

  it('is the longest chain when there are slots enough', () => {
    const graph = plan([task('a'), task('b', { needs: ['a'] }), task('c')]);
    const story = new Story(graph, { a: 10_000, b: 20_000, c: 5000 });
    expect(remainingMillis(story.state(), at(0))).toBe(30_000);
    expect(remainingMillis(story.started(0, 'a').state(), at(4))).toBe(26_000);
  });

  it('is the work divided by the slots when these are scarce', () => {
    const graph = plan([task('a'), task('b'), task('c'), task('d')], { pools: { main: 2 } });
    const story = new Story(graph, { a: 10_000, b: 10_000, c: 10_000, d: 10_000 });
    expect(remainingMillis(story.state(), at(0))).toBe(20_000);
  });

  it('takes the tasks that have ended as a measure for the others', () => {
    const graph = plan([task('a'), task('b'), task('c')], { pools: { main: 1 } });
    expect(remainingMillis(new Story(graph).ran(0, 6, 'a').state(), at(6))).toBe(12_000);
  });

  it('does not go below nothing for a task that is overdue', () => {
    const story = new Story(plan([task('a')]), { a: 1000 }).started(0, 'a');
    expect(remainingMillis(story.state(), at(100))).toBe(10_000);
  });

  it('leaves the work out that only a failure would bring', () => {
    const graph = plan([task('a'), task('b'), task('fix', { needs: ['a'], when: 'failure' })], {
      pools: { main: 1 },
    });
    const state = new Story(graph, { a: 10_000, b: 15_000, fix: 10_000 }).state();
    expect(remainingMillis(state, at(0))).toBe(25_000);
  });

  it('is not guessed once the run stops or is over', () => {
    const story = new Story(plan([task('a'), task('b')]), { a: 1, b: 1 }).ran(0, 1, 'a');
    const stopped = story.stopping(1, { kind: 'cancelled', kill: true, by: 'x' });
    expect(remainingMillis(stopped.state(), at(1))).toBeUndefined();
  });
});

test.each([
  [0, 'a few seconds'],
  [12_000, 'about 10 s'],
  [54_000, 'about 50 s'],
  [58_000, 'about 1m'],
  [125_000, 'about 2m'],
  [3_590_000, 'about 1h'],
  [4_300_000, 'about 1h 10m'],
])('%d ms to go are %s', (millis, words) => {
  expect(showAbout(millis)).toBe(words);
});

test.each([
  [1000, 'just now'],
  [59_000, '59s ago'],
  [240_000, '4m ago'],
  [7_200_000, '2h ago'],
  [864_000_000, '10d ago'],
])('%d ms back is %s', (millis, words) => {
  expect(showAgo(millis)).toBe(words);
});

it('a wait is never shown as nothing', () => {
  expect([showWait(1), showWait(1001), showWait(125_000)]).toEqual(['0.1 s', '1.1 s', '2m 05s']);
});

it('times are ISO 8601 in UTC', () => {
  expect(isoTime(951_782_399_999)).toBe('2000-02-28T23:59:59.999Z');
});
