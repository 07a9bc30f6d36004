/** Commits that an isolated attempt has put where no merge looks are told. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { IsolatedBench } from './isolated-bench.js';

let bench: IsolatedBench;

beforeEach(async () => {
  bench = await IsolatedBench.make();
  bench.repository.git('config', 'user.name', 'Uli');
  bench.repository.git('config', 'user.email', 'uli@example.org');
});
afterEach(() => bench.clear());

const COMMIT = 'echo x > x; git add x; git commit -q -m own';
const idOf = (name: string): string => bench.repository.git('rev-parse', name);

describe('a commit that an attempt has gone away from is told', () => {
  test.each([
    ['on a branch', `git switch -q -c feature; ${COMMIT}; git switch -q --detach HEAD~1`],
    ['on a branch, beside other work', `git switch -q -c feature; ${COMMIT}; git checkout -q -; echo y > y`],
    ['that was reset, on a branch', `${COMMIT}; git branch feature; git reset -q --hard HEAD~1`],
    [
      'once, where several lead to it',
      `git switch -q -c feature; ${COMMIT}; git checkout -q HEAD~1; git checkout -q feature; ` +
        'git commit -q --allow-empty -m two; git checkout -q HEAD~2',
    ],
  ])('%s', async (_, command) => {
    const seen = await bench.run(command);
    const commit = idOf('feature');
    expect(seen).toMatchObject({
      exit: { kind: 'code', code: 0 },
      aside: [{ kind: 'left', commit, branch: 'feature' }],
    });
    const id = commit.slice(0, 10);
    expect(bench.log()).toBe(
      `not merged, for it went on without it: its commit ${id} on feature (\`git merge feature\` takes it)\n`,
    );
  });

  test('with its id where no branch holds it, also if the attempt fails', async () => {
    const { aside } = await bench.run(`${COMMIT}; git checkout -q HEAD~1; exit 1`);
    expect(aside).toEqual([{ kind: 'left', commit: expect.stringMatching(/^\w{40}$/) }]);
    expect(bench.repository.git('show', `${aside?.[0]?.commit}:x`)).toBe('x');
  });

  test.each([
    ['what it ended on', `git switch -q -c feature; ${COMMIT}`],
    ['what it made again', `${COMMIT}; git commit -q --amend -m better`],
    ['what it undid', `${COMMIT}; git reset -q --hard HEAD~1`],
    ['what it merged', `git switch -q -c feature; ${COMMIT}; git checkout -q -; git merge -q feature`],
    [
      'what it took over otherwise',
      `git switch -q -c feature; ${COMMIT}; git checkout -q -; git merge -q --squash feature`,
    ],
    [
      'what it took over and took back',
      `git switch -q -c feature; ${COMMIT}; git checkout -q -; git merge -q feature; git revert --no-edit HEAD >&2`,
    ],
    ['what it only looked at', 'git checkout -q main~1; cat a.txt; git checkout -q -'],
  ])('but not %s', async (_, command) => {
    bench.base = bench.repository.commit({ more: 'more' });
    expect(await bench.run(command)).not.toHaveProperty('aside');
    expect(bench.log()).not.toContain('not merged');
  });
});

describe('the stash, which all worktrees share,', () => {
  test('is told with what an attempt has put there', async () => {
    const seen = await bench.run('echo mine > a.txt; git stash -q');
    const commit = idOf('stash@{0}');
    expect(seen).not.toHaveProperty('commit');
    expect(seen.aside).toEqual([{ kind: 'stashed', commit }]);
    expect(bench.log()).toContain(`\`git stash apply ${commit.slice(0, 10)}\` takes it`);
  });

  test('is told with what an attempt has taken out, which may be the user’s, and what is told puts it back', async () => {
    bench.repository.write('a.txt', 'mine');
    bench.repository.git('stash');
    const commit = idOf('stash');
    const seen = await bench.run('git stash pop -q');
    expect(seen.aside).toEqual([{ kind: 'unstashed', commit }]);
    const [, told = ''] = /`git (stash store \w+)`/.exec(bench.log()) ?? [];
    bench.repository.git(...told.split(' '));
    expect(idOf('stash')).toBe(commit);
  });

  test('is not told where an attempt has put something there and taken it again', async () => {
    bench.repository.write('a.txt', 'mine');
    bench.repository.git('stash');
    expect(await bench.run('echo other > a.txt; git stash -q; git stash pop -q')).not.toHaveProperty('aside');
  });
});
