import { describe, expect, it, test } from '@jest/globals';
import type { Event, StopReason } from '../../src/core/event.js';
import type { Plan } from '../../src/core/plan.js';
import { besideBlocks, inStep, narrator } from '../../src/reports/narrator.js';
import { titleOf } from '../../src/reports/title.js';
import { plan, task } from '../fakes/plan.js';
import { at, Story, text, texts } from './story.js';

const retry = { max: 2, delayMillis: 2000, maxDelayMillis: 60_000 };

/** What is said about the last events of a story. */
function said(story: Story, last = 1): string[] {
  const events = story.events.slice(-last);
  const notices = narrator.notices(events, story.state());
  return events.flatMap((event: Event) => texts(notices.get(event)?.lines ?? []));
}

function level(story: Story): string | undefined {
  return narrator.notices(story.events.slice(-1), story.state()).get(story.events.at(-1) as Event)?.level;
}

describe('a notice', () => {
  const one = plan([task('build')]);
  const tried = plan([task('test', { retry })]);

  const owner = { pid: 1, startTime: '1', host: 'here' };

  it('tells which run is taken up again, and how it had ended', () => {
    const story = new Story(one)
      .broke(0, 3, 'build')
      .finished(3, 'failed')
      .add(200_003, { type: 'run.resumed', owner, tasks: ['build'] });
    expect(said(story)).toEqual([
      '▶ test: 1 task (run r1, failed 2d ago)',
      '  command: build',
      '↺ resumed: build runs again, what succeeded is kept',
    ]);
  });

  it('does not say that something goes on when all that is left runs only once and was lost', () => {
    const story = new Story(plan([task('o', { once: true })]))
      .started(0, 'o')
      .add(60, { type: 'run.resumed', owner, tasks: [] });
    expect(said(story)).toEqual([
      '▶ test: 1 task (run r1, interrupted 1m ago)',
      '  command: o',
      '↺ resumed: o may have run to its end and is not run again',
    ]);
    const two = new Story(plan([task('o'), task('b', { needs: ['o'] })]))
      .ran(0, 1, 'o')
      .started(1, 'b')
      .add(60, { type: 'run.resumed', owner, tasks: [] });
    expect(said(two).at(-1)).toBe('↺ resumed: what had not ended goes on');
  });

  it('does not say that nothing is left when the budget stops at once what is', () => {
    const story = new Story(plan([task('a'), task('b')]))
      .ran(0, 1, 'a')
      .add(60, { type: 'run.resumed', owner, tasks: [] })
      .add(60, {
        ...{ type: 'task.finished', task: 'b', round: 1 },
        outcome: { kind: 'skipped', because: { kind: 'stopped', by: 'budget' } },
      });
    expect(said(story, 2)[2]).toBe('↺ resumed: what had not ended goes on');
  });

  it('says which attempt failed and when the next comes', () => {
    const story = new Story(tried).started(0, 'test').exited(1, 'test', 1);
    expect(said(story.retrying(1, 'test', 3, { kind: 'code', code: 1 }))).toEqual([
      '↻ test failed: exited with code 1 (attempt 1 of 3, again in 2.0 s)',
    ]);
    expect(said(story.started(3, 'test', 2))).toEqual(['▶ test started (attempt 2 of 3)']);
    expect(said(story.exited(4, 'test', 0, 2).ended(4, 'test', { kind: 'succeeded' }))).toEqual([
      '✔ test succeeded in 1.0 s (attempt 2 of 3)',
    ]);
  });

  it('says which attempt failed also when the next has started already', () => {
    const story = new Story(tried).started(0, 'test').exited(1, 'test', 1);
    story.retrying(1, 'test', 1, { kind: 'code', code: 1 }).started(1, 'test', 2);
    expect(said(story, 2)).toEqual([
      '↻ test failed: exited with code 1 (attempt 1 of 3, again now)',
      '▶ test started (attempt 2 of 3)',
    ]);
  });

  it('does not count an attempt that the provider sent away', () => {
    const story = new Story(tried).started(0, 'test').exited(1, 'test', { kind: 'rate-limit' });
    expect(said(story.retrying(1, 'test', 31, { kind: 'rate-limit' }))).toEqual([
      '↻ test rate-limited by the provider (again in 30 s, does not count as an attempt)',
    ]);
    expect(said(story.started(31, 'test', 2))).toEqual(['▶ test started']);
  });

  it('puts tasks that are skipped for one reason in one go together', () => {
    const graph = plan([
      task('a'),
      ...Array.from({ length: 20 }, (_, i) => task(`s${i}`, { needs: [i === 0 ? 'a' : `s${i - 1}`] })),
    ]);
    const story = new Story(graph).broke(0, 1, 'a');
    for (let i = 0; i < 20; i++)
      story.ended(1, `s${i}`, {
        kind: 'skipped',
        because: { kind: 'need', task: i === 0 ? 'a' : `s${i - 1}` },
      });
    expect(said(story, 20)).toEqual(['↓ s0, s1, s2, s3, s4 and 15 more skipped because a failed']);
  });

  it('says why a task was skipped also when a new round has put all of them back', () => {
    const graph = plan([task('a'), task('b', { needs: ['a'] }), task('c', { needs: ['b'] })], {
      loops: [{ id: 'l', tasks: ['a', 'b', 'c'], again: { kind: 'failed', tasks: ['a'] }, max: 2 }],
    });
    const story = new Story(graph)
      .broke(0, 1, 'a')
      .ended(1, 'b', { kind: 'skipped', because: { kind: 'need', task: 'a' } })
      .ended(1, 'c', { kind: 'skipped', because: { kind: 'need', task: 'b' } })
      .add(1, { type: 'round.started', tasks: ['a', 'b', 'c'], because: 'loop', loop: 'l' })
      .started(1, 'a', 2, 2);
    expect(said(story, 4)[0]).toBe('↓ b, c skipped because a failed');
  });

  it('names the round of a loop', () => {
    const loop = { id: 'l', tasks: ['a'], again: { kind: 'failed' as const, tasks: ['a'] }, max: 3 };
    const story = new Story(plan([task('a')], { loops: [loop] }))
      .broke(0, 1, 'a')
      .add(1, { type: 'round.started', tasks: ['a'], loop: 'l', because: 'loop' });
    expect(said(story)).toEqual(['↺ round 2 of at most 3: a runs again']);
    expect(said(story.started(1, 'a', 2, 2))).toEqual(['▶ a started (round 2)']);
  });

  const stops: [StopReason, string][] = [
    [
      { kind: 'cancelled', kill: true, by: 'SIGINT' },
      '■ stopping: cancelled by SIGINT; nothing new starts, the running task is told to end (Ctrl-C again kills at once)',
    ],
    [
      { kind: 'failure', kill: false, task: 'x' },
      '■ stopping: x failed; nothing new starts, the running task goes on to the end',
    ],
    [
      { kind: 'deadline', kill: true, limitMillis: 60_000 },
      "■ stopping: the run's time limit of 1m is over; nothing new starts, the running task is told to end",
    ],
  ];
  test.each(stops)('says what the stop %j does', (why, words) => {
    expect(said(new Story(one).started(0, 'build').stopping(1, why))).toEqual([words]);
  });

  it('of trouble is one that a quiet observer says too', () => {
    expect(level(new Story(one).broke(0, 1, 'build'))).toBe('trouble');
    expect(level(new Story(one).ran(0, 1, 'build'))).toBe('progress');
    const stop: StopReason = { kind: 'failure', kill: false, task: 'x' };
    expect(level(new Story(one).stopping(0, stop))).toBe('trouble');
  });

  it('opens the run with the kind of every task', () => {
    const mixed: Plan = plan(
      [
        task('build'),
        task('test'),
        task('design', { work: { kind: 'prompt', text: 'x', mode: 'architect' } }),
      ],
      { name: 'app' },
    );
    expect(said(new Story(mixed))).toEqual([
      '▶ app: 3 tasks, at most 4 at a time (run r1)',
      '  commands: build, test',
      '  prompt: design as architect',
    ]);
  });
});

