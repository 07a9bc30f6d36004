import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Event, Observation } from '../../src/core/event.js';
import { fold } from '../../src/core/evolve.js';
import type { Exit } from '../../src/core/exit.js';
import type { Plan } from '../../src/core/plan.js';
import type { RunState } from '../../src/core/state.js';
import type { StateDir } from '../../src/journal/folder.js';
import {
  adoptHistory,
  historyText,
  knownWorks,
  readEstimates,
  readHistory,
  recordRun,
} from '../../src/journal/history.js';
import { plan, task } from '../fakes/plan.js';
import { modeOf, mountTest, scratchState, smallDisk } from './scratch.js';

const OWNER = { pid: 1, startTime: '1', host: 'here' };
const OK: Exit = { kind: 'code', code: 0 };
const started: Observation = { type: 'run.started', run: 'r', planDigest: 'd', owner: OWNER, estimates: {} };

/** One attempt of a task from `at` on. */
function attempt(id: string, number: number, at: number, millis: number, exit: Exit = OK): Event[] {
  return [
    { at, type: 'attempt.started', task: id, attempt: number, round: 1 },
    { at: at + millis, type: 'attempt.exited', task: id, attempt: number, exit, peakMemoryBytes: 1000 },
  ];
}

function stateOf(content: Plan, ...events: Event[]): RunState {
  return fold(content, [{ at: 0, ...started }, ...events]);
}

/** A run of the task `a` with a text of its own for each duration. */
function record(stateDir: StateDir, durations: readonly number[], exit: Exit = OK): void {
  for (const millis of durations)
    recordRun(stateDir, stateOf(plan([task('a')]), ...attempt('a', 1, 5, millis, exit)));
}

const estimateOf = (stateDir: StateDir): number | undefined =>
  readEstimates(stateDir, plan([task('a')])).estimates.a;

const fileOf = (stateDir: StateDir): string => join(stateDir.history, 'tasks.jsonl');

describe('an estimate', () => {
  test('is absent for work that never ran', async () => {
    expect(readEstimates(await scratchState(), plan([task('a')]))).toEqual({ estimates: {} });
  });

  test.each([
    [[300], 300],
    [[300, 100, 200], 200],
    [[400, 100, 200, 300], 250],
  ])('of the durations %j is the median, %d', async (durations, expected) => {
    const stateDir = await scratchState();
    record(stateDir, durations);
    expect(estimateOf(stateDir)).toBe(expected);
  });

  test('looks at successes only', async () => {
    const stateDir = await scratchState();
    record(stateDir, [100]);
    record(stateDir, [5, 6, 7], { kind: 'code', code: 1 });
    expect(estimateOf(stateDir)).toBe(100);
  });

  test('is found by the work, whatever the plan and the id', async () => {
    const stateDir = await scratchState();
    record(stateDir, [100]);
    const other = plan([task('x'), task('z', { work: { kind: 'command', text: 'echo a' } })], {
      name: 'other',
    });
    expect(readEstimates(stateDir, other).estimates).toEqual({ z: 100 });
  });
});

describe('an expected cost', () => {
  const agent = (model?: string) =>
    task('a', {
      work: {
        kind: 'prompt',
        text: 'x',
        mode: 'code',
        agent: 'claude',
        ...(model === undefined ? {} : { model }),
      },
    });
  const cost = (costUsd: number, tokens: number): Event[] => {
    const [start, end] = attempt('a', 1, 5, 10);
    return [start as Event, { ...(end as Event), result: { costUsd, tokens } } as Event];
  };

  test('is the median of earlier successes, beside that of the time', async () => {
    const stateDir = await scratchState();
    for (const [dollars, tokens] of [
      [1, 100],
      [9, 300],
      [2, 200],
    ] as const)
      recordRun(stateDir, stateOf(plan([agent()]), ...cost(dollars, tokens)));
    expect(readEstimates(stateDir, plan([agent()]))).toEqual({
      estimates: { a: 10 },
      costs: { a: { attempts: 3, costUsd: 2, tokens: 200 } },
    });
  });

  test('is that of the same model', async () => {
    const stateDir = await scratchState();
    recordRun(stateDir, stateOf(plan([agent('large')]), ...cost(1, 100)));
    expect(readEstimates(stateDir, plan([agent('small')]))).toEqual({ estimates: {} });
  });
});

