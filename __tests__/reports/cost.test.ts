import { describe, expect, it, test } from '@jest/globals';
import type { Event } from '../../src/core/event.js';
import type { Exit } from '../../src/core/exit.js';
import { REVIEW_ASKS } from '../../src/core/expect.js';
import type { Budget, Plan } from '../../src/core/plan.js';
import { taskOf } from '../../src/core/state.js';
import { forecastLines, largerBudget, usedText } from '../../src/reports/cost.js';
import { closingLines } from '../../src/reports/failures.js';
import { exitHint, hintFor } from '../../src/reports/hint.js';
import { statusDocument } from '../../src/reports/json.js';
import { junit } from '../../src/reports/junit.js';
import { markdown } from '../../src/reports/markdown.js';
import { narrator } from '../../src/reports/narrator.js';
import { planDocument, planSheet } from '../../src/reports/plan.js';
import { exitReason, stopReason } from '../../src/reports/reason.js';
import { runStats } from '../../src/reports/stats.js';
import { statsDocument, statsSheet } from '../../src/reports/stats-sheet.js';
import { statusSheet } from '../../src/reports/status.js';
import { showClock } from '../../src/reports/time.js';
import { waitingReason } from '../../src/reports/waiting.js';
import { plan, task } from '../fakes/plan.js';
import { at, rows, START, Story, text, texts } from './story.js';

const claude = (id: string, rest: Parameters<typeof task>[1] = {}) =>
  task(id, {
    work: { kind: 'prompt', text: id, mode: 'code', agent: 'claude' },
    pools: ['main', 'agent:claude'],
    ...rest,
  });
const pools = { main: 4, 'agent:claude': 4 };

/** A run in which `a` cost 1.20 in two attempts, and `b` has cost nothing yet. */
function spending(rest: Partial<Plan> = {}): Story {
  const story = new Story(plan([claude('a'), claude('b')], { pools, ...rest }));
  const used = (attempt: number, code: number, result: Budget): void => {
    story.started(0, 'a', attempt);
    story.add(1, { type: 'attempt.exited', task: 'a', attempt, exit: { kind: 'code', code }, result });
  };
  used(1, 1, { costUsd: 0.2, tokens: 5000 });
  story.retrying(1, 'a', 1, { kind: 'code', code: 1 });
  used(2, 0, { costUsd: 1, tokens: 40_200 });
  return story.ended(1, 'a', { kind: 'succeeded' });
}

const said = (story: Story): string[] => {
  const last = story.events.at(-1) as Event;
  return texts(narrator.notices([last], story.state()).get(last)?.lines ?? []);
};

