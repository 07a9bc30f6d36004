/** `clean`: what isolated tasks have left in a real repository. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ownerLives, thisOwner } from '../../src/commands/look.js';
import { claimRun, holderOf } from '../../src/journal/claim.js';
import type { RunFolder } from '../../src/journal/folder.js';
import { MERGED, twoTasks } from '../reports/isolated.js';
import type { Story } from '../reports/story.js';
import { type Bench, useBench } from './harness.js';
import { record } from './recorded.js';

const bench = useBench();
const DAY_MILLIS = 86_400_000;
const conflict = { files: ['src/app.ts'], task: 'db', against: ['auth'], onto: 'c0' };

function git(here: Bench, ...args: string[]): string {
  const user = ['-c', 'user.name=u', '-c', 'user.email=u@localhost'];
  return execFileSync('git', [...user, ...args], {
    cwd: here.dir,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** A repository with a commit, and a run with the branches named here, each with a commit of its own. */
async function left(story: Story, agoMillis: number, branches: readonly string[]) {
  const here = bench();
  git(here, 'init', '--quiet', '--initial-branch=main');
  git(here, 'commit', '--quiet', '--allow-empty', '--message=first');
  const run = await record(here, story, {}, agoMillis);
  for (const branch of branches) {
    const tree = git(here, 'rev-parse', 'HEAD^{tree}');
    const commit = git(here, 'commit-tree', tree, '-p', 'HEAD', '-m', branch);
    git(here, 'branch', `batchtool/${run.id}/${branch}`, commit);
  }
  return { here, run };
}

