import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Baseline,
  MOST_BASELINE_BYTES,
  MOST_BASELINE_TASKS,
  readBaseline,
} from '../../src/reports/baseline.js';
import { baselineOf } from '../../src/reports/figures.js';
import { plan, task } from '../fakes/plan.js';
import { at, Story } from './story.js';

const ORIGIN = { branch: 'main', commit: '3f6c1d5' };

const story = () =>
  new Story(plan([task('build'), task('unit')]))
    .started(0, 'build')
    .exited(1, 'build', 1)
    .retrying(1, 'build', 2, { kind: 'code', code: 1 })
    .started(2, 'build', 2)
    .add(5, {
      type: 'attempt.exited',
      task: 'build',
      attempt: 2,
      exit: { kind: 'code', code: 0 },
      peakMemoryBytes: 5_000_000,
      result: { costUsd: 0.25 },
    })
    .ended(5, 'build', { kind: 'succeeded' })
    .broke(5, 6, 'unit');

const good = (): Baseline => baselineOf(story().finished(6, 'failed').state(), ORIGIN) as Baseline;

describe('the figures of a run', () => {
  it('are how each task ended, how long its newest try took and what all of them used', () => {
    expect(good()).toEqual({
      version: 1,
      run: 'r1',
      endedAt: at(6),
      durationMillis: 6000,
      branch: 'main',
      commit: '3f6c1d5',
      tasks: [
        {
          id: 'build',
          work: expect.stringMatching(/^[0-9a-f]{16}$/),
          status: 'succeeded',
          durationMillis: 3000,
          peakMemoryBytes: 5_000_000,
          costUsd: 0.25,
        },
        { id: 'unit', work: expect.any(String), status: 'failed', durationMillis: 1000 },
      ],
    });
  });

  it('are no measure while it runs, when it was cancelled, and of too many tasks', () => {
    expect(baselineOf(story().state())).toBeUndefined();
    expect(baselineOf(story().finished(6, 'cancelled').state())).toBeUndefined();
    const ids = Array.from({ length: MOST_BASELINE_TASKS + 1 }, (_, place) => task(`t${place}`));
    expect(baselineOf(new Story(plan(ids)).finished(1, 'succeeded').state())).toBeUndefined();
  });

  it('come back as they were written', () => {
    expect(readBaseline(JSON.stringify(good()))).toEqual(good());
  });
});

describe('a text that claims to be a baseline', () => {
  const changed = (change: Record<string, unknown>) => JSON.stringify({ ...good(), ...change });
  const withTask = (change: Record<string, unknown>) =>
    changed({ tasks: [{ ...good().tasks[0], ...change }] });

  it.each([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['a list', '[]'],
    ['another version', changed({ version: 2 })],
    ['a run that is no id', changed({ run: '../../etc' })],
    ['a branch with a line break', changed({ branch: 'a\nb' })],
    ['a branch that is longer than any', changed({ branch: 'a'.repeat(256) })],
    ['a commit that is none', changed({ commit: 'HEAD' })],
    ['a time beyond all calendars', changed({ endedAt: 1e300 })],
    ['a negative duration', changed({ durationMillis: -1 })],
    ['no tasks', changed({ tasks: undefined })],
    ['too many tasks', changed({ tasks: Array(MOST_BASELINE_TASKS + 1).fill(good().tasks[0]) })],
    ['an id that is a path', withTask({ id: '../a' })],
    ['a status that is none', withTask({ status: 'toString' })],
    ['a key that is none', withTask({ work: 'rm -rf /' })],
    ['a cost that is a text', withTask({ costUsd: '<script>' })],
    ['a task that is nothing', changed({ tasks: [null] })],
    ['too much', `${changed({})}${' '.repeat(MOST_BASELINE_BYTES)}`],
  ])('is none: %s', (_, text) => {
    expect(readBaseline(text)).toBeUndefined();
  });

  it('keeps nothing but what a baseline has', () => {
    const text = changed({ plan: { tasks: [] }, tasks: [{ ...good().tasks[0], run: 'rm -rf /' }] });
    expect(readBaseline(text)).toEqual({ ...good(), tasks: [good().tasks[0]] });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, value) => {
        readBaseline(text);
        readBaseline(changed({ tasks: [value] }));
      }),
    );
  });
});
