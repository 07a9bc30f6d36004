import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pidIn, runs } from './processes.js';
import { Workbench } from './workbench.js';

jest.setTimeout(30_000);

const onPosix = process.platform === 'win32' ? describe.skip : describe;

let bench: Workbench;

beforeEach(() => {
  bench = new Workbench();
});

afterEach(() => bench.clear());

onPosix('an attempt is ended', () => {
  test('when its time is up', async () => {
    const { exit } = await bench.run('sleep 60', { limits: { timeoutMillis: 200 } });
    expect(exit).toEqual({ kind: 'timeout', limitMillis: 200 });
  });

  test('when it is silent for too long, and not before', async () => {
    const { exit } = await bench.run('for i in 1 2 3 4; do echo $i; sleep 0.3; done; sleep 60', {
      limits: { idleMillis: 2000 },
    });
    expect(exit).toEqual({ kind: 'idle', limitMillis: 2000 });
    expect(bench.log()).toBe('1\n2\n3\n4\n');
  });

  test('when it writes too much, be it without a newline, and nothing that it wrote is lost', async () => {
    const { exit, outputBytes } = await bench.run('head -c 1000000000 /dev/zero', {
      limits: { outputBytes: 1_000_000 },
    });
    expect(exit).toEqual({ kind: 'output', limitBytes: 1_000_000 });
    expect(outputBytes).toBeGreaterThan(1_000_000);
    expect(bench.log().length).toBe(outputBytes);
  });

  test('when it wrote too much between two looks', async () => {
    const { exit } = await bench.run('echo too much', { limits: { outputBytes: 5 } });
    expect(exit).toEqual({ kind: 'output', limitBytes: 5 });
  });

  test('when all its processes together take too much memory', async () => {
    const hog = `${process.execPath} -e 'globalThis.a = Buffer.alloc(1.2e8, 1); setInterval(() => {}, 1000)'`;
    const limitBytes = 300_000_000;
    const { exit, peakMemoryBytes } = await bench.run(`${hog} & ${hog} & ${hog} & wait`, {
      limits: { memoryBytes: limitBytes },
    });
    expect(exit).toEqual({ kind: 'memory', limitBytes, peakBytes: peakMemoryBytes });
    expect(peakMemoryBytes).toBeGreaterThan(limitBytes);
  });

  test('though it will not hear', async () => {
    const text = "trap '' INT TERM; echo $$ > pid; while :; do sleep 60; done";
    const { exit } = await bench.run(text, { limits: { timeoutMillis: 300 }, graceMillis: 300 });
    expect(exit).toEqual({ kind: 'timeout', limitMillis: 300 });
    expect(runs(await pidIn(bench.path('pid')))).toBe(false);
  });
});

onPosix('an attempt within its limits', () => {
  const limits = { timeoutMillis: 20_000, idleMillis: 20_000, memoryBytes: 4e9, outputBytes: 1e6 };

  test('ends by itself', async () => {
    expect((await bench.run('echo x; exit 4', { limits })).exit).toEqual({ kind: 'code', code: 4 });
  });

  test('reports its peak memory and processor time when it was long enough to be looked at', async () => {
    const text = `${process.execPath} -e 'const a = Buffer.alloc(1e8, 1); const t = Date.now(); while (Date.now() - t < 2500);'`;
    const { peakMemoryBytes, cpuMillis } = await bench.run(text, { limits });
    expect(peakMemoryBytes).toBeGreaterThan(1e8);
    expect(peakMemoryBytes).toBeLessThan(1e9);
    expect(cpuMillis).toBeGreaterThan(10);
  });

  test('that is stopped reports its own end, not the limit that it meets while it goes', async () => {
    await bench.clear();
    let millis = 0;
    bench = new Workbench({ now: () => millis });
    const parts = { limits: { timeoutMillis: 1000 }, graceMillis: 1e9 };
    const text =
      "trap 'until test -e go; do sleep 0.02; done; exit 9' INT; echo 1 > ready; while :; do sleep 0.02; done";
    const exited = bench.run(text, parts);
    // A shell that is just making a process can miss a SIGINT, and the clock brings no SIGTERM here.
    const other = bench.run('echo 1 > other; exec sleep 60', { ...parts, task: 'other' });
    await pidIn(bench.path('ready'));
    await pidIn(bench.path('other'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    millis = 5000;
    // Both are looked at together.
    expect((await other).exit).toEqual({ kind: 'timeout', limitMillis: 1000 });
    writeFileSync(bench.path('go'), '');
    expect((await exited).exit).toEqual({ kind: 'code', code: 9 });
  });
});
