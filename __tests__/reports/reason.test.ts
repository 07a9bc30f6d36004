import { describe, expect, it, test } from '@jest/globals';
import type { Exit } from '../../src/core/exit.js';
import type { Work } from '../../src/core/plan.js';
import { exitHint } from '../../src/reports/hint.js';
import {
  becauseReason,
  exitReason,
  outcomeReason,
  showLimit,
  someOf,
  stopReason,
} from '../../src/reports/reason.js';
import { plan, task } from '../fakes/plan.js';
import { Story } from './story.js';

const command = (text: string): Work => ({ kind: 'command', text });

describe('why an attempt ended', () => {
  const cases: [Exit, string][] = [
    [{ kind: 'code', code: 1 }, 'exited with code 1'],
    [{ kind: 'code', code: 126 }, 'exited with code 126 (the command cannot be executed)'],
    [
      { kind: 'code', code: 137 },
      "exited with code 137 (128+9: a command in it was killed by SIGKILL: often the kernel's out-of-memory killer)",
    ],
    [{ kind: 'code', code: 143 }, 'exited with code 143 (128+15: a command in it was killed by SIGTERM)'],
    [{ kind: 'code', code: 3221225786 }, 'exited with code 3221225786 (0xC000013A)'],
    [
      { kind: 'signal', signal: 'SIGKILL' },
      "killed by SIGKILL (not by batchtool: often the kernel's out-of-memory killer)",
    ],
    [{ kind: 'signal', signal: 'SIGTERM' }, 'killed by SIGTERM (not by batchtool)'],
    [{ kind: 'signal', signal: 'SIGSEGV' }, 'killed by SIGSEGV (it crashed)'],
    [{ kind: 'timeout', limitMillis: 1_800_000 }, 'timed out after 30m'],
    [{ kind: 'idle', limitMillis: 600_000 }, 'no output for 10m (idle limit)'],
    [{ kind: 'memory', limitBytes: 2e9, peakBytes: 2.3e9 }, 'used 2.3 GB of memory, limit 2.0 GB'],
    [{ kind: 'memory', limitBytes: 2e9, peakBytes: 2.01e9 }, 'used more than 2.0 GB of memory (limit)'],
    [{ kind: 'output', limitBytes: 1e9 }, 'wrote more than 1.0 GB of output (output limit)'],
    [{ kind: 'spawn-error', message: 'no such folder: x' }, 'could not be started: no such folder: x'],
    [{ kind: 'contract', reason: 'no file a.js' }, 'did not deliver what was promised: no file a.js'],
    [{ kind: 'rate-limit' }, 'rate-limited by the provider'],
    [
      { kind: 'rate-limit', retryAfterMillis: 30_000 },
      'rate-limited by the provider, which asks to wait 30s',
    ],
    [
      { kind: 'conflict', files: ['a', 'b'], task: 'x', against: ['y'], onto: 'c0' },
      'the changes of x conflict with those of y in a, b',
    ],
    [{ kind: 'lost' }, 'its end was not seen: batchtool itself, or its fork server, was gone'],
  ];
  test.each(cases)('%j reads as a sentence', (exit, words) => {
    expect(exitReason(exit)).toBe(words);
  });

  const notFound: [string, string][] = [
    ['foo --bar', 'exited with code 127 (command not found: foo)'],
    ['A=1 B=2 foo x', 'exited with code 127 (command not found: foo)'],
    ['cd x && foo', 'exited with code 127 (command not found)'],
    ['"$RUNNER" x', 'exited with code 127 (command not found)'],
  ];
  test.each(notFound)('code 127 of %j names the command only when there is just one', (text, words) => {
    expect(exitReason({ kind: 'code', code: 127 }, command(text))).toBe(words);
  });

  it('offers "prompt:" for a command that was not found, but not for an agent', () => {
    const exit: Exit = { kind: 'code', code: 127 };
    expect(exitHint(exit, command('Research\n things'))).toContain('"prompt: Research things"');
    expect(exitHint(exit, command('x'.repeat(50)))).toContain(`"prompt: ${'x'.repeat(39)}…"`);
    expect(exitHint(exit, { kind: 'prompt', text: 'x', mode: 'code' })).toBeUndefined();
  });

  it('does not take the first program of a text for the one that is missing', () => {
    const exit: Exit = { kind: 'code', code: 127 };
    expect(exitHint(exit, command('echo x | sort'))).toMatch(/^a program that it calls is not on PATH/);
    expect(exitHint(exit, command('nope (x)'))).toMatch(/^its program is not on PATH/);
  });

  it('names the runner of a text that was kept from being a SPARC command, and proposes no prompt', () => {
    const exit: Exit = { kind: 'code', code: 127 };
    for (const text of ["flowx sparc run code 'x'", "npx -y flowx@alpha sparc run code 'x'"])
      expect(exitHint(exit, command(text))).toMatch(
        /^the SPARC runner flowx is not on PATH: .*built-in runner/,
      );
  });

  it('quotes a text so that it can be copied', () => {
    const exit: Exit = { kind: 'code', code: 127 };
    expect(exitHint(exit, command('say "hi"'))).toMatch(/'prompt: say "hi"'$/);
  });

  it('does not blame the runner alone where another program of the text may be the one', () => {
    const exit: Exit = { kind: 'code', code: 127 };
    const of = (text: string): string => exitReason(exit, { kind: 'command', text, runner: 'flowx' });
    expect(of("flowx sparc run code 'x' 2>&1 | tee log")).toBe(
      'exited with code 127 (command not found: the SPARC runner flowx, a program that it calls, or another of the text)',
    );
    expect(of("flowx sparc run code 'a; b | c' 2>&1")).toContain('(not found: the SPARC runner flowx,');
  });

  it('names the runner that a SPARC command or prompt did not find, and the way out', () => {
    const exit: Exit = { kind: 'code', code: 127 };
    const work: Work = { kind: 'command', text: 'flowx sparc run code x', runner: 'flowx' };
    expect(exitReason(exit, work)).toBe(
      'exited with code 127 (not found: the SPARC runner flowx, or a program that it calls; install it, or name one that is installed)',
    );
    expect(exitHint(exit, work)).toBeUndefined();
    expect(exitReason(exit, { kind: 'prompt', text: 'x', mode: 'code', runner: 'flowx' })).toBe(
      'exited with code 127 (not found: a program that flowx calls)',
    );
  });

  it('says what to do about a program that could not be started', () => {
    const exit: Exit = { kind: 'spawn-error', message: 'the program x is not on PATH' };
    expect(exitHint(exit, command('y'))).toContain('--shell');
    expect(exitHint(exit, { kind: 'prompt', text: 'y', mode: 'code', runner: 'x' })).toContain('install it');
  });

  it('names the option that lifts a limit', () => {
    expect(exitHint({ kind: 'timeout', limitMillis: 1 }, command('x'))).toContain('--timeout');
    expect(exitHint({ kind: 'code', code: 1 }, command('x'))).toBeUndefined();
  });
});

