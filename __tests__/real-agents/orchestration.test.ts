/** Whole runs of batchtool with real claude processes: phases, interrupts, storms of rate limits, budgets, refusals. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/core/event.js';
import { until, useBench } from '../cli/harness.js';
import { expectNothingRunning } from '../cli/refusal.js';
import { RUNS, scriptOf, textsIn } from '../guide/meaning.js';
import { beforeOf, type Order, peers } from '../guide/order.js';
import { type Workshop, wordsOf } from '../guide/stand-ins.js';
import { inOrder, type StandInModel } from '../stand-in-model/server.js';
import { ATTEMPT_MILLIS, INSTALL_MILLIS } from './limits.js';
import { modelFor } from './model.js';
import { byTask, journal, meeting, office, planOf, taskIn } from './office.js';

const bench = useBench();
let model: StandInModel;
let shop: Workshop;

beforeAll(async () => {
  model = await modelFor('claude');
}, INSTALL_MILLIS);
afterAll(() => model?.close());
beforeEach(() => {
  shop = office(bench(), model);
});

const say = (text: string) => ({ kind: 'say', text }) as const;
const write = (name: string) =>
  ({ kind: 'write', path: shop.here.path('made', name), content: `made by ${name}\n` }) as const;

/** Attempts of the newest run by task: how each ended. */
async function exits(): Promise<Record<string, (string | undefined)[]>> {
  const { tasks } = await shop.here.status();
  return Object.fromEntries(tasks.map(({ id, attempts }) => [id, attempts.map(({ exit }) => exit?.kind)]));
}

async function statuses(): Promise<Record<string, string>> {
  return Object.fromEntries((await shop.here.status()).tasks.map(({ id, status }) => [id, status]));
}

/** What the newest run has cost so far. */
async function costUsd(): Promise<number> {
  const { run } = (await shop.here.status()) as unknown as { run: { costUsd: number | null } };
  return run.costUsd ?? 0;
}

describe('"Full Application Development" of the guide, where no SPARC runner is installed', () => {
  const TITLE = 'Full Application Development';
  const [order] = (RUNS.find(([title]) => title === TITLE)?.[1] ?? []) as [Order];
  const before = beforeOf(order);
  const ids = Object.keys(before);
  const tasks = textsIn(scriptOf(TITLE)).map((text) => wordsOf(text)[4] as string);
  const reportOf = (task: string): string => `REPORT ${tasks.indexOf(task)} of ${task}.`;
  const groups = peers(before).map((group) => group.map((id) => tasks[ids.indexOf(id)] as string));

  test(
    'is done by claude: side by side where it may be, each phase told of those before it',
    async () => {
      const rooms = groups.map((group) => ({ group, arrive: meeting(group.length) }));
      const answers = byTask((task) => [write(`${tasks.indexOf(task)}.txt`), say(reportOf(task))]);
      model.play(async (asked, number) => {
        const room = rooms.find(({ group }) => group.includes(taskIn(asked)));
        // Nobody of a phase gets a word before all of it have asked.
        if (asked.results.length === 0) await room?.arrive();
        return answers(asked, number);
      });
      const { code, stderr } = await shop.shell(scriptOf(TITLE)).ended;
      expect([code, stderr]).toEqual([0, expect.stringContaining('13')]);
      expect(model.faults).toEqual([]);
      expect(Object.values(await statuses())).toEqual(ids.map(() => 'succeeded'));
      for (const index of ids.keys())
        expect(shop.here.read('made', `${index}.txt`)).toBe(`made by ${index}.txt\n`);
      expect(model.asked.map(taskIn).sort()).toEqual([...tasks, ...tasks].sort());
      expectTold();
      for (const group of groups) expectOverlap(group);
      expectNothingRunning(shop.here);
    },
    ATTEMPT_MILLIS,
  );

  /** The first prompt of each task holds the reports of all tasks before it, and of no others. */
  function expectTold(): void {
    for (const [index, id] of ids.entries()) {
      const prompt = model.asked.find((asked) => taskIn(asked) === tasks[index])?.prompt ?? '';
      const told = ids.filter((_, other) => prompt.includes(reportOf(tasks[other] as string)));
      expect([id, ...told.sort()]).toEqual([id, ...(before[id] ?? [])]);
    }
  }

  /** Each of them had asked for the first time before any asked again. */
  function expectOverlap(group: readonly string[]): void {
    const asked = model.asked.filter((each) => group.includes(taskIn(each)));
    const firsts = asked.slice(0, group.length);
    expect(firsts.map(taskIn).sort()).toEqual([...group].sort());
    expect(firsts.every(({ results }) => results.length === 0)).toBe(true);
  }
});

