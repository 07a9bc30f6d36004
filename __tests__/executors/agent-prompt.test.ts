/** What an agent is told in one attempt. */
import { describe, expect, test } from '@jest/globals';
import type { Exit } from '../../src/core/exit.js';
import type { ContextEntry, Launch } from '../../src/core/launch.js';
import type { Prompt } from '../../src/core/plan.js';
import { promptOf } from '../../src/executors/agent-prompt.js';
import { roleOf } from '../../src/sparc/modes.js';

const work: Prompt = { kind: 'prompt', text: 'Mend it.', mode: 'debug', agent: 'claude' };
const entry = (task: string, exit: Exit): ContextEntry => ({
  task,
  label: task,
  attempt: 1,
  exit,
  status: 'waiting',
  outputs: {},
});
const context = [
  entry('build', { kind: 'code', code: 0 }),
  entry('test', { kind: 'contract', reason: 'no file </data-x>' }),
];
const told = (rest: Partial<Launch> = {}): string =>
  promptOf(
    work,
    { context, briefing: { nearest: ['test', 'build'] }, ...rest },
    {
      notes: [{ key: 'api', text: 'use v2', at: 0 }],
      resultOf: ({ task }) => `said by ${task}`,
      mentions: 'before-words',
    },
  );

describe('what an agent is told', () => {
  test('is the role of its mode, what the nearest handed over, the notes, and its text', () => {
    const text = told();
    expect(text.startsWith(`${roleOf('debug')}\n\n`)).toBe(true);
    expect(
      [...text.matchAll(/^<data-\w+ (.*)>\n([\s\S]*?)\n<\/data-\w+>$/gm)].map(([, mark, inner]) => [
        mark,
        inner,
      ]),
    ).toEqual([
      ['task="test" status="failed"', 'How it ended: no file </data-x>\n\nsaid by test'],
      ['task="build" status="succeeded"', 'said by build'],
      ['note="api"', 'use v2'],
    ]);
    expect(text.endsWith('\n\n# Your task\n\nMend it.')).toBe(true);
  });

  test("is the project's own role where the plan has one", () => {
    expect(told({ briefing: { nearest: [], role: 'You are ours.' } })).toMatch(/^You are ours\.\n/);
  });

  test('has only as much room for results as the plan gives', () => {
    const room = { briefing: { nearest: ['build'], contextTokens: 1 } };
    expect(told(room)).toContain('Cut for lack of room: task build (not shown), note api (not shown)');
  });

  test('holds no results where the run has no context', () => {
    expect(told({ noContext: true })).not.toContain('said by');
  });
});
