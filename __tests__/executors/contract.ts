/** What the run loop relies on, for every executor that carries out commands. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import { until } from './processes.js';
import { Workbench } from './workbench.js';

/** Declares the tests of the contract; to be called inside a `describe`. */
export function keepsTheContract(
  makeWorkbench: () => Workbench | Promise<Workbench> = () => new Workbench(),
): void {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await makeWorkbench();
  });

  afterEach(() => bench.clear());

  function observe(text: string): { seen: Observation[]; inStart: Observation[] } {
    const seen: Observation[] = [];
    bench.executor.start(bench.launch(text), (observation) => seen.push(observation));
    return { seen, inStart: [...seen] };
  }

  test('nothing is reported before start returns', async () => {
    const { seen, inStart } = observe('true');
    expect(inStart).toEqual([]);
    await until('it has ended', () => seen.length === 2);
  });

  test('an attempt is spawned and exits, each once', async () => {
    const { seen } = observe('exit 3');
    await until('it has ended', () => seen.some(({ type }) => type === 'attempt.exited'));
    await bench.executor.close();
    expect(seen).toEqual([
      expect.objectContaining({ type: 'attempt.spawned', task: 't', attempt: 1, pid: expect.any(Number) }),
      expect.objectContaining({
        type: 'attempt.exited',
        task: 't',
        attempt: 1,
        exit: { kind: 'code', code: 3 },
      }),
    ]);
  });

  test('an attempt that cannot be started exits all the same, asynchronously', async () => {
    const seen: Observation[] = [];
    bench.executor.start(bench.launch('true', { taskCwd: 'not/there' }), (one) => seen.push(one));
    expect(seen).toEqual([]);
    // It may have been a process for a moment.
    const ends = () => seen.filter(({ type }) => type === 'attempt.exited');
    await until('it has ended', () => ends().length > 0);
    expect(ends()).toEqual([
      expect.objectContaining({ exit: expect.objectContaining({ kind: 'spawn-error' }) }),
    ]);
  });

  test('a stop ends an attempt, which is reported once', async () => {
    const { seen } = observe('sleep 60');
    await until('it runs', () => seen.length === 1);
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    bench.executor.stop({ task: 't', attempt: 1 }, { now: true });
    await until('it has ended', () => seen.length === 2);
    await bench.executor.close();
    expect(seen[1]).toMatchObject({ type: 'attempt.exited', exit: { kind: 'signal' } });
    expect(seen).toHaveLength(2);
  });

  test('a stop of what does not run is ignored', async () => {
    bench.executor.stop({ task: 'nobody', attempt: 1 }, { now: false });
    const { exit } = await bench.run('true');
    bench.executor.stop({ task: 't', attempt: 1 }, { now: true });
    expect(exit).toEqual({ kind: 'code', code: 0 });
  });

  test('closing ends what runs, and reports it before it is closed', async () => {
    const { seen } = observe('sleep 60');
    await until('it runs', () => seen.length === 1);
    await bench.executor.close();
    expect(seen[1]).toMatchObject({ type: 'attempt.exited', exit: { kind: 'signal' } });
  });

  test('closing twice does no harm', async () => {
    await bench.run('true');
    await bench.executor.close();
    await bench.executor.close();
  });
}
