/** A plan of thousands: each task once, and all of it can be looked at. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';
import { expectNothingRunning } from './refusal.js';

const bench = useBench();

describe('5,000 tasks in one plan', () => {
  it('run, each once, and can be looked at', async () => {
    const here = bench();
    const ids = Array.from({ length: 5000 }, (_, i) => `t${i}`);
    const tasks = ids.map((id, i) => [id, { run: ':', needs: i % 50 === 0 ? [`t${i + 1}`] : [] }]);
    here.write('plan.json', { tasks: Object.fromEntries(tasks) });
    const { code, stderr } = await here.run(['run', '-f', 'plan.json', '--output', 'quiet']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^✔ succeeded: 5000 tasks succeeded in /),
    });
    const status = await here.status();
    expect(status.tasks.map(({ id }) => id)).toEqual(ids);
    expect(new Set(status.tasks.map((task) => `${task.status} ${task.attempts.length}`))).toEqual(
      new Set(['succeeded 1']),
    );
    const { stdout } = await here.run(['list']);
    expect(stdout).toContain('5000 of 5000 succeeded');
    expectNothingRunning(here);
  }, 120_000);
});