describe('what a run used', () => {
  it('is told with what it may use', () => {
    expect(usedText(spending().state())).toBe('$1.20, 45.2k tokens');
    expect(usedText(spending({ budget: { costUsd: 5 } }).state())).toBe('$1.20 of $5.00, 45.2k tokens');
    expect(usedText(spending({ budget: { costUsd: 1 } }).state())).toBe(
      '$1.20 of $1.00 ($0.20 over it), 45.2k tokens',
    );
    expect(usedText(spending({ budget: { costUsd: 1.2 } }).state())).toBe('$1.20 of $1.20, 45.2k tokens');
    expect(usedText(new Story(plan([task('a')])).ran(0, 1, 'a').state())).toBeUndefined();
    const silent = task('a', { work: { kind: 'command', text: 'flowx', runner: 'flowx' } });
    const unmetered = plan([silent], { budget: { costUsd: 1 }, allowUnmetered: true });
    expect(usedText(new Story(unmetered).ran(0, 1, 'a').state())).toBe(
      '$0.00 of $1.00 (without 1 task that tells nothing)',
    );
  });

  it('does not hold what counts though nobody told it, which is said beside it', () => {
    const lostStory = (told: Budget): Story => {
      const story = new Story(plan([claude('a')], { pools, budget: { costUsd: 5 } }));
      story.add(0, { type: 'attempt.started', task: 'a', attempt: 1, round: 1, reserve: { costUsd: 5 } });
      story.add(1, { type: 'attempt.exited', task: 'a', attempt: 1, exit: { kind: 'lost' }, result: told });
      return story;
    };
    const lost = (told: Budget): string | undefined => usedText(lostStory(told).state());
    const inStatus = (told: Budget) => statusDocument(lostStory(told).state(), false, () => '/log').run;
    expect(inStatus({ costUsd: 0.5 })).toMatchObject({ costUsd: 0.5, assumed: null });
    expect(inStatus({})).toMatchObject({ costUsd: null, assumed: { costUsd: 5, tokens: null } });
    expect(lost({ costUsd: 0.5 })).toBe('$0.50 of $5.00');
    expect(lost({})).toBe('$0.00 of $5.00, and $5.00 assumed for what ended untold');
    const [spent, budget] = [{ costUsd: 5 }, { costUsd: 5 }];
    expect(stopReason({ kind: 'budget', kill: false, spent, budget, assumed: { costUsd: 4 } })).toBe(
      'the budget is used up: $5.00 of $5.00 spent ($4.00 of it assumed for what ended untold)',
    );
  });

  it('stands in the status, for people and for programs', () => {
    const state = spending({ budget: { costUsd: 5 } }).state();
    const sheet = statusSheet({ state, now: at(2), interrupted: false });
    expect(text(sheet.head[1])).toBe(
      '1 waiting · 1 succeeded · $1.20 of $5.00, 45.2k tokens · a few seconds left',
    );
    expect(sheet.table.columns.map(({ title }) => title)).toContain('COST');
    expect(rows(sheet)[0]).toMatch(/\|\$1\.20\|45\.2k\|only after a retry/);
    const { run, tasks } = statusDocument(state, false, () => '/log');
    expect(run).toMatchObject({ costUsd: 1.2, tokens: 45_200, budget: { costUsd: 5, tokens: null } });
    expect(tasks[0]?.attempts[0]).toMatchObject({ costUsd: 0.2, tokens: 5000 });
    expect(tasks[1]?.attempts).toEqual([]);
  });

  it('stands in the stats', () => {
    const state = spending().state();
    const stats = runStats(state, [], at(2));
    expect(texts(statsSheet(state, stats).head)).toContain('used: $1.20, 45.2k tokens');
    const document = statsDocument(state, stats, false);
    expect(document.run).toMatchObject({ costUsd: 1.2, tokens: 45_200 });
    expect(document.tasks[0]).toMatchObject({ costUsd: 1.2, tokens: 45_200 });
    expect(document.tasks[1]).toMatchObject({ costUsd: null, tokens: null });
  });

  it('stands in the reports', () => {
    const state = spending().state();
    const material = { state, now: at(2), interrupted: false, tails: new Map(), summaries: new Map() };
    expect(markdown(material)).toContain('cost $1.20 · 45.2k tokens');
    expect(junit(material)).toContain(
      '<property name="cost-usd" value="1.200000"/>\n        <property name="tokens" value="45200"/>',
    );
  });

  it('stands behind the end of a task and of the run', () => {
    expect(said(spending())).toEqual(['✔ a succeeded in 1.0 s for $1.00 (attempt 2)']);
    const [verdict] = closingLines({
      state: spending().ran(1, 2, 'b').finished(2, 'succeeded').state(),
      now: at(2),
      tails: new Map(),
    });
    expect(text(verdict)).toBe(
      '✔ succeeded: 2 tasks succeeded (1 only after a retry) in 2.0 s, used $1.20, 45.2k tokens',
    );
  });
});

