/** Tasks that write the same repository at once, each in a worktree of its own, through the built CLI. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { CLI, useBench } from './harness.js';
import { Repository } from './repository.js';

const bench = useBench();

/** Ten lines, of which each task may change one. */
const POEM = `${Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')}\n`;

/** A small generator of numbers, so that a failing order can be had again by its seed. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed + 1; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const numbers = random(seed);
  return items
    .map((item) => ({ item, at: numbers.next().value }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/**
 * Twenty agents: each writes a file of its own, its own line of a common file, and a new line at the end of its part of a list.
 * Each ends when the one before it in `order` has ended.
 */
function twenty(order: readonly number[]): string {
  const tasks = order.map((agent, place) => {
    const before = order[place - 1];
    const wait = before === undefined ? ':' : `until [ -e $DONE/${before} ]; do sleep 0.01; done`;
    const work = [
      `echo "of ${agent}" > own-${agent}.txt`,
      `sed -i "s/^line ${2 * agent}$/line ${2 * agent} by ${agent}/" poem.txt`,
      wait,
      `echo "ended $BATCHTOOL_TASK_ID" > $DONE/${agent}`,
    ];
    return { agent, text: `  t${agent}: {run: '${work.join('; ')}'}` };
  });
  return [
    'name: twenty',
    'max-concurrent: 20',
    'tasks:',
    ...tasks.sort((one, other) => one.agent - other.agent).map(({ text }) => text),
    '',
  ].join('\n');
}

const AGENTS = Array.from({ length: 20 }, (_, agent) => agent);

describe('twenty tasks in worktrees of their own', () => {
  const trees = new Set<string>();

  it.each(Array.from({ length: 10 }, (_, seed) => seed))(
    'leave the same commits whoever ends first (order %i)',
    async (seed) => {
      const here = bench();
      const repo = new Repository(here, { 'poem.txt': POEM, '.gitignore': '.batchtool\n' });
      here.write('plan.yml', twenty(shuffled(AGENTS, seed)));
      const done = here.path('done');
      mkdirSync(done);
      const { code, stderr } = await repo
        .run(['run', '-f', '../plan.yml', '--isolate', 'worktree', '--env', `DONE=${done}`], {})
        .catch((error) => ({ code: -1, stderr: String(error) }));
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      expect(repo.tasks()).toEqual(AGENTS.map((agent) => `t${agent}`));
      for (const agent of AGENTS) expect(repo.read(`own-${agent}.txt`)).toBe(`of ${agent}\n`);
      const lines = Array.from({ length: 40 }, (_, line) =>
        line % 2 === 0 ? `line ${line} by ${line / 2}` : `line ${line}`,
      );
      expect(repo.read('poem.txt')).toBe(`${lines.join('\n')}\n`);
      expect([repo.branches(), repo.worktrees(), repo.isSound()]).toEqual([[], [], true]);
      trees.add(repo.git('rev-parse', 'HEAD^{tree}'));
      expect(trees.size).toBe(1);
    },
  );
});

/** A repository in which git looks away from the state of batchtool, and the outcome of a run in it. */
function repository(files: Readonly<Record<string, string>> = { 'f.txt': 'one\ntwo\nthree\n' }): Repository {
  return new Repository(bench(), files);
}

