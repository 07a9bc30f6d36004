/** A job that is cancelled: the runner sends SIGINT, SIGTERM after 7.5 s, and kills 2.5 s later. */
import { describe, expect, it } from '@jest/globals';
import { processesWith, useStep } from './step.js';

const step = useStep();
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a cancelled job', () => {
  onLinux('ends tasks that will not end, and has its summary within 7 seconds', async () => {
    const { here, start } = step();
    const plan = `
grace: 1m
tasks:
  deaf: {run: "trap '' INT TERM; touch deaf; while :; do sleep 1; done"}
  polite: {run: "trap 'date +%s%N > int; exit 0' INT; touch polite; while :; do sleep 0.05; done"}
  slow: {run: "trap '' INT; trap 'date +%s%N > term; exit 0' TERM; touch slow; while :; do sleep 0.05; done"}
  later: {run: "touch later", needs: [polite]}
`;
    const { kill, ended } = start({ plan, 'max-concurrent': '3' });
    for (const name of ['deaf', 'polite', 'slow']) await here.appears(name);
    const cancelledAt = Date.now();
    kill('SIGINT');
    const end = await ended;
    const took = Date.now() - cancelledAt;
    const millisTo = (file: string) => Number(here.read(file)) / 1e6 - cancelledAt;
    expect(millisTo('int')).toBeLessThan(2000);
    expect(millisTo('term')).toBeGreaterThan(2400);
    expect(millisTo('term')).toBeLessThan(4500);
    expect(took).toBeGreaterThan(4900);
    expect(took).toBeLessThan(7000);
    expect(end.code).toBe(1);
    expect(end.outputs.status).toBe('cancelled');
    expect(end.summary).toContain('cancelled');
    expect(here.has('later')).toBe(false);
    expect(processesWith(here.dir)).toEqual([]);
  });
});
