/** What isolated attempts changed comes together, and lands in the user's tree or stays on a branch. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { IsolatedBench } from './isolated-bench.js';
import type { Exited } from './workbench.js';

let bench: IsolatedBench;

beforeEach(async () => {
  bench = await IsolatedBench.make();
});
afterEach(() => bench.clear());

/** Two tasks that change different files. */
async function twoTasks(): Promise<Exited[]> {
  return [
    await bench.run('echo one >> a.txt', { task: 'one' }),
    await bench.run('echo two > two.txt', { task: 'two' }),
  ];
}
const members = async (): Promise<ReturnType<IsolatedBench['member']>[]> =>
  (await twoTasks()).map((seen) => bench.member(seen));
const head = (): string => bench.repository.git('rev-parse', 'HEAD');
const RESULT = 'batchtool/r1/result';

describe('an integration', () => {
  test('at the end leads a clean tree on to all of it, and leaves no branch', async () => {
    const seen = await bench.merge(await members(), 'worktree');
    expect(seen).toMatchObject({
      exit: { kind: 'code', code: 0 },
      commit: head(),
      changes: { files: [{ path: 'a.txt' }, { path: 'two.txt' }] },
      outputs: { commit: head(), landed: 'yes', branch: 'main' },
    });
    expect(bench.repository.read('two.txt')).toBe('two\n');
    expect(bench.repository.git('status', '--porcelain')).toBe('');
    expect(bench.branches()).toEqual([]);
    expect(bench.patch('integrate')).toContain('+two');
    expect(bench.log('integrate')).toMatch(
      /^on top of \w{10}\none: as it is \(\w+\)\ntwo: merged .*\nall of it .* main has moved on to it\n$/,
    );
  });

  test('that is asked for a branch leaves the tree alone', async () => {
    const seen = await bench.merge(await members(), 'branch');
    expect(seen.outputs).toEqual({ commit: seen.commit, landed: 'no', branch: RESULT });
    expect(head()).toBe(bench.base);
    expect(bench.repository.git('rev-parse', RESULT)).toBe(seen.commit);
    expect(bench.branches()).toEqual([RESULT]);
  });

  test('that is asked for neither merges nothing, whether it goes together or not, and says who won', async () => {
    const one = await bench.run('echo one > a.txt', { task: 'one' });
    const two = await bench.run('echo two > a.txt', { task: 'two' });
    const winner = { name: 'a', why: 'compare named it' };
    const seen = await bench.merge([bench.member(one), bench.member(two)], 'none', { winner });
    expect(seen).toMatchObject({ exit: { kind: 'code', code: 0 }, outputs: { winner: 'a', landed: 'no' } });
    expect(seen).not.toHaveProperty('commit');
    expect(bench.branches()).toEqual(['batchtool/r1/task/one.1', 'batchtool/r1/task/two.1']);
    expect(head()).toBe(bench.base);
  });

  test('within a run is a commit on a branch of its own, from which others go on', async () => {
    const seen = await bench.merge(await members());
    expect(seen.outputs).toEqual({ commit: seen.commit, branch: 'batchtool/r1/task/integrate.1' });
    const next = await bench.run('cat two.txt', {
      task: 'next',
      ...bench.order({ base: seen.commit as string }),
    });
    expect(next.exit).toEqual({ kind: 'code', code: 0 });
  });

  test('of nothing is a success without a commit', async () => {
    const seen = await bench.merge([], 'worktree');
    expect(seen).toMatchObject({ exit: { kind: 'code', code: 0 }, outputs: { landed: 'no' } });
    expect(seen).not.toHaveProperty('commit');
  });

  test('says whom it took of several', async () => {
    const [one] = await members();
    const winner = { name: 'a', why: 'compare named it' };
    const seen = await bench.merge(one === undefined ? [] : [one], 'worktree', { winner });
    expect(seen.outputs).toMatchObject({ winner: 'a', landed: 'yes' });
    expect(bench.log('integrate')).toMatch(/^winner: a \(compare named it\)\n/);
    // What was not taken is not deleted.
    expect(bench.branches()).toEqual(['batchtool/r1/task/two.1']);
  });

  test('of which nobody can say whom it is to take merges nothing', async () => {
    const { exit } = await bench.merge(await members(), 'worktree', { fault: 'no variant is called c' });
    expect(exit).toEqual({ kind: 'contract', reason: 'no variant is called c' });
    expect(head()).toBe(bench.base);
  });

  test('that cannot delete the branches that it has merged has merged them all the same', async () => {
    const all = await members();
    bench.repository.write('.git/packed-refs.lock', '');
    const seen = await bench.merge(all, 'worktree');
    expect(seen.outputs).toMatchObject({ landed: 'yes', commit: head() });
    expect(bench.branches()).toHaveLength(3);
    expect(bench.log('integrate')).toContain('its branches stay: git update-ref: ');
  });

  test('that may not land leaves a branch and the reason', async () => {
    const seen = await bench.merge(await members(), 'worktree', { staysFor: 'a task failed' });
    expect(seen.outputs).toMatchObject({
      landed: 'no',
      branch: RESULT,
      why: expect.stringContaining('failed'),
    });
    expect(head()).toBe(bench.base);
  });

  test('in conflict is told with files and both tasks, and nothing of it lands', async () => {
    const [one, two] = [
      await bench.run('echo one > a.txt', { task: 'one' }),
      await bench.run('echo two > a.txt', { task: 'two' }),
    ];
    const { exit } = await bench.merge([bench.member(one), bench.member(two)], 'worktree');
    expect(exit).toEqual({
      kind: 'conflict',
      files: ['a.txt'],
      task: 'two',
      against: ['one'],
      onto: one.commit,
    });
    expect(bench.log('integrate')).toContain('two: conflict with one in a.txt\n');
    expect(head()).toBe(bench.base);
    expect(bench.branches()).toEqual([
      // What one did is in the result.
      'batchtool/r1/result',
      'batchtool/r1/task/two.1',
    ]);
  });

  test('in conflict that somebody has solved by hand finds all of it there, and deletes the branches', async () => {
    const tasks = ['echo one > a.txt', 'echo 2 > other', 'echo two > a.txt', 'echo three > a.txt'];
    const all = [];
    for (const [at, text] of tasks.entries())
      all.push(bench.member(await bench.run(text, { task: `t${at}` })));
    expect((await bench.merge(all, 'worktree')).exit.kind).toBe('conflict');
    const solve = (branch: string): void => {
      expect(() => bench.repository.git('merge', '--quiet', branch)).toThrow();
      bench.repository.commit({ 'a.txt': 'both\n' });
    };
    bench.repository.git('merge', '--quiet', RESULT);
    solve('batchtool/r1/task/t2.1');
    // One of two that did not fit is still missing.
    expect((await bench.merge(all, 'worktree')).exit.kind).toBe('conflict');
    solve('batchtool/r1/task/t3.1');
    const seen = await bench.merge(all, 'worktree');
    expect(seen).toMatchObject({
      exit: { kind: 'code', code: 0 },
      outputs: { landed: 'yes', branch: 'main', commit: head() },
    });
    expect(bench.log('integrate')).toMatch(/all of it is on main already \(\w+\)\n$/);
    expect(bench.branches()).toEqual([]);
  });

  test('in conflict puts on a branch what does go together, without what builds on what does not', async () => {
    const one = await bench.run('echo one > a.txt', { task: 'one' });
    const two = await bench.run('echo two > a.txt', { task: 'two' });
    const base = two.commit as string;
    const onTwo = await bench.run('echo 3 > three.txt', { task: 'three', ...bench.order({ base }) });
    const four = await bench.run('echo 4 > four.txt', { task: 'four' });
    const all = [one, two, onTwo, four].map((work) => bench.member(work));
    const seen = await bench.merge(all, 'worktree');
    expect(seen).toMatchObject({ exit: { kind: 'conflict', task: 'two', against: ['one'] } });
    expect(seen.outputs).toMatchObject({ landed: 'no', branch: RESULT, why: 'without two, three' });
    const files = bench.repository.git('diff', '--name-only', bench.base, RESULT).trim().split('\n');
    expect([files, head()]).toEqual([['a.txt', 'four.txt'], bench.base]);
  });

  test('in several conflicts tells each of them, with whom it is and in which files', async () => {
    const tasks: Exited[] = [];
    for (const [task, text] of Object.entries({
      one: 'echo 1 > p; echo 1 > q',
      two: 'echo 2 > p',
      three: 'echo 3 > q',
      four: 'echo 4 > p',
      five: 'echo ok > r',
    }))
      tasks.push(await bench.run(text, { task }));
    const base = tasks[1]?.commit as string;
    const onTwo = await bench.run('echo 6 > six', { task: 'six', ...bench.order({ base }) });
    const all = [...tasks.map((seen) => bench.member(seen)), bench.member(onTwo, base)];
    const { exit, outputs } = await bench.merge(all, 'branch');
    expect(exit).toMatchObject({
      ...{ kind: 'conflict', task: 'two', files: ['p'], against: ['one'] },
      more: [
        { task: 'three', files: ['q'], against: ['one'] },
        { task: 'four', files: ['p'], against: ['one'] },
        { task: 'six' },
      ],
    });
    expect(outputs).toMatchObject({ why: 'without two, three, four, six' });
    expect(bench.log('integrate')).toMatch(/^three: conflict with one in q\nfour: .* in p\nsix: builds on/m);
    expect(bench.repository.git('diff', '--name-only', bench.base, RESULT)).toBe('p\nq\nr');
  });

  test('that is done again gives the same commit, and finds that it has landed', async () => {
    const all = await members();
    const [first, again] = [await bench.merge(all, 'worktree'), await bench.merge(all, 'worktree')];
    expect(again).toEqual(first);
    const onBranch = await bench.merge(all, 'branch');
    expect(onBranch.commit).toBe(first.commit);
  });

  test('keeps the branches of attempts that failed, and those of rounds that were gone on from goes', async () => {
    const failed = await bench.run('echo bad > a.txt; exit 1', { task: 'one' });
    const first = await bench.run('echo round1 > r.txt', { task: 'loop' });
    const base = first.commit as string;
    const second = await bench.run('echo round2 > r.txt', {
      task: 'loop',
      attempt: 2,
      ...bench.order({ base }),
    });
    const other = await bench.run('echo x > x', { task: 'other' });
    const seen = await bench.merge([bench.member(other), bench.member(second)], 'worktree');
    expect(seen.outputs?.landed).toBe('yes');
    expect(bench.branches()).toEqual(['batchtool/r1/task/one.1']);
    expect(bench.repository.git('rev-parse', 'batchtool/r1/task/one.1')).toBe(failed.commit);
  });
});

