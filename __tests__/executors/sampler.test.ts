import { describe, expect, jest, test } from '@jest/globals';
import type { Exit } from '../../src/core/exit.js';
import type { Limits } from '../../src/core/plan.js';
import type { Members } from '../../src/executors/census.js';
import { Sampler } from '../../src/executors/sampler.js';

/** Attempts whose memory and output the test sets, on a fake clock. */
class Attempts {
  readonly memory = new Map<string, number[]>();
  outputBytes = 0;
  looks = 0;
  lookCost = 0;
  readonly exits: [number, Exit][] = [];
  readonly sampler: Sampler;
  readonly #start: number;

  constructor() {
    jest.useFakeTimers();
    this.#start = performance.now();
    this.sampler = new Sampler({
      look: () => {
        this.looks++;
        this.sampler.record(this.members());
      },
      lookCostMillis: () => this.lookCost,
      now: () => this.now(),
    });
  }

  now(): number {
    return performance.now() - this.#start;
  }

  members(): Members {
    const rest = { parent: 1, group: 1, session: 1, startTime: '', zombie: false };
    return new Map(
      [...this.memory].map(([key, sizes]) => [
        key,
        sizes.map((rssBytes, pid) => ({ pid, rssBytes, cpuMillis: rssBytes / 10, ...rest })),
      ]),
    );
  }

  watch(limits: Limits, key = 'a'): void {
    this.sampler.add({
      key,
      limits,
      startedAt: this.now(),
      outputBytes: () => this.outputBytes,
      exceeded: (exit) => this.exits.push([this.now(), exit]),
    });
  }
}

describe('limits', () => {
  test('a timeout comes on time, whatever else is looked at', () => {
    const it = new Attempts();
    it.watch({});
    it.watch({ timeoutMillis: 333 }, 'b');
    jest.advanceTimersByTime(332);
    expect(it.exits).toEqual([]);
    jest.advanceTimersByTime(2);
    expect(it.exits.map(([, exit]) => exit)).toEqual([{ kind: 'timeout', limitMillis: 333 }]);
  });

  test('silence is counted from the last output', () => {
    const it = new Attempts();
    it.watch({ idleMillis: 1000 });
    jest.advanceTimersByTime(900);
    it.outputBytes = 1;
    jest.advanceTimersByTime(990);
    expect(it.exits).toEqual([]);
    jest.advanceTimersByTime(130);
    expect(it.exits.map(([, exit]) => exit)).toEqual([{ kind: 'idle', limitMillis: 1000 }]);
  });

  test('silence from the start counts too', () => {
    const it = new Attempts();
    it.watch({ idleMillis: 1000 });
    jest.advanceTimersByTime(1002);
    expect(it.exits.map(([, exit]) => exit)).toEqual([{ kind: 'idle', limitMillis: 1000 }]);
  });

  test('output beyond its limit is seen within 50 ms, output up to it is not', () => {
    const it = new Attempts();
    it.watch({ outputBytes: 100 });
    it.outputBytes = 100;
    jest.advanceTimersByTime(500);
    expect(it.exits).toEqual([]);
    it.outputBytes = 101;
    jest.advanceTimersByTime(52);
    expect(it.exits.map(([, exit]) => exit)).toEqual([{ kind: 'output', limitBytes: 100 }]);
  });

  test('memory is that of all processes together', () => {
    const it = new Attempts();
    it.watch({ memoryBytes: 1000 });
    it.memory.set('a', [400, 600]);
    jest.advanceTimersByTime(500);
    expect(it.exits).toEqual([]);
    it.memory.set('a', [400, 601]);
    jest.advanceTimersByTime(110);
    expect(it.exits.map(([, exit]) => exit)).toEqual([{ kind: 'memory', limitBytes: 1000, peakBytes: 1001 }]);
  });

  test('only the first one that is broken is told, once', () => {
    const it = new Attempts();
    it.watch({ timeoutMillis: 100, outputBytes: 10, idleMillis: 5000 });
    it.outputBytes = 11;
    jest.advanceTimersByTime(10_000);
    expect(it.exits).toHaveLength(1);
    expect(it.exits[0]?.[1].kind).toBe('output');
  });

  test('nobody is told about an attempt that has ended', () => {
    const it = new Attempts();
    it.watch({ timeoutMillis: 100 });
    it.sampler.remove('a');
    jest.advanceTimersByTime(1000);
    expect(it.exits).toEqual([]);
  });
});

describe('usage', () => {
  test('is the highest memory and processor time that was seen', () => {
    const it = new Attempts();
    it.watch({});
    it.memory.set('a', [300, 700]);
    jest.advanceTimersByTime(300);
    it.memory.set('a', [500]);
    jest.advanceTimersByTime(300);
    expect(it.sampler.remove('a')).toEqual({ peakMemoryBytes: 1000, cpuMillis: 100 });
  });

  test('is unknown for an attempt that was too short', () => {
    const it = new Attempts();
    it.memory.set('a', [300]);
    it.watch({});
    jest.advanceTimersByTime(20);
    expect(it.sampler.remove('a')).toBeUndefined();
  });

  test('is not taken from a process that shows no memory', () => {
    const it = new Attempts();
    it.memory.set('a', [0]);
    it.watch({});
    jest.advanceTimersByTime(600);
    expect(it.sampler.remove('a')).toBeUndefined();
  });
});

describe('cost', () => {
  test('nothing is counted while nothing runs', () => {
    const it = new Attempts();
    it.watch({});
    it.sampler.remove('a');
    jest.advanceTimersByTime(10_000);
    expect(it.looks).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('a thousand attempts have one timer', () => {
    const it = new Attempts();
    for (let index = 0; index < 1000; index++) it.watch({ timeoutMillis: 5000 + index }, `t${index}`);
    expect(jest.getTimerCount()).toBe(1);
  });

  test('records are taken four times a second at most, and less often where counting is dear', () => {
    const cheap = new Attempts();
    cheap.watch({});
    jest.advanceTimersByTime(1010);
    expect(cheap.looks).toBe(4);
    const dear = new Attempts();
    dear.lookCost = 50;
    dear.watch({});
    jest.advanceTimersByTime(5020);
    expect(dear.looks).toBe(2);
  });

  test('where counting takes long it is done for a memory limit only', () => {
    const it = new Attempts();
    it.lookCost = 1000;
    it.watch({ timeoutMillis: 60_000 });
    jest.advanceTimersByTime(20_000);
    expect(it.looks).toBe(0);
    it.watch({ memoryBytes: 1 }, 'b');
    jest.advanceTimersByTime(5020);
    expect(it.looks).toBeGreaterThan(0);
  });
});