const branchesIn = (here: Bench): string[] =>
  git(here, 'for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/')
    .split('\n')
    .map((name) => name.replace(/^batchtool\/[^/]+\//, ''));
const worktree = (here: Bench, run: RunFolder, attempt: string): string => {
  const path = here.path('.batchtool', 'worktrees', run.id, attempt);
  git(here, 'worktree', 'add', '--quiet', '--detach', path, 'HEAD');
  writeFileSync(`${path}/half-done`, 'x'.repeat(50_000));
  return path;
};
const failed = () => twoTasks().met(4, conflict).finished(4, 'failed');
const merged = () =>
  twoTasks()
    .merged(4, { commit: 'c3', branch: 'batchtool/r1/result', landed: 'no' }, MERGED)
    .finished(4, 'succeeded');

describe('clean of what isolated tasks have left', () => {
  it('takes worktrees and branches of a failed run along once they are old, and says before how much that is', async () => {
    const { here, run } = await left(failed(), 8 * DAY_MILLIS, ['task/auth.1', 'task/db.1']);
    const path = worktree(here, run, 'db.1');
    const dry = await here.run(['clean', '--dry-run']);
    expect(dry.stdout).toMatch(
      / test {2}failed {2}\d.\d kB, 1 worktree of 50\.\d kB, 2 branches\nwould delete 1 run, /,
    );
    expect([existsSync(path), branchesIn(here)]).toEqual([true, ['task/auth.1', 'task/db.1', 'main']]);
    const { code, stdout } = await here.run(['clean']);
    expect([code, stdout.split('\n').at(-2)]).toEqual([
      0,
      expect.stringMatching(/^deleted 1 run, 5\d\.\d kB$/),
    ]);
    expect([here.runs(), existsSync(path), branchesIn(here)]).toEqual([[], false, ['main']]);
    expect(git(here, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(here.has('.batchtool', 'worktrees')).toBe(false);
  });

  it('leaves a young one whole, whatever age was asked for, and says why', async () => {
    const { here, run } = await left(failed(), 2 * DAY_MILLIS, ['task/db.1']);
    const { stdout } = await here.run(['clean', '--older-than', '1h']);
    expect(stdout).toMatch(
      /stays until \d{4}-\d\d-\d\d \d\d:\d\d: work that was not merged is kept so long; .*\nnothing to delete/,
    );
    expect([here.runs(), branchesIn(here)]).toEqual([[run.id], ['task/db.1', 'main']]);
  });

  it('takes a young one along as it says, or all with such work, but no other run', async () => {
    const { here, run } = await left(failed(), 2 * DAY_MILLIS, ['task/db.1']);
    const other = await record(here, merged(), {}, 2 * DAY_MILLIS);
    const { stdout } = await here.run(['clean', '--older-than', '1h', '--dry-run']);
    expect(stdout).toContain(`now: batchtool clean ${run.id} --keep-work 1s\n`);
    expect((await here.run(['clean', run.id, '--keep-work', '1s', '--dry-run'])).stdout).toContain(
      '1 branch\n',
    );
    expect((await here.run(['clean', '--keep-work', '1s'])).stdout).toMatch(/, 1 branch\ndeleted 1 run/);
    expect([here.runs(), branchesIn(here)]).toEqual([[other.id], ['main']]);
  });

  it('does not take an empty folder for work', async () => {
    const { here, run } = await left(merged(), 2 * DAY_MILLIS, []);
    mkdirSync(here.path('.batchtool', 'worktrees', run.id), { recursive: true });
    expect((await here.run(['clean', '--older-than', '1h'])).stdout).toMatch(
      /succeeded {2}\d\.\d kB\ndeleted 1 run, /,
    );
    expect(here.has('.batchtool', 'worktrees')).toBe(false);
  });

  it('never deletes what a run was for before somebody has merged it', async () => {
    const { here, run } = await left(merged(), 30 * DAY_MILLIS, ['result', 'task/auth.1']);
    const branch = `batchtool/${run.id}/result`;
    expect((await here.run(['clean'])).stdout).toContain(
      `the branch ${branch} stays, for nobody has merged it: git branch -D`,
    );
    expect([here.runs(), branchesIn(here)]).toEqual([[], ['result', 'main']]);
    expect((await here.run(['clean'])).stdout).toBe('nothing to delete\n');
    git(here, 'merge', '--quiet', branch);
    expect((await here.run(['clean'])).stdout).toContain(`${run.id}  is gone  1 branch\n`);
    expect(branchesIn(here)).toEqual(['main']);
  });

  it('knows work again that somebody has put on a branch of his own as another commit, but not half of it', async () => {
    const { here, run } = await left(merged(), 30 * DAY_MILLIS, []);
    const work = (task: string): string => {
      writeFileSync(here.path(task), task);
      git(here, 'add', task);
      const trailers = `Batchtool-Run: ${run.id}\nBatchtool-Attempt: ${task}.1`;
      git(here, 'commit', '--quiet', '-m', `${task}\n\n${trailers}`);
      return git(here, 'rev-parse', 'HEAD');
    };
    const [auth, db] = [work('auth'), work('db')];
    git(here, 'branch', `batchtool/${run.id}/result`);
    git(here, 'reset', '--quiet', '--hard', 'HEAD~2');
    git(here, 'commit', '--quiet', '--allow-empty', '--message=mine');
    git(here, 'cherry-pick', db);
    expect((await here.run(['clean'])).stdout).toContain('result stays, for nobody has merged it');
    git(here, 'cherry-pick', auth);
    expect((await here.run(['clean'])).stdout).toContain(`${run.id}  is gone  1 branch\n`);
    expect(branchesIn(here)).toEqual(['main']);
  });

  it('keeps the branches of a run that was not to be merged', async () => {
    const apart = twoTasks().merged(4, { commit: 'c3' }, MERGED).finished(4, 'succeeded');
    const { here } = await left(apart, 30 * DAY_MILLIS, ['task/auth.1', 'task/db.1']);
    await here.run(['clean']);
    expect([here.runs(), branchesIn(here)]).toEqual([[], ['task/auth.1', 'task/db.1', 'main']]);
  });

  it('finds worktrees of runs that are no more, and what git keeps of worktrees that are no more', async () => {
    const { here, run } = await left(failed(), 0, []);
    const path = worktree(here, run, 'db.1');
    rmSync(worktree(here, run, 'auth.1'), { recursive: true });
    rmSync(run.path, { recursive: true });
    expect((await here.run(['clean', '--dry-run'])).stdout).toContain(
      `${run.id}  is gone  1 worktree of 50.`,
    );
    await here.run(['clean']);
    expect([existsSync(path), git(here, 'worktree', 'list').split('\n').length]).toEqual([false, 1]);
  });

  it('finds what runs have left whose state folder was deleted, and deletes what nobody has merged only when the run is named and it is told how old', async () => {
    const { here, run } = await left(failed(), 0, ['task/db.1', 'result']);
    git(here, 'branch', `batchtool/${run.id}/task/auth.1`);
    worktree(here, run, 'db.1');
    rmSync(here.path('.batchtool'), { recursive: true });
    const gone = `${run.id}  is gone  1 worktree already gone, 1 branch\n`;
    expect((await here.run(['clean', '--dry-run'])).stdout).toContain(gone);
    expect((await here.run(['clean'])).stdout).toContain(gone);
    expect([git(here, 'worktree', 'list').split('\n').length, branchesIn(here)]).toEqual([
      1,
      ['result', 'task/db.1', 'main'],
    ]);
    const kept = await here.run(['clean', '--keep-work', '7d']);
    expect(kept.stdout).toBe(
      `${run.id}  is gone  1 branch stays that nobody has merged; if no other state folder has this run: batchtool clean ${run.id} --keep-work 1s\nnothing to delete\n`,
    );
    for (const words of [['--keep-work', '0s'], [run.id], [run.id, '--keep-work', '7d']])
      expect((await here.run(['clean', ...words])).stdout).toBe(kept.stdout);
    expect((await here.run(['clean', run.id, '--keep-work', '0s'])).stdout).toContain(
      `${run.id}  is gone  1 branch\n`,
    );
    expect([branchesIn(here), here.has('.batchtool')]).toEqual([['result', 'main'], false]);
  });

  it('leaves alone what runs of another state folder are at work with', async () => {
    const { here, run } = await left(failed(), 30 * DAY_MILLIS, ['task/db.1']);
    const path = worktree(here, run, 'db.1');
    const { stdout } = await here.run(['clean', '--state-dir', 'other', '--keep-work', '0s']);
    expect([stdout, existsSync(path), branchesIn(here)]).toEqual([
      'nothing to delete\n',
      true,
      ['task/db.1', 'main'],
    ]);
  });

  it('leaves alone what runs of another worktree of the user have left, also where one is named', async () => {
    const { here, run } = await left(failed(), 30 * DAY_MILLIS, ['task/db.1']);
    git(here, 'branch', `batchtool/${run.id}/task/auth.1`);
    git(here, 'worktree', 'add', '--quiet', here.path('mine'), '-b', 'topic');
    const mine = { cwd: here.path('mine') };
    expect((await here.run(['clean', '--keep-work', '0s'], mine)).stdout).toBe('nothing to delete\n');
    expect((await here.run(['clean', run.id, '--keep-work', '0s'], mine)).stderr).toContain(
      `there is no run "${run.id}"`,
    );
    expect(branchesIn(here)).toEqual(['task/auth.1', 'task/db.1', 'main', 'topic']);
  });

  it('leaves alone what git keeps of worktrees whose disk is not there now', async () => {
    const { here, run } = await left(failed(), 30 * DAY_MILLIS, ['task/db.1']);
    worktree(here, run, 'db.1');
    mkdirSync(here.path('disk'));
    renameSync(here.path('.batchtool'), here.path('disk', 'state'));
    git(here, 'worktree', 'repair', here.path('disk', 'state', 'worktrees', run.id, 'db.1'));
    renameSync(here.path('disk'), here.path('unplugged'));
    expect((await here.run(['clean'])).stdout).toBe('nothing to delete\n');
    await here.run(['clean', run.id, '--keep-work', '0s']);
    renameSync(here.path('unplugged'), here.path('disk'));
    expect(git(here, 'worktree', 'list')).toContain(here.path('disk', 'state', 'worktrees', run.id, 'db.1'));
    expect(branchesIn(here)).toEqual(['task/db.1', 'main']);
  });

  it('leaves alone what a run of another state folder has left whose worktrees are gone', async () => {
    const { here, run } = await left(failed(), 30 * DAY_MILLIS, ['task/db.1']);
    const path = worktree(here, run, 'db.1').replace('.batchtool', 'state');
    renameSync(here.path('.batchtool'), here.path('state'));
    git(here, 'worktree', 'repair', path);
    rmSync(path, { recursive: true });
    expect((await here.run(['clean', '--keep-work', '0s'])).stdout).toBe('nothing to delete\n');
    expect(git(here, 'worktree', 'list').split('\n')).toHaveLength(2);
    expect((await here.run(['clean', '--state-dir', 'state'])).stdout).toContain('1 branch\n');
    expect(branchesIn(here)).toEqual(['main']);
  });

  it('touches no branch and no worktree of the user, and none that is checked out', async () => {
    const { here, run } = await left(failed(), 30 * DAY_MILLIS, ['task/db.1']);
    git(here, 'branch', 'batchtool/fix');
    git(here, 'branch', 'topic');
    git(here, 'worktree', 'add', '--quiet', here.path('mine'), 'topic');
    git(here, 'checkout', '--quiet', `batchtool/${run.id}/task/db.1`);
    const { stderr } = await here.run(['clean']);
    expect(stderr).toContain('task/db.1 stays: it is checked out');
    expect(branchesIn(here).sort()).toEqual(['batchtool/fix', 'main', 'task/db.1', 'topic']);
    expect(here.has('mine', '.git')).toBe(true);
  });

  it('goes by itself once it is old, when another run is isolated; the old run stays', async () => {
    const { here, run } = await left(failed(), 8 * DAY_MILLIS, ['task/db.1', 'result']);
    const path = worktree(here, run, 'db.1');
    const young = await record(here, failed(), {}, 2 * DAY_MILLIS);
    git(here, 'branch', `batchtool/${young.id}/task/db.1`, `batchtool/${run.id}/task/db.1`);
    const { code, stderr } = await here.run(['run', '--isolate', 'worktree', '--into', 'none', 'true']);
    expect(stderr).toMatch(
      new RegExp(
        `^batchtool: deleted what old runs had left, .*: ${run.id} \\(1 worktree of 50\\.\\d kB, 1 branch\\); --keep-work`,
        'm',
      ),
    );
    expect([code, existsSync(path), branchesIn(here).sort()]).toEqual([
      0,
      false,
      ['main', 'result', 'task/db.1'],
    ]);
    expect(here.runs()).toContain(run.id);
  });

  it('never goes by itself where the run was interrupted, or left what no commit holds', async () => {
    const { here, run } = await left(twoTasks(), 30 * DAY_MILLIS, ['task/auth.1']);
    const unsaved = await record(here, failed(), {}, 30 * DAY_MILLIS);
    const paths = [worktree(here, run, 'db.1'), worktree(here, unsaved, 'db.1')];
    const order = { task: 'db', attempt: 1, base: git(here, 'rev-parse', 'HEAD'), label: 'db' };
    writeFileSync(`${paths[1]}.json`, JSON.stringify(order));
    writeFileSync(`${paths[1]}.index`, '');
    const { code, stderr } = await here.run(['run', '--isolate', 'worktree', '--into', 'none', 'true']);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('deleted')]);
    expect([paths.map((path) => existsSync(path)), branchesIn(here)]).toEqual([
      [true, true],
      ['task/auth.1', 'main'],
    ]);
  });

  it('never goes by itself while somebody is about to go on with the run', async () => {
    const { here, run } = await left(failed(), 8 * DAY_MILLIS, ['task/db.1']);
    const path = worktree(here, run, 'db.1');
    // A resume takes the run before it writes that it goes on.
    const claim = claimRun(run, thisOwner(), ownerLives);
    const isolated = ['run', '--isolate', 'worktree', '--into', 'none', 'true'];
    expect((await here.run(isolated)).stderr).not.toContain('deleted');
    expect([existsSync(path), branchesIn(here)]).toEqual([true, ['task/db.1', 'main']]);
    if (claim.ok) claim.value.release();
    expect((await here.run(isolated)).stderr).toContain('deleted');
    expect([existsSync(path), branchesIn(here)]).toEqual([false, ['main']]);
    expect(holderOf(run)).toBeUndefined();
  });

  it('works where git knows of no repository', async () => {
    const here = bench();
    await record(here, failed(), {}, 30 * DAY_MILLIS);
    mkdirSync(here.path('.git'));
    expect(await here.run(['clean'])).toMatchObject({ code: 0 });
    expect(here.runs()).toEqual([]);
  });
});
