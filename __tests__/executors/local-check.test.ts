import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import { until } from './processes.js';
import { Workbench } from './workbench.js';

let bench: Workbench;

beforeEach(() => {
  bench = new Workbench();
});

afterEach(() => bench.clear());

describe('the result of a command that has printed more than is kept of it', () => {
  const LONG = 'printf "%020000d\\n" 0';
  const schema = { type: 'object', required: ['risk'] };

  test('is looked at by its schema without a word of ours in it', async () => {
    const { exit } = await bench.run(`${LONG}; echo '{"risk": "low"}'`, { expect: { schema } });
    expect(exit).toEqual({ kind: 'code', code: 0 });
  });
});

describe('the check of an attempt', () => {
  test('runs after it, in its folder, with its variables, and into its log', async () => {
    const ended = await bench.run('echo work; echo a=1 > "$BATCHTOOL_OUTPUT"', {
      env: { WORD: 'check' },
      expect: { check: 'echo "$WORD $BATCHTOOL_TASK_ID"; pwd' },
    });
    expect(ended).toMatchObject({ exit: { kind: 'code', code: 0 }, outputs: { a: '1' } });
    expect(bench.log()).toBe(`work\ncheck t\n${bench.folder}\n`);
  });

  test('that fails breaks what was promised', async () => {
    const { exit } = await bench.run('true', { expect: { check: 'echo no; exit 3' } });
    expect(exit).toEqual({ kind: 'contract', reason: 'its check `echo no; exit 3` exited with code 3' });
  });

  test('does not run after a failure, nor when another promise is broken', async () => {
    const check = 'touch checked';
    await bench.run('exit 1', { expect: { check } });
    await bench.run('true', { attempt: 2, expect: { check, files: ['none'] } });
    expect(existsSync(bench.path('checked'))).toBe(false);
  });

  test('has the rest of the time of its attempt', async () => {
    const { exit } = await bench.run('sleep 0.2', {
      limits: { timeoutMillis: 600 },
      graceMillis: 100,
      expect: { check: 'sleep 60' },
    });
    expect(exit).toEqual({ kind: 'timeout', limitMillis: 600 });
  });

  test('is ended with its attempt, which is seen to start once and to end once', async () => {
    const seen: Observation[] = [];
    await new Promise<void>((resolve) => {
      bench.executor.start(bench.launch('true', { expect: { check: 'touch began; sleep 60' } }), (event) => {
        seen.push(event);
        if (event.type === 'attempt.exited') resolve();
      });
      void until('it has begun', () => existsSync(bench.path('began'))).then(() =>
        bench.executor.stop({ task: 't', attempt: 1 }, { now: true }),
      );
    });
    expect(seen.map(({ type }) => type)).toEqual(['attempt.spawned', 'attempt.exited']);
    expect(seen[1]).toMatchObject({ exit: { kind: 'contract' } });
  });

  test('does not start when the attempt was asked to end', async () => {
    const ended = bench.run('trap "exit 0" INT TERM; touch began; while :; do sleep 0.05; done', {
      expect: { check: 'touch checked' },
    });
    await until('it has begun', () => existsSync(bench.path('began')));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    expect((await ended).exit).toEqual({ kind: 'code', code: 0 });
    expect(existsSync(bench.path('checked'))).toBe(false);
  });
});
