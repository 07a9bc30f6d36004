import { describe, expect, it } from '@jest/globals';
import {
  closingLines,
  failedTasks,
  shortClosingLines,
  tailLines,
  verdictLine,
} from '../../src/reports/failures.js';
import { plan, task } from '../fakes/plan.js';
import { at, Story, text, texts } from './story.js';

const seven = () =>
  plan([...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => task(id)), task('ship', { needs: ['a'] })]);

describe('the closing lines', () => {
  const failed = () =>
    new Story(seven())
      .broke(0, 2, 'a', { kind: 'timeout', limitMillis: 1_800_000 })
      .broke(0, 3, 'b', 127)
      .ran(0, 1, 'c')
      .ran(0, 1, 'd')
      .ran(0, 1, 'e')
      .ran(0, 1, 'f')
      .ended(3, 'ship', { kind: 'skipped', because: { kind: 'need', task: 'a' } })
      .finished(185, 'failed')
      .state();

  it('give the verdict, each failure with its last lines, the skipped ones, and how to go on', () => {
    const tails = new Map([['a', ['one', 'two']]]);
    expect(texts(closingLines({ state: failed(), now: at(999), tails }))).toEqual([
      '✖ failed: 2 of 7 tasks failed, 1 skipped, 4 succeeded in 3m 05s',
      '',
      '✖ a failed: timed out after 30m',
      '  hint: give it more time with --timeout',
      '  │ one',
      '  │ two',
      '  all of it: batchtool logs r1 --task a',
      '',
      '✖ b failed: exited with code 127 (command not found: echo)',
      '  hint: its program is not on PATH; if the text is meant for an agent: "prompt: echo b"',
      '  no output; all of it: batchtool logs r1 --task b',
      '',
      '↓ skipped because a failed: ship',
      '',
      'go on with it: batchtool resume r1',
    ]);
  });

  it('are one line when all went well', () => {
    const state = new Story(plan([task('a')])).ran(0, 4.2, 'a').finished(4.2, 'succeeded').state();
    expect(texts(closingLines({ state, now: at(9), tails: new Map() }))).toEqual([
      '✔ succeeded: 1 task succeeded in 4.2 s',
    ]);
  });

  it('say how many needed a retry, for these are not sound', () => {
    const state = new Story(
      plan([task('a', { retry: { max: 1, delayMillis: 0, maxDelayMillis: 0 } }), task('b')]),
    )
      .started(0, 'a')
      .exited(1, 'a', 1)
      .retrying(1, 'a', 1, { kind: 'code', code: 1 })
      .started(1, 'a', 2)
      .exited(2, 'a', 0, 2)
      .ended(2, 'a', { kind: 'succeeded' })
      .ran(0, 1, 'b')
      .finished(2, 'succeeded')
      .state();
    expect(text(verdictLine({ state, now: at(2) }))).toBe(
      '✔ succeeded: 2 tasks succeeded (1 only after a retry) in 2.0 s',
    );
  });

  it('say who cancelled', () => {
    const state = new Story(plan([task('a'), task('b')]))
      .ran(0, 1, 'a')
      .stopping(1, { kind: 'cancelled', kill: true, by: 'SIGINT' })
      .ended(1, 'b', { kind: 'cancelled' })
      .finished(1, 'cancelled')
      .state();
    expect(texts(closingLines({ state, now: at(1), tails: new Map() }))).toEqual([
      '■ cancelled by SIGINT: 1 of 2 tasks cancelled, 1 succeeded in 1.0 s',
      '',
      'go on with it: batchtool resume r1',
    ]);
  });

  it('mention a failure that was allowed in one line and want no log of it', () => {
    const state = new Story(plan([task('a', { mayFail: true })]))
      .broke(0, 1, 'a')
      .finished(1, 'succeeded')
      .state();
    expect(failedTasks(state)).toEqual([]);
    expect(texts(closingLines({ state, now: at(1), tails: new Map() }))).toContain(
      '⚠ a failed, as it may: exited with code 1',
    );
  });

  it('do not call a run that succeeded one with failed tasks', () => {
    const state = new Story(plan([task('a', { mayFail: true }), task('b'), task('c')]))
      .broke(0, 1, 'a')
      .ran(0, 1, 'b')
      .ran(0, 1, 'c')
      .finished(1, 'succeeded')
      .state();
    expect(text(verdictLine({ state, now: at(1) }))).toBe(
      '✔ succeeded: 2 of 3 tasks succeeded, 1 may fail and did in 1.0 s',
    );
  });

  it('tell failures that decided from those that were allowed', () => {
    const state = new Story(plan([task('a', { mayFail: true }), task('b'), task('c')]))
      .broke(0, 1, 'a')
      .broke(0, 1, 'b')
      .ran(0, 1, 'c')
      .finished(1, 'failed')
      .state();
    expect(text(verdictLine({ state, now: at(1) }))).toBe(
      '✖ failed: 1 of 3 tasks failed, 1 may fail and did, 1 succeeded in 1.0 s',
    );
  });

  it('say how a task that runs only once is run again when its end was not seen', () => {
    const state = new Story(plan([task('a', { once: true })]))
      .broke(0, 1, 'a', { kind: 'lost' })
      .finished(1, 'failed')
      .state();
    expect(texts(closingLines({ state, now: at(1), tails: new Map() })).join('\n')).toContain(
      'may have done its work: see what it did; `batchtool resume r1 --rerun a` runs it again',
    );
  });

  it('say where output is that nobody has seen, if there is any', () => {
    const told = (outputBytes: number, isOutputUnseen: boolean) => {
      const state = new Story(plan([task('a')]))
        .started(0, 'a')
        .add(1, {
          type: 'attempt.exited',
          task: 'a',
          attempt: 1,
          exit: { kind: 'code', code: 0 },
          outputBytes,
        })
        .ended(1, 'a', { kind: 'succeeded' })
        .finished(1, 'succeeded')
        .state();
      return texts(closingLines({ state, now: at(1), tails: new Map(), isOutputUnseen })).slice(1);
    };
    expect(told(5, true)).toEqual(['', 'what the tasks wrote: batchtool logs r1']);
    expect([told(5, false), told(0, true)]).toEqual([[], []]);
  });

  it('repeat the state folder that was named in all that they propose', () => {
    const stateWords = " --state-dir '../my state'";
    const tails = new Map([['a', ['one']]]);
    const said = texts(closingLines({ state: failed(), now: at(999), tails, stateWords })).join('\n');
    expect(said).toContain("batchtool logs r1 --task a --state-dir '../my state'");
    expect(said).toContain("go on with it: batchtool resume r1 --state-dir '../my state'");
  });

  it('name what runs only once and was lost, where nothing else keeps the run from success', () => {
    const lost = () =>
      new Story(plan([task('a', { once: true }), task('b', { needs: ['a'] }), task('c')])).broke(0, 1, 'a', {
        kind: 'lost',
      });
    const lastLine = (story: Story) =>
      texts(closingLines({ state: story.state(), now: at(1), tails: new Map() })).at(-1);
    const skipped = { kind: 'skipped', because: { kind: 'need', task: 'a' } } as const;
    expect(lastLine(lost().ended(1, 'b', skipped).ran(0, 1, 'c').finished(1, 'failed'))).toBe(
      'go on with it: batchtool resume r1 --rerun a',
    );
    expect(lastLine(lost().ended(1, 'b', skipped).broke(0, 1, 'c').finished(1, 'failed'))).toBe(
      'go on with it: batchtool resume r1',
    );
  });

  it('put all that one failure kept from running into one line', () => {
    const tasks = [task('t0')];
    for (let i = 1; i < 2000; i++) tasks.push(task(`t${i}`, { needs: [`t${i - 1}`] }));
    const story = new Story(plan(tasks)).broke(0, 1, 't0');
    for (let i = 1; i < 2000; i++)
      story.ended(1, `t${i}`, { kind: 'skipped', because: { kind: 'need', task: `t${i - 1}` } });
    const lines = texts(
      closingLines({ state: story.finished(1, 'failed').state(), now: at(1), tails: new Map() }),
    );
    expect(lines).toContain('↓ skipped because t0 failed: t1, t2, t3, t4, t5, t6, t7, t8 and 1991 more');
  });

  it('show fewer lines of each log the more tasks failed', () => {
    expect([1, 5, 6, 20, 21, 5000].map(tailLines)).toEqual([20, 20, 8, 8, 3, 3]);
    const tails = new Map([['a', Array.from({ length: 50 }, (_, i) => `line ${i}`)]]);
    const shown = texts(closingLines({ state: failed(), now: at(1), tails })).filter((line) =>
      line.includes('│'),
    );
    expect([shown.length, shown[19]]).toEqual([20, '  │ line 49']);
  });

  it('cut a line of a log that nobody could read', () => {
    const tails = new Map([['a', ['x'.repeat(100_000)]]]);
    const longest = Math.max(
      ...texts(closingLines({ state: failed(), now: at(1), tails })).map((line) => line.length),
    );
    expect(longest).toBeLessThan(2100);
  });
});

describe('the closing lines where failures stand above', () => {
  it('are the verdict, and what was skipped for a few reasons', () => {
    const ids = Array.from({ length: 7 }, (_, place) => `t${place}`);
    const story = new Story(plan(ids.flatMap((id) => [task(id), task(`after-${id}`, { needs: [id] })])));
    for (const id of ids)
      story.broke(0, 1, id).ended(1, `after-${id}`, { kind: 'skipped', because: { kind: 'need', task: id } });
    const state = story.finished(1, 'failed').state();
    expect(texts(shortClosingLines({ state, now: at(9) }))).toEqual([
      '✖ failed: 7 of 14 tasks failed, 7 skipped in 1.0 s',
      ...ids.slice(0, 5).map((id) => `↓ skipped because ${id} failed: after-${id}`),
      '  and others for 2 more reasons',
    ]);
  });
});