describe('a tree in which something is in the way stays exactly as it is', () => {
  const write = (path: string, text: string) => (): void => bench.repository.write(path, text);
  test.each<[string, () => unknown, RegExp]>([
    ['a change that is not committed', write('sub/b.txt', 'mine'), /sub\/b\.txt has changes/],
    [
      'changes that are staged',
      () => {
        bench.repository.write('sub/b.txt', 'mine');
        bench.repository.write('new', 'mine');
        bench.repository.git('add', '.');
      },
      /2 files have changes/,
    ],
    ['an untracked file', write('two.txt', 'mine'), /^two\.txt is in the way.*: move it away first$/],
    [
      'a file that git ignores',
      () => {
        bench.repository.write('home/.config/git/ignore', 'two.txt\n', bench.repository.folder);
        bench.repository.write('two.txt', 'mine');
      },
      /two\.txt/,
    ],
    ['a commit of the user', () => bench.repository.commit({ mine: 'mine' }), /main is not where it was/],
    [
      'another branch of the same commit',
      () => bench.repository.git('checkout', '--quiet', '-b', 'feature'),
      /^you are on feature, and the run began on main$/,
    ],
    ['a branch without commits', () => bench.repository.git('checkout', '--quiet', '--orphan', 'x'), /on x/],
    ['a detached HEAD', () => bench.repository.git('checkout', '--quiet', '--detach'), /detached/],
    ['a lock of git', write('.git/index.lock', ''), /index\.lock/],
    ['a lock on HEAD', write('.git/HEAD.lock', ''), /HEAD\.lock/],
    ['a lock on the branch', write('.git/refs/heads/main.lock', ''), /main\.lock/],
  ])('%s', async (_, harm, why) => {
    const all = await members();
    harm();
    const state = (): string[] => [
      bench.repository.git('status', '--porcelain', '--ignored'),
      bench.repository.git('stash', 'list'),
      bench.repository.read('a.txt'),
    ];
    const before = state();
    const seen = await bench.merge(all, 'worktree');
    expect(seen).toMatchObject({
      exit: { kind: 'code', code: 0 },
      outputs: { landed: 'no', branch: RESULT, why: expect.stringMatching(why) },
    });
    expect(state()).toEqual(before);
    expect(bench.repository.git('rev-parse', RESULT)).toBe(seen.commit);
  });
});

