import { expect, test } from '@jest/globals';
import { Heartbeat } from '../../src/terminal/heartbeat.js';
import { FakeClock } from '../fakes/clock.js';
import { plan, task } from '../fakes/plan.js';
import { FakeRun, tersely } from './fakes.js';

function beating(ids: readonly string[]) {
  const clock = new FakeClock();
  const said: string[] = [];
  const heartbeat = new Heartbeat(
    clock,
    tersely,
    (line) => said.push(line.map(({ text }) => text).join('')),
    30_000,
  );
  const run = new FakeRun(plan(ids.map((id) => task(id))), {
    observe: (events, state) => heartbeat.observe(events, state),
    close: async () => heartbeat.close(),
  });
  return { clock, said, heartbeat, run };
}

test('what is running is said every 30 seconds, a few by name', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const { clock, said, run } = beating(ids);
  for (const id of ids) run.start(id);
  await clock.advance(29_999);
  expect(said).toEqual([]);
  await clock.advance(1);
  expect(said).toHaveLength(1);
  for (const id of ids.slice(0, 5)) expect(said[0]).toContain(` · ${id} `);
  expect(said[0]).toContain('and 2 more');
  await clock.advance(60_000);
  expect(said).toHaveLength(3);
});

test('what is waited for is said when nothing runs and something could', async () => {
  const { clock, said, run } = beating(['a']);
  run.start('a');
  run.retry('a');
  await clock.advance(30_000);
  expect(said).toEqual(['… 0 running · a waits as ready']);
});

test('nothing is said when nothing runs, or after the end', async () => {
  const { clock, said, run, heartbeat } = beating(['a']);
  run.start('a');
  run.end('a');
  await clock.advance(60_000);
  expect(said).toEqual([]);
  heartbeat.close();
  await clock.advance(60_000);
  expect(said).toEqual([]);
});
