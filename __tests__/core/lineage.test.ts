import { describe, expect, test } from '@jest/globals';
import { baseOf, begun, conflict, isolatedPlan, launchOf, mergeOf } from './isolated.js';

const graph = (...tasks: string[]) =>
  isolatedPlan(['--dependency-aware', '--isolate', 'worktree', ...tasks.flatMap((task) => ['--task', task])]);

describe('an isolated attempt begins', () => {
  test('where the run does, if nothing was done before it', () => {
    expect(launchOf(begun(graph('a:x')), 'a').worktree).toEqual({ base: 'o', copy: [] });
  });

  test('nowhere in a run that knows of no commit', () => {
    const run = begun(graph('a:x'));
    delete run.state.base;
    run.exit('a', 1);
    expect(run.reread().base).toBe('o');
  });

  test('in the commit of the task before it', () => {
    const run = begun(graph('a:x', 'b:x:depends=a'));
    run.commits('a', 'A');
    expect(baseOf(run, 'b')).toBe('A');
  });

  test('where that one began, if it changed nothing', () => {
    const run = begun(graph('a:x', 'b:x:depends=a', 'c:x:depends=b'));
    run.commits('a', 'A');
    run.commits('b');
    expect(baseOf(run, 'c')).toBe('A');
  });

  test('in what the merge of several made', () => {
    const run = begun(graph('a:x', 'b:x', 'c:x:depends=a,b'));
    run.commits('b', 'B');
    run.commits('a', 'A');
    expect(mergeOf(run, 'integrate-c')).toBe('o a(o..A) b(o..B)');
    run.commits('integrate-c', 'AB');
    expect(baseOf(run, 'c')).toBe('AB');
  });

  test('in the last good state where the one before it may fail', () => {
    const file =
      'defaults: {isolate: worktree}\ntasks: {a: {run: x}, b: {run: x, needs: a, continue-on-error: true}, c: {run: x, needs: b}}';
    const run = begun(isolatedPlan([], { file }));
    run.commits('a', 'A');
    run.exit('b', 1);
    expect(baseOf(run, 'c')).toBe('A');
  });

  test('in the newest commit of the one before it, when both run again', () => {
    const run = begun(graph('a:x', 'b:x:depends=a'));
    run.commits('a', 'A');
    run.commits('b', 'B');
    run.exit('integrate', 1);
    run.resume(['a', 'b', 'integrate']);
    run.commits('a', 'A2');
    expect(baseOf(run, 'b')).toBe('A2');
  });
});

describe('the last merge', () => {
  test('takes what each did since it began, in the order of the plan', () => {
    const run = begun(graph('a:x', 'b:x:depends=a', 'c:x'));
    run.commits('c', 'C');
    run.commits('a', 'A');
    run.commits('b', 'B');
    expect(mergeOf(run)).toBe('o a(o..A) b(A..B) c(o..C)');
  });

  test('leaves out who failed or changed nothing', () => {
    const run = begun(graph('a:x', 'b:x', 'c:x'));
    run.commits('a');
    run.exit('b', 1);
    run.commits('c', 'C');
    expect(mergeOf(run)).toBe('o c(o..C)');
  });

  test('leaves out what was built on something that was done anew', () => {
    const run = begun(graph('a:x', 'b:x:depends=a'));
    run.commits('a', 'A');
    run.commits('b', 'B');
    run.exit('integrate', 1);
    run.resume(['a', 'b', 'integrate']);
    run.commits('a', 'A2');
    run.exit('b', 1);
    expect(mergeOf(run)).toBe('o a(o..A2)');
  });

  test('counts what an earlier round did, if the last one of the same task failed', () => {
    const run = begun(graph('a:x'));
    run.commits('a', 'A');
    run.exit('integrate', 1);
    run.resume(['a', 'integrate']);
    run.exit('a', 1);
    expect(mergeOf(run)).toBe('o a(o..A)');
  });

  test.each([
    [[], undefined],
    [['--rollback-enabled'], 'a task failed, and the tree was to stay as it was then'],
  ])('with %j after a failure stays for: %s', (flags, why) => {
    const run = begun(isolatedPlan(['--isolate', 'worktree', ...flags, 'x', 'y']));
    run.commits('1', 'A');
    run.exit('2', 1);
    expect(launchOf(run, 'integrate').merge?.staysFor).toBe(why);
  });

  test.each(['', 'pattern: progressive\n'])(
    'that a review has not accepted is merged, and stays out of the tree (%j)',
    (pattern) => {
      const file = `${pattern}defaults: {isolate: worktree}\ntasks: {a: {run: x, review: {run: y}}}`;
      const run = begun(isolatedPlan([], { file }));
      for (const round of ['A', 'A2']) {
        run.commits('a', round);
        run.exit('a-review', 1);
      }
      if (pattern === '') expect(mergeOf(run)).toBe('o a-review(o..A2)');
      expect(launchOf(run, 'integrate').merge?.staysFor).toBe('a-review has not accepted it');
    },
  );
});

