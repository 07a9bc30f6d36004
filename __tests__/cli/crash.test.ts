/** kill -9 of the owner, at moments spread over a run: nothing orphaned, nothing lost, nothing made up. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Crash, type Moment, moments } from './crash.js';
import { until, useBench } from './harness.js';

const bench = useBench();

/** Each task notes each of its attempts in a file of its own, so that a repetition shows, and says when it is done. */
const noting = (id: string, rest: string): string =>
  `echo "$BATCHTOOL_ATTEMPT" >> "$NOTES/${id}"; ${rest}; echo "${id} done"`;

interface Story {
  readonly plan: object;
  readonly ends: readonly string[];
  /** A header, then a start of the run, four events for each task, and the end. */
  readonly lines: number;
}

const PLAN = {
  name: 'crash',
  'max-concurrent': 3,
  tasks: {
    a: { run: noting('a', 'sleep 0.05') },
    b: { run: noting('b', 'sleep 0.15') },
    c: { run: noting('c', 'sleep 0.1'), needs: ['a'] },
    d: { run: noting('d', 'setsid sleep 300 & sleep 0.1'), needs: ['a'] },
    e: { run: `${noting('e', ':')}; exit 1`, 'continue-on-error': true },
    f: { run: noting('f', 'sleep 0.05'), needs: ['b', 'c', 'd'] },
  },
};
const MIXED: Story = {
  plan: PLAN,
  ends: ['a succeeded', 'b succeeded', 'c succeeded', 'd succeeded', 'e failed', 'f succeeded'],
  lines: 2 + 4 * Object.keys(PLAN.tasks).length + 1,
};

/** So many, and so short, that a fork server starts them; some leave something behind. */
const ids = Array.from({ length: 80 }, (_, index) => `t${index}`);
const rests = [':', ':', 'sleep 0.01', ':', 'setsid sleep 300 & :'];
const QUICK: Story = {
  plan: {
    name: 'quick',
    'max-concurrent': 3,
    tasks: Object.fromEntries(ids.map((id, index) => [id, { run: noting(id, rests[index % 5] as string) }])),
  },
  ends: ids.map((id) => `${id} succeeded`),
  lines: 2 + 4 * ids.length + 1,
};

const KILLS = 50;
const AT_ONCE = 5;
const EARLY = 6;

async function killAndResume(story: Story, moment: Moment): Promise<string> {
  const crash = new Crash(bench(), story.plan);
  const { here, env } = crash;
  await crash.killAt(moment);
  const finished = crash.succeeded();
  const kept = finished.map((id) => crash.noted(id));
  const wasOver = crash.isOver;
  if (!moment.resumeAtOnce || wasOver) {
    await crash.noOrphan();
    await expectInterrupted(crash, wasOver);
  }
  if (crash.run === undefined) return 'before the run';
  if (wasOver) return 'after the end';

  const resumed = await here.run(['resume', '--output', 'quiet'], { env });
  expect(`${resumed.code} ${resumed.stderr}`).toMatch(/^0 /);
  const after = await here.status();
  expect(after.run.status).toBe('succeeded');
  expect(after.tasks.map(({ id, status }) => `${id} ${status}`)).toEqual(story.ends);
  expect(finished.map((id) => crash.noted(id))).toEqual(kept);
  for (const { id, attempts } of after.tasks) {
    // Every end that is told was one of an attempt that ran, to its own end, and no attempt ran twice.
    const numbers = attempts.map(({ number }) => number);
    expect([id, crash.noted(id)]).toEqual([id, numbers.filter((number) => crash.noted(id).includes(number))]);
    expect([id, crash.noted(id).at(-1)]).toEqual([id, numbers.at(-1)]);
    expect(readFileSync(attempts.at(-1)?.log ?? '', 'utf8')).toBe(`${id} done\n`);
  }
  await crash.noOrphan();
  return `with ${finished.length} done`;
}

/** Whoever looks sees how it stands: nothing yet, interrupted, or over. */
async function expectInterrupted({ here, run }: Crash, wasOver: boolean): Promise<void> {
  if (run === undefined)
    expect(await here.run(['resume'])).toMatchObject({ code: 0, stdout: expect.any(String), stderr: '' });
  else
    expect((await here.status()).run).toMatchObject({
      id: run,
      status: wasOver ? 'succeeded' : 'interrupted',
    });
}

// Looks into /proc for what is left.
(process.platform === 'linux' ? describe : describe.skip)('kill -9 of the owner', () => {
  it(`at ${KILLS} moments: no orphan, no finished result lost, no false success, resume completes`, async () => {
    const seen: string[] = [];
    const all = moments(KILLS, MIXED.lines, EARLY);
    for (let i = 0; i < all.length; i += AT_ONCE) {
      const some = all.slice(i, i + AT_ONCE);
      seen.push(...(await Promise.all(some.map((moment) => killAndResume(MIXED, moment)))));
    }
    expect(seen).toHaveLength(KILLS);
    // The moments must have hit the run itself, not only what comes before and after it.
    expect(seen.filter((when) => when.startsWith('with')).length).toBeGreaterThan(KILLS / 2);
  }, 180_000);

  it('at 12 moments while a fork server starts its tasks: the same', async () => {
    const seen: string[] = [];
    for (const moment of moments(12, QUICK.lines, 0)) seen.push(await killAndResume(QUICK, moment));
    expect(seen.filter((when) => when.startsWith('with')).length).toBeGreaterThan(8);
  }, 180_000);

  it('the plan of that test does make it use one', async () => {
    const crash = new Crash(bench(), QUICK.plan);
    const { ended } = crash.start();
    await until('there is one', () => crash.hasForkServer());
    expect(await ended).toMatchObject({ code: 0 });
    await crash.noOrphan();
  });
});