describe('recordRun', () => {
  test('keeps duration, success and peak of each attempt', async () => {
    const stateDir = await scratchState();
    const failed: Exit = { kind: 'timeout', limitMillis: 10 };
    const state = stateOf(plan([task('a')]), ...attempt('a', 1, 5, 10, failed), ...attempt('a', 2, 20, 30));
    expect(recordRun(stateDir, state)).toBeUndefined();
    expect([...readHistory(stateDir).attempts.values()]).toEqual([
      [
        { durationMillis: 10, succeeded: false, peakMemoryBytes: 1000 },
        { durationMillis: 30, succeeded: true, peakMemoryBytes: 1000 },
      ],
    ]);
  });

  test('keeps the last ten attempts', async () => {
    const stateDir = await scratchState();
    record(
      stateDir,
      Array.from({ length: 13 }, (_, n) => n),
    );
    const [kept] = [...readHistory(stateDir).attempts.values()];
    expect(kept?.map((past) => past.durationMillis)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('keeps the 5,000 tasks that ran last', async () => {
    const stateDir = await scratchState();
    record(stateDir, [1]);
    const tasks = Array.from({ length: 5000 }, (_, n) => task(`t${n}`));
    recordRun(stateDir, stateOf(plan(tasks), ...tasks.flatMap(({ id }) => attempt(id, 1, 5, 7))));
    expect([readHistory(stateDir).attempts.size, estimateOf(stateDir)]).toEqual([5000, undefined]);
  });

  test('takes what runs again for new', async () => {
    const stateDir = await scratchState();
    record(stateDir, [1]);
    const tasks = Array.from({ length: 4999 }, (_, n) => task(`t${n}`));
    recordRun(stateDir, stateOf(plan(tasks), ...tasks.flatMap(({ id }) => attempt(id, 1, 5, 7))));
    record(stateDir, [3]);
    recordRun(stateDir, stateOf(plan([task('new')]), ...attempt('new', 1, 5, 7)));
    expect(estimateOf(stateDir)).toBe(2);
  });

  test.each<Exit>([{ kind: 'lost' }, { kind: 'rate-limit' }])(
    'passes over what says nothing: %j',
    async (exit) => {
      const stateDir = await scratchState();
      record(stateDir, [9], exit);
      expect(readHistory(stateDir).attempts.size).toBe(0);
    },
  );

  test('passes over what was told to end', async () => {
    const stateDir = await scratchState();
    const [start, end] = attempt('a', 1, 5, 10);
    const stop: Event = { at: 6, type: 'attempt.stopping', task: 'a', attempt: 1, why: 'cancelled' };
    recordRun(stateDir, stateOf(plan([task('a')]), start as Event, stop, end as Event));
    expect(readHistory(stateDir).attempts.size).toBe(0);
  });

  test('passes over what was recorded before a resume', async () => {
    const stateDir = await scratchState();
    const content = plan([task('a'), task('b')]);
    const first = attempt('a', 1, 5, 10);
    recordRun(stateDir, stateOf(content, ...first));
    const resumed: Event = { at: 50, type: 'run.resumed', owner: OWNER, tasks: [] };
    recordRun(stateDir, stateOf(content, ...first, resumed, ...attempt('b', 1, 60, 20)));
    const kept = [...readHistory(stateDir).attempts.values()].map((past) =>
      past.map((each) => each.durationMillis),
    );
    expect(kept).toEqual([[10], [20]]);
  });

  test('never keeps a negative duration when the clock went back', async () => {
    const stateDir = await scratchState();
    record(stateDir, [-3]);
    expect(estimateOf(stateDir)).toBe(0);
  });

  test('writes a file that only the owner can read', async () => {
    const stateDir = await scratchState();
    record(stateDir, [1]);
    expect([modeOf(stateDir.history), modeOf(fileOf(stateDir))]).toEqual(['700', '600']);
  });

  mountTest('says that the disk is full, and keeps what was there', async () => {
    const stateDir = await scratchState(smallDisk());
    record(stateDir, [1]);
    const before = readFileSync(fileOf(stateDir), 'utf8');
    const tasks = Array.from({ length: 3000 }, (_, n) => task(`t${n}`));
    const state = stateOf(plan(tasks), ...tasks.flatMap(({ id }) => attempt(id, 1, 5, 7)));
    expect(recordRun(stateDir, state)?.message).toContain('the disk is full');
    expect(readFileSync(fileOf(stateDir), 'utf8')).toBe(before);
  });
});

test('a history that has grown is written anew with what is of use', async () => {
  const stateDir = await scratchState();
  record(stateDir, [4]);
  writeFileSync(fileOf(stateDir), `${'x'.repeat(1024 * 1024)}\n`);
  record(stateDir, [6]);
  expect([readFileSync(fileOf(stateDir)).length < 1000, estimateOf(stateDir)]).toEqual([true, 6]);
});

describe('a history of another machine', () => {
  async function told(durations: readonly number[]): Promise<string> {
    const theirs = await scratchState();
    record(theirs, durations);
    return historyText(theirs);
  }

  test('is taken up', async () => {
    const stateDir = await scratchState();
    expect(adoptHistory(stateDir, await told([4, 6]))).toBeUndefined();
    expect(estimateOf(stateDir)).toBe(5);
    expect(historyText(stateDir)).toBe(await told([4, 6]));
  });

  test('adds nothing to what is known here, and takes nothing away', async () => {
    const stateDir = await scratchState();
    record(stateDir, [9]);
    recordRun(stateDir, stateOf(plan([task('b')]), ...attempt('b', 1, 5, 7)));
    adoptHistory(stateDir, await told([4]));
    expect(readEstimates(stateDir, plan([task('a'), task('b')])).estimates).toEqual({ a: 9, b: 7 });
  });

  test('is older than what was stored since it was asked', async () => {
    const stateDir = await scratchState();
    const known = knownWorks(stateDir);
    record(stateDir, [9]);
    adoptHistory(stateDir, await told([4, 6]), known);
    expect(historyText(stateDir)).toBe(await told([4, 6, 9]));
  });

  test('makes no file when it says nothing', async () => {
    const stateDir = await scratchState();
    expect(adoptHistory(stateDir, 'no history\n')).toBeUndefined();
    expect(existsSync(stateDir.history)).toBe(false);
  });

  test('is taken in parts when it is longer than ours may be', async () => {
    const stateDir = await scratchState();
    const rows = Array.from({ length: 50 }, () => [1, 1]);
    const tasks = Array.from({ length: 6000 }, (_, n) => [n.toString(16).padStart(16, '0'), rows]);
    adoptHistory(stateDir, JSON.stringify({ version: 1, tasks }));
    const { attempts } = readHistory(stateDir);
    expect([attempts.size, Math.max(...[...attempts.values()].map((past) => past.length))]).toEqual([
      5000, 10,
    ]);
  });

  mountTest('is no loss when the disk is full', async () => {
    const stateDir = await scratchState(smallDisk());
    const tasks = Array.from({ length: 3000 }, (_, n) => [n.toString(16).padStart(16, '0'), [[1, 1]]]);
    const text = JSON.stringify({ version: 1, tasks });
    expect(adoptHistory(stateDir, text)?.message).toContain('the disk is full');
  });
});

describe('a history that cannot be read', () => {
  test.each([
    '',
    '{',
    'null',
    '{"version":9,"tasks":[]}',
    '{"version":1}',
    '{"version":1,"tasks":[["0123456789abcdef",[["x",1]]]]}',
    '{"version":1,"tasks":[["0123456789abcdef",[[-1,1]]]]}',
    '{"version":1,"tasks":[["0123456789abcdef",[[1e400,1]]]]}',
    '{"version":1,"tasks":[["0123456789abcdef",[[1,1,"much"]]]]}',
    '{"version":1,"tasks":[["no key",[[1,1]]]]}',
    '{"version":1,"tasks":[[7,[[1,1]]]]}',
    '{"version":1,"tasks":7}',
  ])('is ignored: %s', async (text) => {
    const stateDir = await scratchState();
    mkdirSync(stateDir.history);
    writeFileSync(fileOf(stateDir), text);
    expect(readEstimates(stateDir, plan([task('a')]))).toEqual({ estimates: {} });
  });

  test('does not spoil what the next run adds', async () => {
    const stateDir = await scratchState();
    mkdirSync(stateDir.history);
    writeFileSync(fileOf(stateDir), 'garbage');
    record(stateDir, [4]);
    expect(readEstimates(stateDir, plan([task('a')]))).toEqual({ estimates: { a: 4 } });
  });

  test('that is a folder is no reason to fail', async () => {
    const stateDir = await scratchState();
    mkdirSync(fileOf(stateDir), { recursive: true });
    expect(readEstimates(stateDir, plan([task('a')])).notice).toBeDefined();
    expect(recordRun(stateDir, stateOf(plan([task('a')]), ...attempt('a', 1, 5, 1)))).toBeDefined();
    rmSync(fileOf(stateDir), { recursive: true });
  });
});