describe('a loop', () => {
  const phases = (...more: string[]) =>
    isolatedPlan(
      ['--boomerang', '--isolate', 'worktree', '--p1', 'sh: x', '--p2', 'sh: y', ...more],
      {},
      'orchestrate',
    );

  test('goes on from what its last round left, and is one change in the end', () => {
    const run = begun(phases('--until', 'sh: z'));
    run.commits('p1', 'P1');
    run.commits('p2', 'P2');
    run.exit('until', 1);
    expect(baseOf(run, 'p1')).toBe('P2');
    run.commits('p1', 'P3');
    expect(baseOf(run, 'p2')).toBe('P3');
    run.commits('p2');
    expect(baseOf(run, 'until')).toBe('P3');
    run.commits('until');
    expect(mergeOf(run)).toBe('P3');
  });

  test('keeps what a phase did in a round in which the next one failed', () => {
    const run = begun(phases('--loop-back-on', 'p2', '--max-iterations', '2'));
    run.commits('p1', 'P1');
    run.commits('p2', 'P2');
    expect(mergeOf(run)).toBe('P2');
    const again = begun(phases('--loop-back-on', 'p2', '--max-iterations', '2'));
    again.commits('p1', 'P1');
    again.exit('p2', 1);
    expect(baseOf(again, 'p1')).toBe('P1');
    again.commits('p1', 'P2');
    again.exit('p2', 1);
    expect(mergeOf(again)).toBe('P2');
  });

  test('of a review goes on from what was reviewed', () => {
    const file =
      'defaults: {isolate: worktree}\ntasks: {z: {run: z}, a: {run: x, needs: z, review: {run: y}}}';
    const run = begun(isolatedPlan([], { file }));
    run.commits('z', 'Z');
    run.commits('a', 'A');
    expect(baseOf(run, 'a-review')).toBe('A');
    run.exit('a-review', 1);
    expect(baseOf(run, 'a')).toBe('A');
    run.commits('a', 'A2');
    run.commits('a-review');
    expect(mergeOf(run)).toBe('o z(o..Z) a-review(Z..A2)');
  });
});