describe('changes that do not fit together', () => {
  const both = ['run', '--isolate', 'worktree', 'echo X > f.txt', 'echo Y > f.txt', 'echo z > z.txt'];

  it('fail the run, which names the file and both tasks, and leave the tree and the work of each as they were', async () => {
    const repo = repository();
    const { code, stderr } = await repo.run(both);
    expect(code).toBe(1);
    expect(stderr).toContain('the changes of task 2 conflict with those of task 1 in f.txt');
    expect(stderr).toMatch(
      /git switch -c merged batchtool\/\S+\/result && git merge batchtool\/\S+\/task\/2\.1/,
    );
    expect([repo.read('f.txt'), repo.tasks(), repo.isSound()]).toEqual(['one\ntwo\nthree\n', [], true]);
    const work = Object.fromEntries(
      repo
        .branches()
        .map((branch) => [
          branch.split('/').slice(2).join('/'),
          repo.git('show', '--format=', '--name-only', branch),
        ]),
    );
    // What does go together needs nobody to merge it by hand.
    expect(work).toMatchObject({
      result: 'z.txt',
      'task/2.1': 'f.txt',
    });
    expect(repo.at(repo.branches().find((name) => name.endsWith('task/2.1')) as string, 'f.txt')).toBe('Y');
  });

  it('that somebody has solved as the hint says are told as merged by a resume', async () => {
    const repo = repository();
    const { stderr } = await repo.run(both);
    const [, result = '', work = ''] =
      /git switch -c merged (\S+) && git merge (batchtool\/[^\s;]+)/.exec(stderr) ?? [];
    expect(repo.branches().map((name) => name.split('/').at(-1))).toEqual(['result', '2.1']);
    repo.git('switch', '-q', '-c', 'merged', result);
    expect(() => repo.git('merge', '-q', work)).toThrow();
    repo.write('f.txt', 'X and Y\n');
    repo.git('commit', '-q', '-a', '-m', 'solved');
    repo.git('switch', '-q', 'main');
    repo.git('merge', '-q', 'merged');
    const resumed = await repo.run(['resume']);
    expect([resumed.code, repo.read('f.txt'), repo.branches()]).toEqual([0, 'X and Y\n', []]);
    expect(resumed.stderr).not.toContain('where it began');
    expect(resumed.stderr).toContain('the changes are merged: now on main, in your working tree');
    const diff = await repo.run(['diff']);
    expect(diff.stderr).toContain('was merged by hand');
  });

  it('are made again by a resume that is typed as the last line says', async () => {
    const repo = repository();
    const { stderr } = await repo.run(both);
    const [, id = ''] = /go on with it: batchtool resume (\S+) --on-conflict retry\n/.exec(stderr) ?? [];
    const hint = `batchtool resume ${id} --on-conflict retry\` has it do its work again on top of the others`;
    expect(stderr).toContain(hint);
    const resumed = await repo.run(['resume', id, '--on-conflict', 'retry']);
    expect([resumed.code, repo.tasks(), repo.read('f.txt')]).toEqual([0, ['1', '2', '3'], 'Y\n']);
  });

  it('are made again on top of the others with --on-conflict retry, by a task that is told what it met', async () => {
    const repo = repository();
    const again =
      'if [ -e $BATCHTOOL_CONTEXT/conflict.md ]; then cat f.txt; echo Y >> f.txt; else echo Y > f.txt; fi';
    const { code, stdout } = await repo.run([
      ...[
        'run',
        '--isolate',
        'worktree',
        '--on-conflict',
        'retry',
        'echo X > f.txt',
        again,
        'echo z > z.txt',
      ],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('[2] X\n');
    expect([repo.tasks(), repo.read('f.txt'), repo.read('z.txt')]).toEqual([
      ['1', '2', '3'],
      'X\nY\n',
      'z\n',
    ]);
    // What it did at first is in no other commit.
    expect([repo.branches(), repo.worktrees(), repo.isSound()]).toEqual([
      [expect.stringMatching(/\/task\/2\.1$/)],
      [],
      true,
    ]);
  });
});

describe('stages that build on each other', () => {
  const stages = (last: string): string[] => [
    ...['--mvp', 'sh: echo mvp > p.txt', '--enhance-1', 'sh: echo e1 >> p.txt'],
    ...['--enhance-2', `sh: echo e2 >> p.txt; ${last}`, '--polish', 'sh: echo polish >> p.txt'],
  ];

  it('leave the last good one when one fails, and a resume goes on from it', async () => {
    const repo = repository();
    const ok = repo.here.path('ok');
    const progressive = ['orchestrate', '--progressive', '--isolate', 'worktree', ...stages(`test -e ${ok}`)];
    expect((await repo.run(progressive)).code).toBe(1);
    expect([repo.read('p.txt'), repo.tasks()]).toEqual(['mvp\ne1\n', ['mvp', 'enhance-1']]);
    repo.here.write('ok', '');
    const resumed = await repo.run(['resume']);
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringContaining('where it began')]);
    expect(repo.read('p.txt')).toBe('mvp\ne1\ne2\npolish\n');
    expect(repo.tasks()).toEqual(['mvp', 'enhance-1', 'enhance-2', 'polish']);
    expect(repo.isSound()).toBe(true);
  });

  it('leave the tree as it was with --rollback-enabled, and what was good on a branch', async () => {
    const repo = repository();
    expect(
      (await repo.run(['orchestrate', '--progressive', '--rollback-enabled', ...stages('false')])).code,
    ).toBe(1);
    expect([repo.tasks(), repo.git('status', '--porcelain', '--', '.', ':!.batchtool')]).toEqual([[], '']);
    const result = repo.branches().find((name) => name.endsWith('/result')) as string;
    expect(repo.at(result, 'p.txt')).toBe('mvp\ne1');
  });

  it('are put back nowhere in a repository without a commit, which is said', async () => {
    const here = bench();
    execFileSync('git', ['init', '-q'], { cwd: here.dir });
    const { stderr } = await here.run([
      'orchestrate',
      '--progressive',
      '--rollback-enabled',
      ...stages('false'),
    ]);
    expect(stderr).toMatch(
      /has no commit yet.*: all tasks work on the same files, and --rollback-enabled puts nothing back\n/,
    );
  });

  it('go on from what the round before has left', async () => {
    const repo = repository();
    const { code } = await repo.run([
      ...['orchestrate', '--boomerang', '--isolate', 'worktree', '--loop-back-on', 'test_failure'],
      ...['--build', 'sh: echo build $BATCHTOOL_ROUND >> log.txt'],
      ...['--test', 'sh: echo test >> log.txt; [ $BATCHTOOL_ROUND = 2 ]'],
    ]);
    expect([code, repo.read('log.txt')]).toEqual([0, 'build 1\nbuild 2\ntest\n']);
    expect(repo.tasks()).toEqual(['build', 'build', 'test']);
  });
});

