import { describe, expect, it } from '@jest/globals';
import type { Plan, Prompt, Task } from '../../src/core/plan.js';
import { reproduction } from '../../src/reports/reproduce.js';
import { plan, task } from '../fakes/plan.js';

const prompt: Prompt = { kind: 'prompt', text: 'fix it', mode: 'tdd', agent: 'codex' };
const fromFile =
  '# PLAN is the plan file: no command line says all that it says of this task.\nnpx batchtool run -f PLAN --only a';

function commandOf(parts: Parameters<typeof task>[1], rest: Partial<Plan> = {}): string | undefined {
  const one: Task = task('a', parts);
  return reproduction(plan([one], rest), one);
}

describe('the command that repeats a task', () => {
  it('says its limits, and the agent that took its prompt', () => {
    const limits = { timeoutMillis: 60_000, outputBytes: 1000 };
    expect(commandOf({ work: prompt, limits })).toBe(
      "npx batchtool run --agent codex --timeout 1m --max-output 1000 'tdd: fix it'",
    );
  });

  it.each<[string, Partial<Omit<Task, 'needs'>>]>([
    ['what it must deliver', { expect: { files: ['dist/a.js'] } }],
    ['what makes its folder ready', { setup: 'npm ci' }],
    ['a model', { work: { ...prompt, model: 'gpt-5' } }],
    ['what the agent may do', { work: { ...prompt, permission: 'acceptEdits' } }],
    ['arguments of the agent', { work: { ...prompt, args: ['--verbose'] } }],
    ['an agent of its own', { work: { ...prompt, command: ['mine', '{prompt}'] } }],
  ])('is the task of its file where that says more than options can: %s', (_, parts) => {
    expect(commandOf(parts, { pattern: 'file' })).toBe(fromFile);
  });

  it('is left out where nothing that could be typed says the same', () => {
    expect(commandOf({ expect: { winner: ['1', '2'] } }, { pattern: 'race' })).toBeUndefined();
  });
});