describe('after a conflict, with --on-conflict retry,', () => {
  const retrying = (...tasks: string[]) =>
    isolatedPlan([
      ...['--dependency-aware', '--isolate', 'worktree', '--on-conflict', 'retry'],
      ...tasks.flatMap((task) => ['--task', task]),
    ]);

  test('the later task begins anew on what was merged before it, with what came after', () => {
    const run = begun(retrying('a:x', 'b:x', 'c:x:depends=b'));
    run.commits('a', 'A');
    run.commits('b', 'B');
    run.commits('c', 'C');
    expect(run.exit('integrate', conflict('b', 'A', ['a']))).toEqual([
      'again (conflict): b c integrate',
      'start b#2',
    ]);
    expect(launchOf(run, 'b').worktree).toEqual({
      ...{ base: 'A', copy: [] },
      redo: { files: ['f'], task: 'b', against: ['a'], onto: 'A', commit: 'B' },
    });
    run.commits('b', 'AB');
    expect(baseOf(run, 'c')).toBe('AB');
    run.commits('c', 'ABC');
    expect(mergeOf(run)).toBe('o a(o..A) b(A..AB) c(AB..ABC)');
    expect(run.commits('integrate', 'ABC')).toEqual(['integrate succeeded', 'run succeeded']);
    expect(run.reread().tasks).toEqual(run.state.tasks);
  });

  test('what it did before does not count any more', () => {
    const run = begun(retrying('a:x', 'b:x'));
    run.commits('a', 'A');
    run.commits('b', 'B');
    run.exit('integrate', conflict('b', 'A', ['a']));
    run.exit('b', 1);
    expect(mergeOf(run)).toBe('o a(o..A)');
  });

  test('it waits until nothing runs that came after the task', () => {
    const run = begun(retrying('a:x', 'b:x', 'c:x:depends=a,b', 'd:x:depends=b'));
    run.commits('a', 'A');
    run.commits('b', 'B');
    expect(run.exit('integrate-c', conflict('b', 'A', ['a']))).toEqual([]);
    expect(run.exit('d')).toEqual(['d succeeded', 'again (conflict): b integrate-c d', 'start b#2']);
  });

  test('it waits no more when a failure that happens then stops the run', () => {
    const plan = retrying('a:x', 'b:x', 'c:x:depends=a,b', 'd:x:depends=b');
    const run = begun({ ...plan, onError: 'stop' });
    run.commits('a', 'A');
    run.commits('b', 'B');
    run.exit('integrate-c', conflict('b', 'A', ['a']));
    expect(run.exit('d', 1).slice(0, 3)).toEqual(['d failed', 'stop by failure', 'integrate-c failed']);
  });

  test('the task begins there too when a resume has put it back before', () => {
    const run = begun(retrying('a:x', 'b:x', 'c:x:depends=a,b', 'd:x:depends=b'));
    run.commits('a', 'A');
    run.commits('b', 'B');
    run.exit('integrate-c', conflict('b', 'A', ['a']));
    expect(run.resume(['b'])).toContain('again (conflict): integrate-c');
    expect([baseOf(run, 'b'), run.state.tasks.find(({ task }) => task.id === 'b')?.round]).toEqual(['A', 2]);
  });

  test('a third one of the same task is a failure', () => {
    const run = begun(retrying('a:x', 'b:x'));
    run.commits('a', 'A');
    for (const commit of ['B', 'B2', 'B3']) {
      run.commits('b', commit);
      run.exit('integrate', conflict('b', 'A', ['a']));
    }
    expect(run.state.status).toBe('failed');
    expect(run.state.tasks.map(({ attempts }) => attempts.length)).toEqual([1, 3, 3]);
  });

  test('nothing begins anew once the run is stopped', () => {
    const run = begun(retrying('a:x', 'b:x'));
    run.commits('a', 'A');
    run.commits('b', 'B');
    run.cancel();
    expect(run.exit('integrate', conflict('b', 'A'))).toContain('run cancelled');
  });

  test('a loop begins anew as a whole, on what was merged before it', () => {
    const file = `defaults: {isolate: worktree}
on-conflict: retry
tasks: {z: {run: z}, a: {run: x, review: {run: y}}}`;
    const run = begun(isolatedPlan([], { file }));
    run.commits('z', 'Z');
    run.commits('a', 'A');
    run.exit('a-review', 1);
    run.commits('a', 'A2');
    run.commits('a-review');
    expect(run.exit('integrate', conflict('a-review', 'Z', ['z']))).toEqual([
      'again (conflict): a a-review integrate',
      'start a#3',
    ]);
    expect(baseOf(run, 'a')).toBe('Z');
    run.commits('a', 'ZA');
    run.exit('a-review', 1);
    expect(baseOf(run, 'a')).toBe('ZA');
    run.commits('a', 'ZA2');
    run.commits('a-review');
    expect(mergeOf(run)).toBe('o z(o..Z) a-review(Z..ZA2)');
  });
});

test('without --on-conflict retry a conflict is the end of the merge, and of what waits for it', () => {
  const run = begun(graph('a:x', 'b:x', 'c:x:depends=a,b'));
  run.commits('a', 'A');
  run.commits('b', 'B');
  expect(run.exit('integrate-c', conflict('b', 'A', ['a']))).toEqual([
    'integrate-c failed',
    'c skipped (need integrate-c)',
    'start integrate#1',
  ]);
});