describe('why a task was skipped', () => {
  const chain = () =>
    new Story(plan([task('build'), task('test', { needs: ['build'] }), task('ship', { needs: ['test'] })]))
      .broke(0, 1, 'build')
      .ended(1, 'test', { kind: 'skipped', because: { kind: 'need', task: 'build' } })
      .ended(1, 'ship', { kind: 'skipped', because: { kind: 'need', task: 'test' } })
      .state();

  it('names the task that failed', () => {
    expect(becauseReason(chain(), { kind: 'need', task: 'build' })).toBe('because build failed');
  });

  it('names the root of a chain of skips', () => {
    expect(becauseReason(chain(), { kind: 'need', task: 'test' })).toBe(
      'because test was skipped (build failed)',
    );
  });

  it('names what stopped the run', () => {
    const because = { kind: 'stopped', by: 'failure' } as const;
    expect(becauseReason(chain(), because)).toBe('because the run stopped when build failed');
    expect(becauseReason(chain(), { kind: 'stopped', by: 'deadline' })).toBe(
      "because the run's time limit was over",
    );
  });

  it('goes through a chain of ten thousand without trouble', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) =>
      task(`t${i}`, { needs: i === 0 ? [] : [`t${i - 1}`] }),
    );
    const story = new Story(plan(tasks)).broke(0, 1, 't0');
    for (let i = 1; i < tasks.length; i++)
      story.ended(1, `t${i}`, { kind: 'skipped', because: { kind: 'need', task: `t${i - 1}` } });
    expect(becauseReason(story.state(), { kind: 'need', task: 't9999' })).toBe(
      'because t9999 was skipped (t0 failed)',
    );
  });
});

it('a plain success needs no reason, one from the cache does', () => {
  const story = () => new Story(plan([task('a')])).started(0, 'a').exited(1, 'a');
  const plain = story().ended(1, 'a', { kind: 'succeeded' }).state();
  const cached = story().ended(1, 'a', { kind: 'succeeded', cached: true }).state();
  expect(outcomeReason(plain, plain.tasks[0] as never)).toBeUndefined();
  expect(outcomeReason(cached, cached.tasks[0] as never)).toBe('from the cache');
});

it('the failure of what asks for another round says whether it is the last word', () => {
  const again = { kind: 'not-succeeded', tasks: ['until'] } as const;
  const told = () =>
    new Story({
      ...plan([task('a'), task('until', { needs: ['a'], when: 'always' })]),
      loops: [{ id: 'l', tasks: ['a', 'until'], again, max: 1 }],
    })
      .ran(0, 1, 'a')
      .broke(1, 2, 'until');
  const [open, closed] = [told().state(), told().add(2, { type: 'loop.closed', loop: 'l' }).state()];
  expect(outcomeReason(open, open.tasks[1] as never)).toBe('not met: exited with code 1');
  expect(outcomeReason(closed, closed.tasks[1] as never)).toBe(
    'not met after 1 of 1 round: exited with code 1',
  );
});

test.each([
  [{ kind: 'failure', task: 'a', kill: true }, 'a failed'],
  [
    { kind: 'budget', kill: false, spent: { costUsd: 5.1 }, budget: { costUsd: 5 } },
    'the budget is used up: $5.10 of $5.00 spent',
  ],
  [
    {
      kind: 'budget',
      kill: false,
      spent: { costUsd: 4.8, tokens: 1000 },
      budget: { costUsd: 5, tokens: 2_000_000 },
    },
    'the budget is used up: $4.80 and 1.0k tokens of $5.00 and 2.0M tokens spent, and no other task fits into the rest',
  ],
  [{ kind: 'deadline', kill: true, limitMillis: 5_400_000 }, "the run's time limit of 1h30m is over"],
  [{ kind: 'cancelled', kill: true, by: 'SIGINT' }, 'cancelled by SIGINT'],
] as const)('the stop %j reads as a clause', (why, words) => {
  expect(stopReason(why)).toBe(words);
});

test.each([
  [500, '500ms'],
  [1500, '1.5s'],
  [30_000, '30s'],
  [90_000, '1m30s'],
  [5_400_000, '1h30m'],
  [86_400_000, '1d'],
])('a limit of %d ms is shown as people type it', (millis, words) => {
  expect(showLimit(millis)).toBe(words);
});

it('a long list is cut, but never by a single name', () => {
  expect(someOf(['a', 'b', 'c'], 2)).toBe('a, b, c');
  expect(someOf(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});
