/** kill -9 of the owner, at moments spread over a run: nothing orphaned, nothing lost, nothing made up. */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Bench, processesWith, until } from './harness.js';

const benches: Bench[] = [];
const bench = (): Bench => {
  const made = new Bench();
  benches.push(made);
  return made;
};
afterEach(() => {
  for (const made of benches.splice(0)) made.remove();
});

/** Each task notes each of its attempts in a file of its own, so that a repetition shows. */
const noting = (id: string, rest = ''): string => `echo "$BATCHTOOL_ATTEMPT" >> "$NOTES/${id}"; ${rest}`;

const PLAN = {
  name: 'crash',
  'max-concurrent': 3,
  tasks: {
    a: { run: noting('a', 'sleep 0.05') },
    b: { run: noting('b', 'sleep 0.15') },
    c: { run: noting('c', 'sleep 0.1'), needs: ['a'] },
    d: { run: noting('d', '(setsid sleep 300 &) ; sleep 0.1'), needs: ['a'] },
    e: { run: noting('e', 'exit 1'), 'continue-on-error': true },
    f: { run: noting('f', 'sleep 0.05'), needs: ['b', 'c', 'd'] },
  },
};

const KILLS = 50;
const AT_ONCE = 5;

/** The moments: evenly over the first 600 ms, in an order that mixes early and late ones. */
const moments = Array.from({ length: KILLS }, (_, i) => ((i * 17) % KILLS) * 12);

async function killAndResume(moment: number): Promise<string> {
  const here = bench();
  writeFileSync(here.path('plan.json'), JSON.stringify(PLAN));
  const notes = here.path('notes');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(notes);
  const env = { NOTES: notes };
  const { child, ended } = here.start(['run', '-f', 'plan.json', '--output', 'quiet'], { env });
  await new Promise((resolve) => setTimeout(resolve, 60 + moment));
  child.kill('SIGKILL');
  await ended;
  const run = existsSync(here.path('.batchtool', 'runs')) ? here.runs().at(-1) : undefined;
  if (run === undefined || !existsSync(here.path('.batchtool', 'runs', run, 'plan.json')))
    return 'before the run';

  await until(`no orphan of ${run}`, () => processesWith(notes).length === 0, 1500);
  const before = existsSync(here.path('.batchtool', 'runs', run, 'events.jsonl')) ? journalOf(here, run) : [];
  const succeeded = before.filter(
    (event) => event.type === 'task.finished' && event.outcome?.kind === 'succeeded',
  );
  const notesBefore = Object.fromEntries(readdirSync(notes).map((id) => [id, here.read('notes', id)]));
  const wasOver = before.some((event) => event.type === 'run.finished');

  const interrupted = await here.status();
  expect(interrupted.run.status).toBe(wasOver ? 'succeeded' : 'interrupted');
  if (wasOver) return 'after the end';

  const resumed = await here.run(['resume', '--output', 'quiet'], { env });
  expect({ code: resumed.code, stderr: resumed.stderr }).toMatchObject({ code: 0 });
  const { run: after, tasks } = await here.status();
  expect(after.status).toBe('succeeded');
  expect(tasks.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'a succeeded',
    'b succeeded',
    'c succeeded',
    'd succeeded',
    'e failed',
    'f succeeded',
  ]);
  for (const { task } of succeeded)
    expect([task, here.read('notes', task ?? '')]).toEqual([task, notesBefore[task ?? '']]);
  for (const { id, attempts } of tasks)
    expect([id, new Set(attempts.map(({ number }) => number)).size]).toEqual([id, attempts.length]);
  expect(processesWith(notes)).toEqual([]);
  return `with ${succeeded.length} done`;
}

interface Line {
  readonly type: string;
  readonly task?: string;
  readonly outcome?: { readonly kind: string };
}

function journalOf(here: Bench, run: string): Line[] {
  const lines = here.read('.batchtool', 'runs', run, 'events.jsonl').split('\n').slice(1, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}

describe('kill -9 of the owner', () => {
  it(`at ${KILLS} moments: no orphan after a second, no finished result lost, no false success, resume completes`, async () => {
    const seen: string[] = [];
    for (let i = 0; i < moments.length; i += AT_ONCE) {
      seen.push(...(await Promise.all(moments.slice(i, i + AT_ONCE).map(killAndResume))));
      for (const made of benches.splice(0)) made.remove();
    }
    expect(seen).toHaveLength(KILLS);
    // The moments must have hit the run itself, not only what comes before and after it.
    expect(seen.filter((when) => when.startsWith('with')).length).toBeGreaterThan(KILLS / 2);
  }, 180_000);
});
