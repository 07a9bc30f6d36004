/** kill -9 of the owner, at moments spread over a run: nothing orphaned, nothing lost, nothing made up. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type Bench, commandsWith, processesWith, until, useBench } from './harness.js';

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
/** A second is what is promised; the rest is for a machine that has other things to do. */
const ORPHAN_MILLIS = 2000;

/** So long after the journal has so many lines; without lines, after the process was made. */
interface Moment {
  readonly lines: number;
  readonly thenMillis: number;
  /** Resume at once, while the dead owner's watchdog is still at work; else look around first. */
  readonly resumeAtOnce: boolean;
}

/** Some before there is a run, the rest spread evenly over its journal; early and late ones take turns. */
function moments(kills: number, lines: number, early: number): Moment[] {
  return Array.from({ length: kills }, (_, i): Moment => {
    const resumeAtOnce = i % 2 === 1;
    if (i < early) return { lines: 0, thenMillis: 15 * i, resumeAtOnce };
    return { lines: 1 + ((i * 17) % (lines - 1)), thenMillis: (i * 7) % 30, resumeAtOnce };
  });
}

class Crash {
  readonly notes: string;
  readonly env: Record<string, string>;

  private owner: number | undefined;

  constructor(
    readonly here: Bench,
    plan: object,
  ) {
    here.write('plan.json', plan);
    this.notes = here.path('notes');
    mkdirSync(this.notes);
    this.env = { NOTES: this.notes };
  }

  /** The run, as soon as it is one. */
  get run(): string | undefined {
    const runs = this.here.has('.batchtool', 'runs') ? this.here.runs() : [];
    return runs.find((id) => this.here.has('.batchtool', 'runs', id, 'plan.json'));
  }

  /** Whole lines of the journal behind its header. */
  journal(): Line[] {
    const path = this.here.path('.batchtool', 'runs', this.run ?? '', 'events.jsonl');
    if (this.run === undefined || !existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').split('\n').slice(1, -1);
    return lines.map((line) => JSON.parse(line) as Line);
  }

  /** Numbers of the attempts of a task that really ran. */
  noted(id: string): number[] {
    const file = this.here.path('notes', id);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  }

  start(): ReturnType<Bench['start']> {
    const started = this.here.start(['run', '-f', 'plan.json', '--output', 'quiet'], { env: this.env });
    this.owner = started.child.pid;
    return started;
  }

  /** Kills the owner at that moment, or lets it end if the moment never comes. */
  async killAt({ lines, thenMillis }: Moment): Promise<void> {
    const { child, ended } = this.start();
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (lines > 0 && !over && this.journal().length + 1 < lines) await sleep(1);
    await sleep(thenMillis);
    child.kill('SIGKILL');
    await ended;
  }

  async noOrphan(): Promise<void> {
    let left: number[] = [];
    const isClear = (): boolean => {
      left = this.leftOver();
      return left.length === 0;
    };
    await until('no orphan, and no watchdog', isClear, ORPHAN_MILLIS).catch((reason: Error) => {
      throw new Error(`${reason.message}; left: ${left.map(described).join(', ')}`);
    });
  }

  /** Whether a fork server starts its tasks. */
  hasForkServer(): boolean {
    return commandsWith(`batchtool-fork-server\0${this.owner}\0`).length > 0;
  }

  /** What carries our variable, the watchdogs, whose command line names the run, and fork servers. */
  private leftOver(): number[] {
    const mark = `BATCHTOOL_MARK_${this.run?.replaceAll('-', '_')}`;
    return [
      ...processesWith(this.notes),
      ...(this.run === undefined ? [] : commandsWith(mark)),
      ...commandsWith(`batchtool-fork-server\0${this.owner}\0`),
    ];
  }
}

function described(pid: number): string {
  const read = (name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return 'gone';
    }
  };
  return `${pid} (${read('cmdline').slice(0, 200)}; ${read('stat')}; ${read('wchan')})`;
}

interface Line {
  readonly type: string;
  readonly task?: string;
  readonly attempt?: number;
  readonly outcome?: { readonly kind: string };
}

async function killAndResume(story: Story, moment: Moment): Promise<string> {
  const crash = new Crash(bench(), story.plan);
  const { here, env } = crash;
  await crash.killAt(moment);
  const before = crash.journal();
  const finished = before.flatMap(({ type, task, outcome }) =>
    type === 'task.finished' && outcome?.kind === 'succeeded' ? [task ?? ''] : [],
  );
  const kept = finished.map((id) => crash.noted(id));
  const wasOver = before.some(({ type }) => type === 'run.finished');
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
    expect(seen.filter((when) => when.startsWith('with')).length).toBeGreaterThan((KILLS * 2) / 3);
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