test('twenty at a time give the same bytes in whatever order they end', async () => {
  // Each writes a file of its own, a line of its own in a shared file, and half of them a file that two share.
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n');
  bench.base = bench.repository.commit({ 'shared.txt': `${lines}\n` });
  const results: string[] = [];
  for (let run = 0; run < 3; run++) {
    const ended: string[] = [];
    const tasks = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const wait = `sleep 0.${(index * 7 + run * 3) % 10}`;
        const edit = `sed -i 's/^line ${index * 10}$/changed by ${index}/' shared.txt`;
        const seen = await bench.run(
          `${wait}; ${edit}; echo ${index} > own-${index}.txt; echo same > pair-${index >> 1}`,
          {
            task: `t${index}`,
            attempt: run + 1,
          },
        );
        ended.push(seen.task);
        return seen;
      }),
    );
    const merged = await bench.merge(
      tasks.map((seen) => bench.member(seen)),
      'branch',
      { base: bench.base },
    );
    expect(merged.exit).toEqual({ kind: 'code', code: 0 });
    const tip = merged.commit as string;
    expect(
      bench.repository
        .git(
          'log',
          '--reverse',
          '--format=%(trailers:key=Batchtool-Task,valueonly,separator=)',
          `${bench.base}..${tip}`,
        )
        .split('\n'),
    ).toEqual(tasks.map(({ task }) => task));
    results.push(bench.repository.git('rev-parse', `${tip}^{tree}`));
    expect(ended).toHaveLength(20);
  }
  expect(new Set(results).size).toBe(1);
  const files = bench.repository.files(results[0] as string);
  expect(files['shared.txt']).toBe(
    lines
      .split('\n')
      .map((line, at) => (at % 10 === 0 ? `changed by ${at / 10}` : line))
      .join('\n'),
  );
  expect(Object.keys(files).filter((name) => /^(own|pair)-/.test(name))).toHaveLength(30);
  expect(bench.repository.git('fsck', '--no-dangling')).toBe('');
  expect(readFileSync(bench.files({ task: 't3', attempt: 3 }).patch, 'utf8')).toContain('+changed by 3');
}, 120_000);