describe('a run in an isolated task of another', () => {
  it.each([{}, { CI: 'true' }])(
    'ends in the worktree of that task, and so in what the task has changed (%j)',
    async (env) => {
      const repo = repository();
      const inner = `"${process.execPath}" "${CLI}" run --isolate worktree 'echo X >> f.txt' 'echo new > n.txt'`;
      const words = ['run', '--isolate', 'worktree', '--into', 'worktree', `sh: ${inner}`, 'echo z > z.txt'];
      const { code, stdout } = await repo.run(words, { env });
      expect([code, stdout]).toEqual([0, expect.stringContaining('now on HEAD, in your working tree')]);
      expect([repo.read('f.txt'), repo.read('n.txt'), repo.read('z.txt')]).toEqual([
        'one\ntwo\nthree\nX\n',
        'new\n',
        'z\n',
      ]);
      expect([repo.tasks(), repo.branches(), repo.worktrees()]).toEqual([['1', '2'], [], []]);
    },
  );
});

describe('a resume after something was mended', () => {
  it.each(['not committed', 'committed'])(
    'says that the run goes on without what was changed since (%s)',
    async (how) => {
      const repo = repository();
      expect((await repo.run(['run', '--isolate', 'worktree', 'grep mended f.txt'])).code).toBe(1);
      expect((await repo.run(['resume'])).stderr).not.toContain('where it began');
      repo.write('f.txt', 'mended\n');
      if (how === 'committed') repo.git('commit', '-q', '-a', '-m', 'mend');
      const { code, stderr } = await repo.run(['resume']);
      expect(code).toBe(1);
      expect(stderr).toContain(
        `batchtool: the run goes on from ${repo.first.slice(0, 10)}, where it began: what was changed here since is not in it; a new run has it\n`,
      );
    },
  );

  it('says nothing where a run began with what is not committed, and that is as it was', async () => {
    const repo = repository();
    repo.write('f.txt', 'mine\n');
    const words = ['run', '--isolate', 'worktree', '--include-dirty', 'grep mended f.txt'];
    expect((await repo.run(words)).code).toBe(1);
    expect((await repo.run(['resume'])).stderr).not.toContain('where it began');
    repo.write('f.txt', 'mended\n');
    expect((await repo.run(['resume'])).stderr).toContain('where it began');
  });
});

