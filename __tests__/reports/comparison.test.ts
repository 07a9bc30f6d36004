import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Task } from '../../src/core/plan.js';
import type { RunState } from '../../src/core/state.js';
import type { Baseline } from '../../src/reports/baseline.js';
import { changes, comparisonMarkdown, isChange } from '../../src/reports/comparison.js';
import { baselineOf } from '../../src/reports/figures.js';
import { plan, task } from '../fakes/plan.js';
import { hostileText } from './hostile.js';
import { names, pageOf } from './page.js';
import { Story } from './story.js';

/** How a task ended, and after how many seconds. */
type Ran = readonly [task: Task, seconds: number, isBroken?: 'broken'];

function ran(...tasks: Ran[]): RunState {
  const story = new Story(plan(tasks.map(([each]) => each)));
  for (const [{ id }, seconds, isBroken] of tasks)
    if (isBroken) story.broke(0, seconds, id);
    else story.ran(0, seconds, id);
  return story.finished(Math.max(...tasks.map(([, seconds]) => seconds)), 'failed').state();
}

const earlier = (...tasks: Ran[]): Baseline =>
  baselineOf(ran(...tasks), { branch: 'main', commit: '3f6c1d5aa' }) as Baseline;

const text = (id: string, said: string): Task =>
  task(id, { label: said, work: { kind: 'command', text: said } });

describe('changes since an earlier run', () => {
  it('are tasks that fail or pass newly, and those that are new or gone', () => {
    const then = earlier(
      [task('a'), 1],
      [task('b'), 1, 'broken'],
      [task('c'), 1, 'broken'],
      [task('gone'), 1],
    );
    const now = ran([task('a'), 1, 'broken'], [task('b'), 1], [task('c'), 1, 'broken'], [task('new'), 1]);
    const found = changes(now, then);
    const ids = (tasks: readonly { task: Task }[]) => tasks.map((each) => each.task.id);
    expect(ids(found.newlyFailing)).toEqual(['a']);
    expect(ids(found.newlyPassing)).toEqual(['b']);
    expect(ids(found.added)).toEqual(['new']);
    expect(found.vanished).toEqual(['gone']);
  });

  it.each([
    [10, 12.4, 'neither'],
    [10, 12.5, 'slower'],
    [12.5, 10, 'faster'],
    [1, 2.9, 'neither'],
    [1, 3, 'slower'],
    [3, 1, 'faster'],
    [0, 2, 'slower'],
    [600, 700, 'neither'],
  ])('from %s s to %s s are %s', (then, now, expected) => {
    const found = changes(ran([task('a'), now]), earlier([task('a'), then]));
    const said = found.slower.length > 0 ? 'slower' : found.faster.length > 0 ? 'faster' : 'neither';
    expect(said).toBe(expected);
  });

  it('say nothing of the pace of what failed', () => {
    expect(isChange(changes(ran([task('a'), 90, 'broken']), earlier([task('a'), 1, 'broken'])))).toBe(false);
    expect(changes(ran([task('a'), 90]), earlier([task('a'), 1, 'broken'])).slower).toEqual([]);
  });

  it('put first what costs most time', () => {
    const then = earlier([task('a'), 10], [task('b'), 10], [task('c'), 10]);
    const now = ran([task('a'), 13], [task('b'), 60], [task('c'), 20]);
    expect(changes(now, then).slower.map((pace) => pace.task.task.id)).toEqual(['b', 'c', 'a']);
  });

  it('find texts without a name by what they say, each time that it stands there', () => {
    const then = earlier([text('1', 'lint'), 1], [text('2', 'test'), 1], [text('3', 'test'), 5, 'broken']);
    const now = ran(
      [text('1', 'types'), 1],
      [text('2', 'lint'), 1],
      [text('3', 'test'), 9],
      [text('4', 'test'), 5],
    );
    const found = changes(now, then);
    expect(found.added.map((each) => each.task.id)).toEqual(['1']);
    expect(found.vanished).toEqual([]);
    expect(found.slower.map((pace) => pace.task.task.id)).toEqual(['3']);
    expect(found.newlyPassing.map((each) => each.task.id)).toEqual(['4']);
  });

  it('find a task with a name though its text changed', () => {
    const renamed = task('a', { work: { kind: 'command', text: 'another' } });
    expect(isChange(changes(ran([renamed, 1]), earlier([task('a'), 1])))).toBe(false);
  });

  it('have costs when one task told it, and these alone are no change', () => {
    const paid = (costUsd: number): RunState =>
      new Story(plan([task('a')]))
        .started(0, 'a')
        .add(1, {
          type: 'attempt.exited',
          task: 'a',
          attempt: 1,
          exit: { kind: 'code', code: 0 },
          result: { costUsd },
        })
        .ended(1, 'a', { kind: 'succeeded' })
        .finished(1, 'succeeded')
        .state();
    const found = changes(paid(0.5), baselineOf(paid(0.25)) as Baseline);
    expect([found.cost, isChange(found)]).toEqual([{ beforeUsd: 0.25, nowUsd: 0.5 }, false]);
    expect(changes(ran([task('a'), 1]), baselineOf(paid(0.25)) as Baseline).cost).toEqual({
      beforeUsd: 0.25,
      nowUsd: 0,
    });
    expect(changes(ran([task('a'), 1]), earlier([task('a'), 1])).cost).toBeUndefined();
    expect(comparisonMarkdown(paid(0.5), baselineOf(paid(0.25)) as Baseline)).toEqual([
      '### Compared with run <code>r1</code>',
      '',
      'No task is newly failing, slower or faster.',
      '',
      '1.0 s in all, 1.0 s then · cost $0.50, $0.25 then',
    ]);
  });
});

describe('the comparison as Markdown', () => {
  it('names the changes of each kind, the worst first', () => {
    const then = earlier([task('a'), 1], [task('b'), 2], [text('1', 'lint'), 1], [task('gone'), 9]);
    const now = ran([task('a'), 1, 'broken'], [task('b'), 65], [text('1', 'npm run types'), 1]);
    expect(comparisonMarkdown(now, then)).toEqual([
      '### Compared with <code>main</code> at <code>3f6c1d5</code>',
      '',
      '- ❌ **newly failing**: <code>a</code>',
      '- 🐢 slower: <code>b</code> 2.0 s → 1m 05s',
      '- ➕ new: <code>1 (npm run types)</code>',
      '- ➖ no longer there: <code>gone</code>, 1 without a name',
      '',
      '1m 05s in all, 9.0 s then',
    ]);
  });

  it('names only some of many', () => {
    const many = Array.from({ length: 300 }, (_, place): Ran => [task(`t${place}`), 1]);
    const broken = many.map(([each]): Ran => [each, 1, 'broken']);
    expect(comparisonMarkdown(ran(...broken), earlier(...many), 3)[2]).toBe(
      '- ❌ **newly failing**: <code>t0</code>, <code>t1</code>, <code>t2</code> and 297 more',
    );
  });

  it('keeps its shape whatever texts and branches hold', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (said, branch) => {
        const then = { ...earlier([text('1', 'other'), 1]), branch };
        const page = pageOf(comparisonMarkdown(ran([text('1', said), 1]), then).join('\n'));
        expect(names(page)).toEqual(['h3', 'ul', 'p']);
      }),
    );
  });
});