test(
  'SIGINT ends claude in the middle of a tool and of an answer, leaves nothing behind, and keeps what they cost',
  async () => {
    shop.here.write('p.yml', planOf(['tool', 'answer'], ['--allowedTools=Bash']));
    model.play(
      byTask((task) => [
        write(task),
        task === 'tool' ? { kind: 'run', command: 'touch began; sleep 600' } : { kind: 'hang' },
      ]),
    );
    const { child, ended } = shop.start(['run', '-f', 'p.yml', '--grace', '20s']);
    await until(
      'both are in the middle',
      () => shop.here.has('began') && model.asked.length === 4,
      ATTEMPT_MILLIS,
    );
    child.kill('SIGINT');
    const { code, signal } = await ended;
    expect([code, signal]).toEqual([null, 'SIGINT']);
    expectNothingRunning(shop.here);
    expect(await statuses()).toEqual({ tool: 'cancelled', answer: 'cancelled' });
    const { tasks } = (await shop.here.status()) as unknown as {
      tasks: { id: string; attempts: { costUsd: number | null }[] }[];
    };
    for (const { id, attempts } of tasks)
      expect([id, attempts.map((each) => each.costUsd)]).toEqual([id, [expect.any(Number)]]);
    expect(await costUsd()).toBeGreaterThan(0.005);
  },
  ATTEMPT_MILLIS,
);

test(
  'a storm of 429 costs ten tasks no attempt: their pool shrinks, waits as long as it was told, and all succeed',
  async () => {
    const [STORM, SLOTS, WAIT_SECONDS] = [12, 8, 3];
    const tasks = Array.from({ length: 10 }, (_, index) => `t${index}`);
    shop.here.write('p.yml', planOf(tasks));
    model.play((_asked, number) =>
      number < STORM
        ? { kind: 'refuse', status: 429, headers: { 'retry-after': String(WAIT_SECONDS) } }
        : say('Done.'),
    );
    const { code, stderr } = await shop.run(['run', '-f', 'p.yml', '--max-concurrent', String(SLOTS)]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('rate limit')]);
    const ends = Object.values(await exits());
    expect(ends.map((kinds) => kinds.filter((kind) => kind !== 'rate-limit'))).toEqual(
      tasks.map(() => ['code']),
    );
    expect(ends.flat()).toHaveLength(STORM + tasks.length);
    expect(Object.values(await statuses())).toEqual(tasks.map(() => 'succeeded'));
    expectShrinking(journal(shop), SLOTS, WAIT_SECONDS * 1000);
  },
  ATTEMPT_MILLIS,
);