test('a resume in a repository that was moved names the folder that is missing', async () => {
  const repo = repository();
  await repo.run(['run', '--isolate', 'worktree', 'false']);
  renameSync(repo.path(), repo.here.path('moved'));
  const { code, stderr } = await repo.here.run(['resume'], { cwd: repo.here.path('moved') });
  expect([code, stderr]).toEqual([
    2,
    `batchtool: the folder ${repo.path()}, in which the tasks work, is not there\n  hint: a run goes on where it began: move the folder back, or start a new run\n`,
  ]);
});

describe('variants', () => {
  const variants = (judge: string): string[] => [
    ...['run', '--ab-test', '--variant-a', 'sh: echo A > f.txt', '--variant-b', 'sh: echo B > f.txt'],
    ...['--compare', `sh: ${judge}`],
  ];

  it('do not meet: what the judge names is in the tree, the other on its branch', async () => {
    const repo = repository();
    const judge =
      'grep -q "^+A" $BATCHTOOL_CONTEXT/a.patch && grep -q "^+B" $BATCHTOOL_CONTEXT/b.patch && echo winner=b >> $BATCHTOOL_OUTPUT';
    const { code, stderr } = await repo.run(variants(judge));
    expect([code, repo.read('f.txt'), repo.tasks()]).toEqual([0, 'B\n', ['b']]);
    expect(stderr).toContain('★ b won: compare named it');
    expect(repo.branches()).toEqual([expect.stringMatching(/\/task\/a\.1$/)]);
  });

  it.each([
    [
      'a name that none has',
      'echo winner=c >> $BATCHTOOL_OUTPUT',
      'compare named "c", which is none of the variants',
    ],
    ['a judge that fails', 'exit 3', 'compare failed: exited with code 3'],
  ])('are all kept, and none is taken, after %s', async (_, judge, why) => {
    const repo = repository();
    const { code, stderr } = await repo.run(variants(judge));
    expect([code, repo.read('f.txt'), repo.tasks()]).toEqual([1, 'one\ntwo\nthree\n', []]);
    expect(stderr).toContain(why);
    expect(repo.branches().map((name) => name.split('/').at(-1))).toEqual(
      expect.arrayContaining(['a.1', 'b.1']),
    );
  });

  it('carry changes along that are not committed, and leave them in the tree', async () => {
    const repo = repository();
    repo.write('f.txt', 'mine\ntwo\nthree\n');
    const { code, stderr } = await repo.run([
      ...['run', '--ab-test', '--variant-a', 'sh: cat f.txt > a.txt', '--variant-b', 'sh: false'],
      ...['--compare', 'sh: echo winner=a >> $BATCHTOOL_OUTPUT'],
    ]);
    expect([code, repo.read('f.txt')]).toEqual([0, 'mine\ntwo\nthree\n']);
    const result = repo.branches().find((name) => name.endsWith('/result')) as string;
    expect(repo.at(result, 'a.txt')).toBe('mine\ntwo\nthree');
    expect(stderr).toContain(`git merge ${result}`);
  });

  it('share the one folder where there is no repository, which is said', async () => {
    const here = bench();
    const { code, stderr } = await here.run(variants(':'));
    expect(code).toBe(0);
    expect(stderr).toMatch(/no git repository/);
  });
});

describe('isolation that was asked for and cannot be had', () => {
  it('is refused without a repository, and nothing starts', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--isolate', 'worktree', 'touch started']);
    expect([code, here.has('started'), here.has('.batchtool')]).toEqual([2, false, false]);
    expect(stderr).toMatch(/repository/);
  });

  it('is refused in a bare repository, which is said to be one', async () => {
    const here = bench();
    execFileSync('git', ['init', '-q', '--bare'], { cwd: here.dir });
    const { code, stderr } = await here.run(['run', '--isolate', 'worktree', 'true']);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`the one around ${here.dir} is bare\n`)]);
  });

  it('is refused over changes that are not committed, unless they are to be carried along', async () => {
    const repo = repository();
    repo.write('f.txt', 'mine\n');
    const refused = await repo.run(['run', '--isolate', 'worktree', 'touch started']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--include-dirty')]);
    expect(
      (await repo.run(['run', '--isolate', 'worktree', '--include-dirty', 'cat f.txt'])).stdout,
    ).toContain('[1] mine\n');
    expect(repo.read('f.txt')).toBe('mine\n');
  });
});
