/**
 * What the real agents said to the stand-in model, read again without them. `BATCHTOOL_RECORD=1 npm run test:agents`
 * makes these records anew.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { AgentResult } from '../../src/agents/agent.js';
import { agentNamed } from '../../src/agents/index.js';
import type { Exit } from '../../src/core/exit.js';
import { NAMES, type Name } from '../real-agents/aimed.js';
import { fileOf } from '../real-agents/record.js';
import { HUGE_TITLE, SCENARIOS, verdictOf } from '../real-agents/scenarios.js';
import { USAGE } from '../stand-in-model/answer.js';

interface Read {
  readonly result: AgentResult;
  readonly log: readonly string[];
}

/** `until`: the beginning of the first line that it did not get to say. */
function read(name: Name, title: string, until?: string): Read {
  const path = join(import.meta.dirname, 'recorded', name, fileOf(title));
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const { exit } = JSON.parse(lines.pop() as string) as { exit: Exit };
  const reader = agentNamed(name)?.reader();
  if (reader === undefined) throw new Error(`no agent is called ${name}`);
  const end = until === undefined ? -1 : lines.findIndex((line) => line.startsWith(until));
  const log = (end < 0 ? lines : lines.slice(0, end))
    .map((line) => reader.line(line))
    .filter((words) => words !== '');
  return { log, result: reader.result(exit) };
}

const recorded = Object.entries(SCENARIOS).filter(([title]) => title !== HUGE_TITLE);

describe.each(NAMES)('the output of %s', (name) => {
  test.each(recorded)('on %s has the verdict of the real run', (title, scenario) => {
    const { result } = read(name, title);
    expect(result.failure?.kind ?? 'ok').toBe(verdictOf(scenario, name));
    expect(result.ok).toBe(result.failure === undefined);
  });

  test('holds the tokens of all turns', () => {
    const { input, cached, output } = USAGE;
    expect(read(name, 'several turns').result.tokens).toEqual({
      input: 4 * input,
      cached: 4 * cached,
      output: 4 * output,
    });
  });

  test('is told to people as words and one line a tool', () => {
    const { log } = read(name, 'a file written');
    expect(log.filter((line) => line.startsWith('> '))).toHaveLength(1);
    expect(log.find((line) => line.startsWith('> '))).toContain('/scratch/work/a.txt');
    expect(log.at(-1)).toBe('I wrote it.');
  });

  test('names what it was not allowed to do', () => {
    const { result } = read(name, 'a denied permission');
    expect(result.failure?.message).toMatch(/^was not allowed to: .*batchtool-was-here\.txt/);
  });
});

describe('the reason in words', () => {
  test.each<[Name, string, string]>([
    ['claude', 'too many requests (429), retry after 30 s', 'rate limit'],
    ['claude', 'an account without money', 'the money is spent: Credit balance is too low'],
  ])('%s on %s', (name, title, message) => {
    expect(read(name, title).result.failure?.message).toContain(message);
  });
});

describe('what only some agents report', () => {
  test('claude says for how long the provider wants to be left alone', () => {
    const { result } = read('claude', 'too many requests (429), retry after 30 s');
    expect(result.retryAfterMillis).toBeGreaterThanOrEqual(30_000);
  });

  test('claude says what it has cost, also when it was interrupted', () => {
    expect(read('claude', 'a last word').result.costUsd).toBeGreaterThan(0);
    expect(read('claude', 'a stream that never ends').result.costUsd).toBeGreaterThan(0);
  });
});

test('claude, ended before its report, has used what the report would have said', () => {
  const title = 'a stream that never ends';
  const [whole, cut] = [read('claude', title), read('claude', title, '{"duration_api_ms"')];
  expect(cut.result.session).toBe(whole.result.session);
  expect(cut.result.costUsd).not.toBe(whole.result.costUsd);
  expect(cut.result.costUsd).toBeCloseTo(whole.result.costUsd as number, 4);
});
