/** The prompt of one attempt, from its launch. */
import { describe, expect, test } from '@jest/globals';
import type { ContextEntry, Launch } from '../../src/core/launch.js';
import type { Prompt } from '../../src/core/plan.js';
import { briefing } from '../../src/sparc/briefing.js';
import { roleOf } from '../../src/sparc/modes.js';

const work: Prompt = { kind: 'prompt', text: 'Mend it.', mode: 'debug', agent: 'claude' };
const entry = (task: string, code = 0): ContextEntry => ({
  task,
  label: task,
  attempt: 1,
  exit: { kind: 'code', code },
  status: 'waiting',
  outputs: {},
});
const launch = (rest: Partial<Launch> = {}): Launch => ({
  run: 'r',
  task: 't',
  label: 't',
  attempt: 1,
  round: 2,
  work,
  limits: {},
  graceMillis: 0,
  keep: false,
  isolate: 'none',
  cwd: '/',
  env: {},
  secrets: [],
  context: [entry('build'), entry('test', 1)],
  briefing: { nearest: ['test', 'build'] },
  ...rest,
});
const told = (rest: Partial<Launch> = {}): string =>
  briefing(launch(rest), work, ({ task }) => `said by ${task}`).text;

describe('what an attempt is told', () => {
  test('is the role of its mode, what the nearest handed over, and its text', () => {
    const text = told();
    expect(text.startsWith(roleOf('debug') as string)).toBe(true);
    expect(text).toMatch(
      /task="test" status="failed">\nsaid by test\n.*\n\n.*task="build" status="succeeded">\nsaid by build\n/,
    );
    expect(text.endsWith('\n\nMend it.')).toBe(true);
  });

  test("is the project's own role where the plan has one", () => {
    expect(told({ briefing: { nearest: [], role: 'You are ours.' } })).toMatch(/^You are ours\.\n/);
  });

  test('has only as much room for results as the plan gives', () => {
    const { cuts } = briefing(
      launch({ briefing: { nearest: ['test', 'build'], contextTokens: 100 } }),
      work,
      () => 'x'.repeat(1000),
    );
    expect(cuts.map(({ name, shown }) => [name, shown])).toEqual([
      ['test', 400],
      ['build', 0],
    ]);
  });

  test('without context holds no results, but notes all the same', () => {
    const note = { kind: 'note' as const, name: 'api', text: 'use v2' };
    const { text } = briefing(launch({ noContext: true }), work, () => 'result', [note]);
    expect([text.includes('result\n'), text.includes('use v2')]).toEqual([false, true]);
  });
});