describe('a forecast', () => {
  const known = { a: { attempts: 9, costUsd: 1, tokens: 40_000 }, b: { attempts: 3, costUsd: 0.2 } };
  const four = plan([claude('a'), claude('b'), claude('c'), task('d')]);

  it('adds up what earlier runs say, and tells what they do not', () => {
    expect(texts(forecastLines(four, known))).toEqual([
      '  forecast: about $1.20 and 40.0k tokens by 9 earlier runs; 1 task unknown',
    ]);
  });

  it('is none without earlier runs', () => {
    expect(forecastLines(four, {})).toEqual([]);
    expect(forecastLines(four)).toEqual([]);
  });

  it('says when it is more than the budget', () => {
    const tight = { ...four, budget: { costUsd: 1 } };
    expect(texts(forecastLines(tight, known))[0]).toMatch(/unknown, more than the budget of \$1\.00$/);
  });

  it('stands in a dry run and in the first lines of a run', () => {
    const head = texts(planSheet({ ...four, budget: { costUsd: 5 } }, known).head);
    expect(head[0]).toContain('for at most $5.00');
    expect(head.at(-1)).toMatch(/forecast/);
    expect(planDocument(four, known).plan.forecast).toEqual({
      costUsd: 1.2,
      tokens: 40_000,
      unknownTasks: 1,
    });
    expect(planDocument(four).plan.forecast).toBeNull();
    const owner = { pid: 1, startTime: '1', host: 'h' };
    const started: Event = {
      at: START,
      ...{ type: 'run.started', run: 'r', planDigest: 'd', owner, estimates: {}, costs: known },
    };
    const lines = narrator.notices([started], new Story(four).state()).get(started)?.lines ?? [];
    expect(texts(lines).at(-1)).toMatch(/forecast: about \$1\.20/);
  });
});

describe('a rate limit', () => {
  const closing = (seconds: number) => {
    const story = new Story(plan([claude('a'), claude('b')], { pools })).started(0, 'a');
    const exit = { kind: 'rate-limit' } as const;
    story.add(1, { type: 'attempt.exited', task: 'a', attempt: 1, exit });
    const until = at(1 + seconds);
    return story.add(1, {
      type: 'capacity.changed',
      pool: 'agent:claude',
      limit: 1,
      until,
      why: 'rate-limit',
    });
  };

  it('is what tasks of its pool wait for', () => {
    const state = closing(1800).state();
    const [, waiting] = state.tasks;
    const reason = waiting && waitingReason(state, waiting, at(1));
    expect(reason).toBe(`waiting: rate limit until ${showClock(at(1801), at(1))}`);
    expect(reason).toMatch(/until \d\d:\d\d$/);
  });

  it('stands in the line that is always there', () => {
    expect(text(narrator.counts(closing(60).state(), at(1)))).toMatch(
      /^claude: rate limit until \d\d:\d\d:\d\d · /,
    );
  });

  it('is told, and that it is over', () => {
    const story = closing(60);
    expect(said(story)[0]).toMatch(
      /^◌ agent:claude rate limit: 1 slot from now on, nothing of it starts before \d\d:\d\d:\d\d$/,
    );
    story.add(130, { type: 'capacity.changed', pool: 'agent:claude', limit: 2, why: 'quiet' });
    expect(said(story)).toEqual(['◌ agent:claude quiet again: 2 slots from now on']);
  });

  it('that does not end is trouble', () => {
    const story = closing(60).add(61, {
      type: 'capacity.changed',
      ...{ pool: 'agent:claude', limit: 1, why: 'exhausted' },
    });
    expect(said(story)).toEqual([
      '⚠ agent:claude nothing but rate limits for 1h, or no end of them in that time: its tasks fail (--rate-limit-wait)',
    ]);
    expect(exitHint({ kind: 'rate-limit' }, { kind: 'command', text: 'x' })).toContain('--rate-limit-wait');
  });
});

describe('a budget that stops a run', () => {
  const stopped = spending({ budget: { costUsd: 1.5 } })
    .stopping(2, { kind: 'budget', kill: false, spent: { costUsd: 1.2 }, budget: { costUsd: 1.5 } })
    .ended(2, 'b', { kind: 'skipped', because: { kind: 'stopped', by: 'budget' } })
    .finished(2, 'failed')
    .state();

  it('says what was spent, what was not started, and how to go on', () => {
    const lines = texts(closingLines({ state: stopped, now: at(2), tails: new Map() }));
    expect(lines[0]).toBe(
      '✖ failed (the budget is used up: $1.20 of $1.50 spent, and no other task fits into the rest): 1 of 2 tasks skipped, 1 succeeded (1 only after a retry) in 2.0 s',
    );
    expect(lines).toContain('↓ skipped because the budget was used up: b');
    expect(lines.at(-1)).toBe('go on with it: batchtool resume r1 --max-cost 3USD');
  });

  it('names in its notice what is not started', () => {
    const story = spending({ budget: { costUsd: 1.5 } }).stopping(2, {
      kind: 'budget',
      ...{ kill: false, spent: { costUsd: 1.6 }, budget: { costUsd: 1.5 } },
    });
    expect(said(story)).toEqual([
      '■ stopping: the budget is used up: $1.60 of $1.50 spent; nothing new starts (not started: b)',
    ]);
  });
});

