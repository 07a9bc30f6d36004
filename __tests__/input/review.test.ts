import { describe, expect, test } from '@jest/globals';
import { readPlanFile } from '../../src/input/file.js';
import type { TaskFile } from '../../src/input/plan-file.js';
import { faultsOf, right } from './typed.js';

function fileOf(...tasks: string[]): TaskFile {
  const file = right(readPlanFile('p.yml', `tasks:\n${tasks.map((task) => `  ${task}\n`).join('')}`));
  if (file.kind !== 'tasks') throw new Error('an exported plan');
  return file;
}

describe('a review in a plan file', () => {
  test('is a task of its own after the one that it looks at, in a loop with it', () => {
    const { tasks, loops } = fileOf('a: {run: x, stage: s, tags: t, review: {run: check, rounds: 4}}');
    expect(tasks[1]).toEqual({
      id: 'a-review',
      label: 'review of x',
      work: { kind: 'command', text: 'check' },
      needs: [{ task: 'a', kind: 'data' }],
      stage: 's',
      tags: ['t'],
      retry: { max: 0 },
    });
    expect(loops).toEqual([
      { id: 'a-review', tasks: ['a', 'a-review'], again: { kind: 'failed', tasks: ['a-review'] }, max: 4 },
    ]);
  });

  test('by an agent ends with a verdict, whatever its exit code says', () => {
    const { tasks, loops } = fileOf('a: {prompt: build it, review: Look for faults}');
    expect(tasks[1]).toMatchObject({
      work: {
        kind: 'prompt',
        mode: 'security-review',
        text: expect.stringMatching(/^Look for faults\n\n.*VERDICT: accept/),
      },
      expect: { verdict: true },
    });
    expect(loops[0]?.max).toBe(2);
  });

  test('is waited for by all that need the task, and by the next stage', () => {
    const { tasks } = fileOf(
      'a: {run: x, review: {run: check}}',
      'b: {run: y, needs: a}',
      'c: {run: z, needs: a-review}',
    );
    expect(tasks.slice(2).map(({ needs }) => needs.map(({ task }) => task))).toEqual([
      ['a', 'a-review'],
      ['a-review'],
    ]);
    const staged = fileOf('a: {run: x, stage: one, review: {run: check}}', 'b: {run: y, stage: two}');
    expect(staged.tasks[2]?.needs.map(({ task }) => task)).toEqual(['a', 'a-review']);
  });

  test('is there for each instance of a matrix', () => {
    const { tasks, loops } = fileOf(
      'a: {run: x, matrix: {n: [1, 2]}, review: {run: check}}',
      'b: {run: y, needs: a}',
    );
    expect(tasks.map(({ id }) => id)).toEqual(['a-n1', 'a-n1-review', 'a-n2', 'a-n2-review', 'b']);
    expect(tasks[4]?.needs.map(({ task }) => task)).toEqual(['a-n1', 'a-n2', 'a-n1-review', 'a-n2-review']);
    expect(loops.map(({ tasks: [first] }) => first)).toEqual(['a-n1', 'a-n2']);
  });

  test.each([
    ['{run: check, prompt: look}', 'expected either "run" or "prompt"'],
    ['{rounds: 2}', 'expected either "run" or "prompt"'],
    ['{run: check, round: 2}', 'rounds'],
    ['{run: check, rounds: 0}', 'expected a whole number'],
    [
      '{run: check, agent: codex}',
      'p.yml:2:36: task "a", review.agent: "agent" belongs to "prompt", not to "run"',
    ],
    ['{run: check, mode: tdd}', '"mode" belongs to "prompt", not to "run"'],
    ['[a]', 'expected a prompt, or a map'],
  ])('%s is refused', (review, told) => {
    expect(faultsOf(readPlanFile('p.yml', `tasks:\n  a: {run: x, review: ${review}}`)).join('\n')).toContain(
      told,
    );
  });
});
