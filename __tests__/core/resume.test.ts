/** Which tasks a resume puts back (18). */
import { describe, expect, it } from '@jest/globals';
import type { Exit } from '../../src/core/exit.js';
import { REVIEW_IS_SILENT } from '../../src/core/expect.js';
import { launch } from '../../src/core/launch.js';
import { type ResumeChoice, tasksToResume } from '../../src/core/resume.js';
import { taskOf } from '../../src/core/state.js';
import { plan, task } from '../fakes/plan.js';
import { Spoken } from './spoken.js';

const choose = (run: Spoken, choice: Partial<ResumeChoice> = {}) =>
  tasksToResume(run.state, { failedOnly: false, rerun: [], ...choice });

describe('a resume', () => {
  it('keeps what succeeded and puts back what failed and what was skipped for it', () => {
    const run = new Spoken(plan([task('a'), task('b'), task('c', { needs: ['b'] })]));
    run.exit('a');
    run.exit('b', 1);
    expect(choose(run)).toEqual(['b', 'c']);
    expect(run.resume(choose(run))).toEqual(['start b#2']);
    run.exit('b');
    expect(run.exit('c')).toEqual(['c succeeded', 'run succeeded']);
  });

  it('puts back a clean-up and a failure handler that followed what failed', () => {
    const tasks = [
      task('a'),
      task('clean', { needs: ['a'], when: 'always' }),
      task('report', { needs: ['a'], when: 'failure' }),
    ];
    const run = new Spoken(plan(tasks));
    run.exit('a', 1);
    run.exit('clean');
    run.exit('report');
    expect(choose(run)).toEqual(['a', 'clean', 'report']);
  });

  it('puts back what a cancel ended or kept from starting', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] })]));
    run.cancel();
    run.exit('a');
    expect(choose(run)).toEqual(['a', 'b']);
  });

  it('with `failedOnly` leaves what a stop kept from starting', () => {
    const run = new Spoken(plan([task('a'), task('b'), task('c', { needs: ['b'] })], { onError: 'stop' }));
    run.exit('a', 1);
    run.exit('b');
    expect(run.state.status).toBe('failed');
    expect(choose(run, { failedOnly: true })).toEqual(['a']);
    expect(choose(run)).toEqual(['a', 'c']);
  });

  it('does not repeat a `once` task that is lost, even when it comes after what is put back', () => {
    const tasks = [task('a', { mayFail: true }), task('b', { needs: ['a'], once: true }), task('c')];
    const run = new Spoken(plan(tasks));
    run.exit('a', 1);
    run.resume();
    expect(run.state.tasks[1]?.outcome).toEqual({ kind: 'failed', exit: { kind: 'lost' } });
    expect(choose(run)).toEqual(['a']);
    expect(choose(run, { rerun: ['b'] })).toEqual(['a', 'b']);
  });

  it('with `rerun` repeats a `once` task that ran when its owner died', () => {
    const run = new Spoken(plan([task('a', { once: true }), task('b', { needs: ['a'] })]));
    expect(choose(run)).toEqual([]);
    expect(choose(run, { rerun: ['a'] })).toEqual(['a']);
    expect(run.resume(choose(run, { rerun: ['a'] }))).toEqual(['retry a at 0', 'start a#2']);
    expect(run.exit('a')).toEqual(['a succeeded', 'start b#1']);
    expect(run.exit('b')).toEqual(['b succeeded', 'run succeeded']);
  });

  it('puts back a `keep` task for one after it that is to run, and what stands between', () => {
    const tasks = [
      task('server', { keep: true }),
      task('other', { keep: true }),
      task('fill', { needs: ['server'] }),
      task('look', { needs: ['server'] }),
      task('test', { needs: ['fill'] }),
    ];
    const run = new Spoken(plan(tasks));
    for (const id of ['server', 'other', 'fill', 'look']) run.exit(id);
    run.exit('test', 1);
    expect(choose(run)).toEqual(['server', 'fill', 'test']);
    expect(run.resume(choose(run))).toEqual(['start server#2']);
    expect(run.exit('server')).toEqual(['server succeeded', 'start fill#2']);
    expect(run.exit('fill')).toEqual(['fill succeeded', 'start test#2']);
  });

  it('puts back a `keep` task for what waits or ran when its owner died', () => {
    const run = new Spoken(plan([task('server', { keep: true }), task('test', { needs: ['server'] })]));
    run.exit('server');
    expect(choose(run)).toEqual(['server']);
  });

  it('leaves what waits or ran when its owner died: that goes on by itself', () => {
    const tasks = [task('a', { mayFail: true }), task('b', { needs: ['a'] }), task('c', { needs: ['b'] })];
    const run = new Spoken(plan(tasks));
    run.exit('a', 1);
    expect(choose(run)).toEqual(['a']);
    expect(run.resume(choose(run))).toEqual([`retry b at 0`, 'start a#2']);
    expect(run.exit('a')).toEqual(['a succeeded', 'start b#2']);
  });

  it('with `rerun` puts back a task that succeeded, and all that came after it', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] }), task('c')]));
    run.exit('a');
    run.exit('b');
    run.exit('c');
    expect(choose(run)).toEqual([]);
    expect(choose(run, { rerun: ['a'] })).toEqual(['a', 'b']);
  });

  describe('of a review', () => {
    const loops = [
      {
        id: 'a-review',
        tasks: ['a', 'a-review'],
        again: { kind: 'failed' as const, tasks: ['a-review'] },
        max: 2,
      },
    ];
    const tasks = [task('a'), task('a-review', { needs: ['a'] }), task('b', { needs: ['a', 'a-review'] })];
    const rejected = (exit: Exit): Spoken => {
      const run = new Spoken(plan(tasks, { loops }));
      for (let round = 0; round < 2; round++) {
        run.exit('a');
        run.exit('a-review', exit);
      }
      return run;
    };

    it('puts back what it sent back, which is told what was found, with all its rounds', () => {
      const run = rejected({ kind: 'contract', reason: 'the review asks for changes' });
      expect(choose(run)).toEqual(['a', 'a-review', 'b']);
      expect(choose(run, { failedOnly: true })).toEqual(['a', 'a-review', 'b']);
      expect(run.resume(choose(run))).toEqual(['start a#3']);
      const { context } = launch(run.state, taskOf(run.state, 'a'));
      expect(context.map((entry) => entry.task)).toContain('a-review');
      run.exit('a');
      expect(run.exit('a-review', 1)).toEqual(['a-review failed', 'again (loop): a a-review', 'start a#4']);
    });

    it.each<Exit>([
      { kind: 'timeout', limitMillis: 5 },
      { kind: 'contract', reason: 'claude: no more', failure: 'budget' },
      { kind: 'contract', reason: REVIEW_IS_SILENT },
    ])('that has found nothing puts back nothing but itself and what waits for it: %j', (exit) => {
      expect(choose(rejected(exit))).toEqual(['a-review', 'b']);
    });
  });

  it('puts nothing back that runs when its loop goes again', () => {
    const loops = [{ id: 'loop', tasks: ['a'], again: { kind: 'failed' as const, tasks: ['a'] }, max: 3 }];
    const tasks = [task('a'), task('b', { needs: ['a'] }), task('c', { needs: ['b'] })];
    const run = new Spoken(plan(tasks, { loops }));
    run.exit('a');
    run.exit('b');
    expect(run.resume(['a'])).toEqual(['retry c at 0', 'start a#2', 'start c#2']);
    expect(run.exit('a', 1)).toEqual(['a failed']);
    expect(run.exit('c')).toEqual(['c succeeded', 'again (loop): a b c', 'start a#3']);
  });
});