test(
  'a 429 in the middle of a task lets claude go on with what it has done, and with its bill',
  async () => {
    shop.here.write('p.yml', planOf(['a']));
    const refuse = { kind: 'refuse', status: 429, headers: { 'retry-after': '3' } } as const;
    model.play(inOrder(write('a.txt'), refuse, write('b.txt'), say('Both.')));
    const { code } = await shop.run(['run', '-f', 'p.yml']);
    expect([code, await exits()]).toEqual([0, { a: ['rate-limit', 'code'] }]);
    expect(model.asked.map(({ results }) => results.length)).toEqual([0, 1, 1, 2]);
    expect(model.asked.at(-1)?.prompt).toMatch(/# Your task\n\na\b[\s\S]*work was broken off/);
    // One turn costs $0.00291.
    expect(await costUsd()).toBeCloseTo(0.00873, 5);
  },
  ATTEMPT_MILLIS,
);

/** To half and less; and between an answer to rate limits and the time that it names nothing starts. */
function expectShrinking(events: readonly Event[], slots: number, waitMillis: number): void {
  const limits = events.flatMap((event) =>
    event.type === 'capacity.changed' && event.why === 'rate-limit' ? [event.limit] : [],
  );
  expect(limits[0]).toBe(slots / 2);
  expect(limits.at(-1)).toBeLessThan(slots / 2);
  let opensAt = 0;
  for (const event of events) {
    if (event.type === 'capacity.changed' && event.why === 'rate-limit') {
      opensAt = event.until ?? 0;
      expect(opensAt - event.at).toBeGreaterThanOrEqual(waitMillis);
    }
    if (event.type === 'attempt.started') expect(event.at).toBeGreaterThanOrEqual(opensAt);
  }
}

test(
  'a budget is overshot by no more than what ran, keeps what is finished, and more money goes on',
  async () => {
    const BUDGET_USD = 0.02;
    const tasks = Array.from({ length: 8 }, (_, index) => `t${index}`);
    shop.here.write('p.yml', planOf(tasks));
    // One turn costs $0.00291 at the price of the model: the first task says too little of what others will need.
    model.play(
      byTask((task) => (task === 't0' ? [say('Done.')] : [write(task), write(`${task}-more`), say('Done.')])),
    );
    const limits = ['--max-concurrent', '3', '--max-cost', String(BUDGET_USD)];
    const { code, stderr } = await shop.run(['run', '-f', 'p.yml', ...limits]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('budget')]);
    const overshoot = (await costUsd()) - BUDGET_USD;
    expect(overshoot).toBeGreaterThan(0);
    expect(overshoot).toBeLessThanOrEqual(costOfRunning(journal(shop), BUDGET_USD));
    // Those that share what is left may all be cut off.
    const done = Object.entries(await statuses()).filter(([, status]) => status === 'succeeded');
    expect(done.map(([id]) => id)).toContain('t0');
    expect(done.length).toBeLessThan(tasks.length);
    const asked = model.asked.length;

    expect((await shop.run(['resume', '--max-cost', '1USD'])).code).toBe(0);
    expect(Object.values(await statuses())).toEqual(tasks.map(() => 'succeeded'));
    const again = new Set(model.asked.slice(asked).map(taskIn));
    expect(done.map(([id]) => id).filter((id) => again.has(id))).toEqual([]);
    for (const id of tasks.slice(1)) expect(shop.here.has('made', id)).toBe(true);
  },
  ATTEMPT_MILLIS,
);

/**
 * Each attempt fitted when it began: with what was spent, and what was kept for those that ran. Gives the cost of those that
 * ran when the budget was used up, and after which nothing began.
 */
function costOfRunning(events: readonly Event[], budgetUsd: number): number {
  const kept = new Map<string, number>();
  let [spent, late] = [0, 0];
  for (const event of events) {
    if (event.type === 'attempt.started') {
      kept.set(event.task, event.reserve?.costUsd ?? Number.NaN);
      const reserved = [...kept.values()].reduce((sum, each) => sum + each, 0);
      expect(spent + reserved).toBeLessThanOrEqual(budgetUsd);
    } else if (event.type === 'attempt.exited') {
      const cost = event.result?.costUsd ?? 0;
      kept.delete(event.task);
      spent += cost;
      if (spent >= budgetUsd) late += cost;
    }
  }
  return late;
}

test(
  'a wrong key and a denied permission fail at the first attempt, in words, whatever the retries',
  async () => {
    shop.here.write('p.yml', planOf(['key', 'permission']));
    model.play(
      byTask((task) =>
        task === 'key'
          ? [{ kind: 'refuse', status: 401, message: 'invalid API key' }]
          : [{ kind: 'write', path: '/batchtool-was-here.txt', content: 'no\n' }, say('I could not.')],
      ),
    );
    const { code, stderr } = await shop.run(['run', '-f', 'p.yml', '--max-retries', '3']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/key failed: claude: .*invalid API key/);
    expect(stderr).toMatch(/permission failed: claude: was not allowed to: .*batchtool-was-here\.txt/);
    expect(stderr).toContain('agents: {claude: {args: ["--allowedTools=');
    const prompt = model.asked.find((asked) => taskIn(asked) === 'permission')?.prompt;
    expect(prompt).toContain('one refusal fails your whole task');
    const failures = (await shop.here.status()).tasks.map(({ id, attempts }) => [
      id,
      ...attempts.map(({ exit }) => exit?.failure),
    ]);
    expect(failures).toEqual([
      ['key', 'auth'],
      ['permission', 'permission'],
    ]);
  },
  ATTEMPT_MILLIS,
);
