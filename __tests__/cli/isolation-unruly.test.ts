/** Isolated tasks that do to git what nobody asked them for, and two runs in one repository, through the built CLI. */
import { describe, expect, it } from '@jest/globals';
import { useBench, waitFor } from './harness.js';
import { expectNothingRunning } from './refusal.js';
import { Repository } from './repository.js';

const bench = useBench();

/** Two commits, so that there is one to go back to. */
function repository(): Repository {
  const repo = new Repository(bench(), { 'f.txt': 'old\n', '.gitignore': '.batchtool\n' });
  repo.write('f.txt', 'new\n');
  repo.git('commit', '-q', '-a', '-m', 'second');
  return repo;
}

const isolated = (...rest: string[]): string[] => [
  'run',
  '--isolate',
  'worktree',
  '--into',
  'worktree',
  ...rest,
];
const COMMON = '$(git rev-parse --git-common-dir)';

describe('a task cannot take the work of others along', () => {
  const HARM = {
    resets: 'git reset -q --hard HEAD~1',
    prunes: 'git worktree prune --expire=now',
    locks: 'touch "$(git rev-parse --git-dir)/index.lock"',
    cuts: 'rm .git',
    switches: 'git switch -q -c its-own',
    commits: 'git add -A; git -c user.name=x -c user.email=x@localhost commit -q -m own',
    forgets: 'rm -rf "$(git rev-parse --git-dir)"',
    keeps: 'git worktree lock .',
    stashes: 'git -c user.name=x -c user.email=x@localhost stash -q -u; git stash apply -q',
  };

  it('nor lose its own, whatever it does to its worktree', async () => {
    const repo = repository();
    const tasks = Object.entries(HARM).map(([id, harm]) => [id, { run: `echo ${id} > ${id}.txt; ${harm}` }]);
    repo.here.write('plan.json', {
      tasks: Object.fromEntries([...tasks, ['tidy', { run: 'echo tidy > tidy.txt' }]]),
    });
    const { code, stderr } = await repo.run(isolated('-f', '../plan.json', '--max-concurrent', '3'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('now on main, in your working tree')]);
    const ids = [...Object.keys(HARM), 'tidy'];
    expect(repo.tasks()).toEqual(ids);
    for (const id of ids) expect(repo.read(`${id}.txt`)).toBe(`${id}\n`);
    expect([repo.branches(), repo.worktrees(), repo.isSound()]).toEqual([[], [], true]);
    // What it undid of the base is a change like any other.
    expect(repo.read('f.txt')).toBe('old\n');
  });

  it('by forgetting all worktrees while they work', async () => {
    const repo = repository();
    const { code } = await repo.run(
      isolated(
        ...['--max-concurrent', '2'],
        `echo 1 > 1.txt; touch ../../../../../one; ${waitFor('../../../../../gone')}`,
        `echo 2 > 2.txt; ${waitFor('../../../../../one')}; rm -rf "${COMMON}/worktrees"; touch ../../../../../gone`,
      ),
    );
    expect([code, repo.tasks(), repo.read('1.txt'), repo.read('2.txt')]).toEqual([
      0,
      ['1', '2'],
      '1\n',
      '2\n',
    ]);
    expect([repo.branches(), repo.worktrees(), repo.isSound()]).toEqual([[], [], true]);
  });

  it('into a tree whose branch it has locked, which stays as it is', async () => {
    const repo = repository();
    const { code, stderr } = await repo.run(
      isolated(`rm f.txt; echo x > x.txt; touch "${COMMON}/HEAD.lock"`),
    );
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/HEAD\.lock.*\n {2}take it: git merge \S+\/result\n/),
    ]);
    expect([repo.git('status', '--porcelain'), repo.read('f.txt'), repo.tasks()]).toEqual(['', 'new\n', []]);
    const [result = ''] = repo.branches();
    expect([repo.at(result, 'x.txt'), repo.tasks(result).at(-1)]).toEqual(['x', '1']);
  });
});

describe('a task that tells git to run something', () => {
  it('ends all use of git, and a resume has all of the work once that is put back', async () => {
    const repo = repository();
    const ran = repo.here.path('ran');
    const evil = `touch ${ran}; cat`;
    const harm = [
      `git config core.fsmonitor '${evil}'`,
      `git config filter.evil.clean '${evil}'`,
      `printf '#!/bin/sh\\ntouch ${ran}\\n' > post-checkout; chmod +x post-checkout; git config core.hooksPath "$PWD"`,
      `echo '*.txt filter=evil' > .gitattributes`,
    ].join('; ');
    repo.here.write('plan.json', {
      'max-concurrent': 1,
      defaults: { isolate: 'worktree' },
      tasks: {
        tidy: { run: 'echo tidy > tidy.txt' },
        evil: { run: `echo evil > evil.txt; [ -e $HOME/mended ] || { ${harm}; }` },
        after: { run: 'echo after > after.txt' },
      },
    });
    const { code, stderr } = await repo.run(['run', '-f', '../plan.json', '--output', 'quiet']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/evil failed: .*began: filter\.evil\.clean\./);
    expect(stderr).toMatch(/after failed: .*filter\.evil\.clean/);
    expect([repo.here.has('ran'), repo.tasks()]).toEqual([false, []]);

    for (const key of ['core.fsmonitor', 'core.hooksPath', 'filter.evil.clean'])
      repo.git('config', '--unset', key);
    repo.here.write('mended', '');
    expect(await repo.run(['resume'])).toMatchObject({ code: 0 });
    expect([repo.tasks(), repo.read('evil.txt'), repo.isSound()]).toEqual([
      ['tidy', 'evil', 'after'],
      'evil\n',
      true,
    ]);
    expect(repo.here.has('ran')).toBe(false);
    expectNothingRunning(repo.here);
  });
});

describe('two runs at once in one repository', () => {
  it('do not meet: the one that ends first lands, the other waits on its branch, whole', async () => {
    const repo = repository();
    const work = (name: string, wait: string): string[] =>
      Array.from({ length: 4 }, (_, i) => `echo ${name} > ${name}${i}.txt; touch $HOME/${name}; ${wait}`);
    const late = repo.here.start(isolated(...work('late', waitFor('$HOME/landed'))), { cwd: repo.path() });
    const first = await repo.run(isolated(...work('first', waitFor('$HOME/late'))));
    expect([first.code, repo.tasks()]).toEqual([0, ['1', '2', '3', '4']]);
    repo.here.write('landed', '');
    const { code, stderr } = await late.ended;
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('main is not where it was when the run began'),
    ]);
    const [result = '', ...others] = repo.branches();
    expect([others, repo.worktrees(), repo.isSound()]).toEqual([[], [], true]);
    repo.git('merge', '-q', '-m', 'both', result);
    for (const name of ['first', 'late'])
      for (const i of [0, 1, 2, 3]) expect(repo.read(`${name}${i}.txt`)).toBe(`${name}\n`);
    expect(repo.isSound()).toBe(true);
  });
});
