import { expect, test } from '@jest/globals';
import { type ResultsDocument, resultsText } from '../../src/reports/results.js';
import { plan, task } from '../fakes/plan.js';
import { Story } from './story.js';

function parsed(text: string): ResultsDocument {
  return JSON.parse(text) as ResultsDocument;
}

test('each task has its status, tries, duration and reason', () => {
  const state = new Story(plan([task('a'), task('b'), task('c')])).ran(0, 2, 'a').broke(1, 4, 'b', 3).state();
  expect(parsed(resultsText(state))).toEqual({
    status: 'running',
    omitted: [],
    tasks: [
      {
        id: 'a',
        label: 'a',
        status: 'succeeded',
        attempts: 1,
        durationMs: 2000,
        costUsd: null,
        reason: null,
      },
      {
        id: 'b',
        label: 'b',
        status: 'failed',
        attempts: 1,
        durationMs: 3000,
        costUsd: null,
        reason: 'exited with code 3',
      },
      { id: 'c', label: 'c', status: 'waiting', attempts: 0, durationMs: null, costUsd: null, reason: null },
    ],
  });
});

test('what does not fit is left out, the least important first, and the document says so', () => {
  const ids = Array.from({ length: 40 }, (_, index) => `t${index}`);
  const story = new Story(plan(ids.map((id) => task(id))));
  ids.forEach((id, index) => {
    if (index % 2 === 0) story.ran(0, 1, id);
    else story.broke(0, 1, id);
  });
  const whole = resultsText(story.state());
  const sizes = [whole.length, whole.length - 1, 1000, 300].map((most) => {
    const text = resultsText(story.state(), false, most);
    expect(text.length).toBeLessThanOrEqual(most);
    return [parsed(text).omitted.join(), parsed(text).tasks.length];
  });
  expect(sizes[0]).toEqual(['', 40]);
  expect(sizes[1]).toEqual(['outputs,succeeded', 20]);
  expect(sizes[2]?.[0]).toBe('outputs,succeeded,tasks');
  expect(parsed(resultsText(story.state(), false, 300)).tasks[0]?.id).toBe('t1');
});