it('a task that is only numbered is never taken for a count', () => {
  const graph = plan([task('1', { label: 'npm test' }), task('2', { label: 'npm run lint', needs: ['1'] })]);
  const story = new Story(graph).broke(0, 1, '1');
  expect(said(story)).toEqual(['✖ 1 (npm test) failed: exited with code 1 (after 1.0 s)']);
  story.ended(1, '2', { kind: 'skipped', because: { kind: 'need', task: '1' } });
  expect(said(story)).toEqual(['↓ task 2 skipped because task 1 failed']);
});

it('a long text is cut without splitting a character', () => {
  expect(titleOf(task('1', { label: `${'x'.repeat(38)}😀😀` }))).toBe(`1 (${'x'.repeat(38)}…)`);
});

it('the heading of a block says how its task ended', () => {
  const graph = plan([task('a'), task('b'), task('c', { needs: ['b'] }), task('d')]);
  const state = new Story(graph)
    .ran(0, 2, 'a')
    .broke(0, 3, 'b')
    .ended(3, 'c', { kind: 'skipped', because: { kind: 'need', task: 'b' } })
    .started(3, 'd')
    .state();
  expect(state.tasks.map((each) => text(narrator.heading(state, each)))).toEqual([
    '✔ a succeeded in 2.0 s',
    '✖ b failed: exited with code 1 (after 3.0 s)',
    '↓ c skipped because b failed',
    '▶ d running',
  ]);
});