test('twice a budget is typed as it can be read', () => {
  const spent = { costUsd: 0.2, tokens: 500 };
  const budget = { costUsd: 0.1 + 0.2, tokens: 500 };
  expect(largerBudget({ budget, spent })).toBe('--max-cost 0.6USD --max-tokens 1000');
});

test('what was spent is doubled where it is more than the budget', () => {
  const spent = { costUsd: 5.41, tokens: 700 };
  expect(largerBudget({ budget: { costUsd: 1, tokens: 500 }, spent })).toBe(
    '--max-cost 10.82USD --max-tokens 1400',
  );
});

describe('a task that had no money left says whose it was', () => {
  const noMore = { kind: 'contract', failure: 'budget', reason: 'claude: no more' } as const;
  const hinted = (
    rest: Partial<Plan>,
    own: Budget | undefined,
    costUsd: number,
    handed: true | undefined,
  ): string | undefined => {
    const exit: Exit = { ...noMore, ...(handed === undefined ? {} : { handed }) };
    const tasks = [claude('a', own === undefined ? {} : { budget: own })];
    const state = new Story(plan(tasks, { pools, ...rest }))
      .add(0, {
        type: 'attempt.started',
        ...{ task: 'a', attempt: 1, round: 1 },
        ...(rest.budget === undefined ? {} : { reserve: rest.budget }),
      })
      .add(1, { type: 'attempt.exited', task: 'a', attempt: 1, exit, result: { costUsd } })
      .ended(1, 'a', { kind: 'failed', exit })
      .state();
    return hintFor(state, taskOf(state, 'a'));
  };

  test.each<[string, Partial<Plan>, Budget | undefined, number, RegExp, true | undefined]>([
    ['its own', {}, { costUsd: 1 }, 1.01, /^give the task more with "budget"/, undefined],
    [
      'that of the run',
      { budget: { costUsd: 1 } },
      undefined,
      1.01,
      /^give the run more with --max-cost/,
      undefined,
    ],
    [
      'its own, handed to a run within it',
      {},
      { costUsd: 1 },
      0.9,
      /^give the task more with "budget"/,
      true,
    ],
    ['that of its provider', { budget: { costUsd: 1 } }, { costUsd: 1 }, 0, /^see the account/, undefined],
    ['that of its provider, without any budget', {}, undefined, 0.2, /^see the account/, undefined],
  ])('%s', (_whose, rest, own, costUsd, hint, handed) => {
    expect(hinted(rest, own, costUsd, handed)).toMatch(hint);
  });
});

test('a review that asks for changes has broken no promise', () => {
  expect(exitReason({ kind: 'contract', reason: REVIEW_ASKS })).toBe('the review asks for changes');
});

test('a failure with a class is told in its own words, with what to do', () => {
  const exit = {
    kind: 'contract',
    failure: 'auth',
    reason: 'claude: the provider did not let it in',
  } as const;
  expect(exitReason(exit)).toBe('claude: the provider did not let it in');
  expect(exitHint(exit, { kind: 'command', text: 'x' })).toMatch(/^sign in/);
  expect(exitReason({ kind: 'contract', reason: 'no file' })).toBe(
    'did not deliver what was promised: no file',
  );
});

test('a time of day has seconds when it is near, and a date when it is far', () => {
  const now = new Date(2026, 10, 22, 23, 5, 9).getTime();
  expect(showClock(now + 5000, now)).toBe('23:05:14');
  expect(showClock(now + 3_600_000, now)).toBe('00:05');
  expect(showClock(now + 86_400_000, now)).toBe('2026-11-23 23:05');
});