it('a running task tells its time in whole seconds, and its try from the second on', () => {
  const story = new Story(plan([task('a', { retry })])).started(0, 'a');
  const running = (now: number) => narrator.runningFor(story.state().tasks[0] as never, at(now));
  expect(running(12.9)).toBe('12 s');
  expect(running(185)).toBe('3m 05s');
  story.exited(200, 'a', 1).retrying(200, 'a', 200, { kind: 'code', code: 1 }).started(200, 'a', 2);
  expect(running(201)).toBe('1 s try 2');
});

it('the counts name what there is, and guess what is left', () => {
  const state = new Story(plan([task('a'), task('b'), task('c'), task('d')], { pools: { main: 1 } }), {
    d: 120_000,
  })
    .ran(0, 120, 'a')
    .broke(120, 240, 'b')
    .started(240, 'c')
    .state();
  expect(text(narrator.counts(state, at(300)))).toBe('1 running · 1 waiting · 1 ✔ · 1 ✖ · about 3m left');
});

describe('beside the blocks of tasks', () => {
  const loud = (story: Story): string[] =>
    [...besideBlocks.notices(story.events.slice(-1), story.state()).values()]
      .filter((notice) => notice.level === 'trouble')
      .flatMap(({ lines }) => texts(lines));

  it('a rate limit is told at once, for nobody else would', () => {
    const limited = new Story(plan([task('a')], { pools: { main: 4 } }));
    limited.add(3, { type: 'capacity.changed', pool: 'main', limit: 2, until: at(63), why: 'rate-limit' });
    expect(loud(limited)).toEqual([
      expect.stringMatching(/^◌ main rate limit: 2 slots from now on, nothing of it starts before /),
    ]);
  });

  it('what concerns one task stands in its block', () => {
    expect(loud(new Story(plan([task('a')])).started(1, 'a'))).toEqual([]);
  });

  it('the log of a step speaks of no keys', () => {
    const story = new Story(plan([task('a')]))
      .started(0, 'a')
      .stopping(1, { kind: 'cancelled', kill: true, by: 'SIGINT' });
    const said = (told: typeof inStep): string[] =>
      [...told.notices(story.events.slice(-1), story.state()).values()].flatMap(({ lines }) => texts(lines));
    expect(said(besideBlocks).join()).toContain('Ctrl-C again kills at once');
    expect(said(inStep).join()).toMatch(/^■ stopping: cancelled by SIGINT; .* is told to end$/);
  });
});
