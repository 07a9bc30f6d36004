/** Isolated tasks in repositories of every kind: they work there, and all that they change comes together. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { TestRepository } from '../workspace/repositories.js';
import { IsolatedBench } from './isolated-bench.js';

let bench: IsolatedBench;
afterEach(() => bench.clear());

/** Two tasks change a file each, and what they did lands in the user's tree. */
async function expectToLand(): Promise<void> {
  const seen = [
    await bench.run('test -e a.txt && echo one >> a.txt', { task: 'one' }),
    await bench.run('echo two > "two ü.txt"', { task: 'two' }),
  ];
  expect(seen.map(({ exit }) => exit)).toEqual(seen.map(() => ({ kind: 'code', code: 0 })));
  expect(seen.map(({ changes }) => changes?.files.map(({ path }) => path))).toEqual([
    ['a.txt'],
    ['two ü.txt'],
  ]);
  const merged = await bench.merge(
    seen.map((one) => bench.member(one)),
    'worktree',
  );
  expect(merged.outputs).toMatchObject({ landed: 'yes' });
  const { repository, workspace } = bench;
  const { top } = workspace.repository;
  expect(repository.read('a.txt', top).replaceAll('\r', '')).toBe('a\none\n');
  expect(repository.read('two ü.txt', top)).toMatch(/^two\r?\n$/);
  expect(repository.gitIn(top, 'status', '--porcelain')).toBe('');
  expect(repository.gitIn(top, 'fsck', '--no-dangling')).toBe('');
  await bench.executor.close();
  expect(bench.left()).toEqual([]);
}

function cloneOf(repository: TestRepository, ...flags: string[]): string {
  const clone = join(repository.folder, 'ein Klon');
  repository.git('clone', '--quiet', ...flags, `file://${repository.top}`, clone);
  return clone;
}

function inner(repository: TestRepository): string {
  const folder = join(repository.folder, 'inner');
  mkdirSync(folder);
  repository.gitIn(folder, 'init', '--quiet');
  writeFileSync(join(folder, 'x'), 'x');
  repository.gitIn(folder, 'add', '.');
  repository.gitIn(folder, 'commit', '--quiet', '-m', 'x');
  return folder;
}

describe('isolated tasks work', () => {
  test.each<[string, (repository: TestRepository) => string]>([
    [
      'in a shallow clone, as actions/checkout makes it',
      (repository) => {
        repository.commit({ more: 'x' });
        return cloneOf(repository, '--depth=1');
      },
    ],
    [
      'in a worktree of the user',
      (repository) => {
        const path = join(repository.folder, 'other tree');
        repository.git('worktree', 'add', '--quiet', '-b', 'other', path);
        return path;
      },
    ],
    [
      'in a repository with a submodule',
      (repository) => {
        const allow = ['-c', 'protocol.file.allow=always'];
        repository.git(...allow, 'submodule', '--quiet', 'add', inner(repository), 'sub module');
        repository.commit({});
        return repository.top;
      },
    ],
    [
      'in a submodule',
      (repository) => {
        const other = cloneOf(repository);
        const allow = ['-c', 'protocol.file.allow=always'];
        repository.git(...allow, 'submodule', '--quiet', 'add', other, 'nested');
        repository.commit({});
        repository.gitIn(join(repository.top, 'nested'), 'checkout', '--quiet', '-B', 'mine');
        return join(repository.top, 'nested');
      },
    ],
    [
      'in a sparse checkout',
      (repository) => {
        repository.commit({ 'huge/file': 'x', 'sub/more/file': 'y' });
        repository.git('sparse-checkout', 'set', 'sub');
        return repository.top;
      },
    ],
    [
      'with lines that end otherwise on disk',
      (repository) => {
        repository.git('config', 'core.autocrlf', 'true');
        return cloneOf(repository, '--config', 'core.autocrlf=true');
      },
    ],
    [
      'with a filter of the user, as LFS is one',
      (repository) => {
        repository.git('config', 'filter.turn.clean', 'tr a-z b-za');
        repository.git('config', 'filter.turn.smudge', 'tr b-za a-z');
        repository.git('config', 'filter.turn.required', 'true');
        repository.commit({ '.gitattributes': 'secret* filter=turn\n', 'secret.txt': 'abc\n' });
        return repository.top;
      },
    ],
    [
      'with an index in two parts',
      (repository) => {
        repository.git('config', 'core.splitIndex', 'true');
        repository.git('update-index', '--split-index');
        return repository.top;
      },
    ],
    [
      'with hooks, which are not run',
      (repository) => {
        for (const hook of [
          'post-checkout',
          'pre-commit',
          'post-merge',
          'post-index-change',
          'reference-transaction',
        ])
          writeFileSync(join(repository.top, '.git/hooks', hook), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
        return repository.top;
      },
    ],
    [
      'beside a tag and a branch with the same names as commits and files',
      (repository) => {
        repository.git('tag', 'HEAD-');
        repository.git('branch', 'a.txt');
        return repository.top;
      },
    ],
    [
      'where the user wants signed commits, colours and other orders',
      (repository) => {
        for (const [key, value] of Object.entries({
          'commit.gpgSign': 'true',
          'color.ui': 'always',
          'diff.orderFile': 'order',
          'diff.external': 'false',
          'diff.renames': 'copies',
          'status.short': 'true',
          'status.showUntrackedFiles': 'no',
          'core.quotePath': 'true',
          'log.showSignature': 'true',
          'merge.ff': 'false',
          'worktree.guessRemote': 'true',
          'checkout.defaultRemote': 'nowhere',
          'apply.whitespace': 'error',
        }))
          repository.git('config', key, value);
        return repository.top;
      },
    ],
  ])('%s', async (_, arrange) => {
    bench = await IsolatedBench.make({}, arrange);
    await expectToLand();
  });

  test('in a repository of the newer kind of names', async () => {
    bench = await IsolatedBench.make({}, (repository) => {
      const path = join(repository.folder, 'sha256');
      repository.git('init', '--quiet', '--initial-branch=main', '--object-format=sha256', path);
      writeFileSync(join(path, 'a.txt'), 'a\n');
      repository.gitIn(path, 'add', '.');
      repository.gitIn(path, 'commit', '--quiet', '-m', 'a');
      return path;
    });
    await expectToLand();
  });
});

describe('a submodule', () => {
  const withOne = (repository: TestRepository): string => {
    const allow = ['-c', 'protocol.file.allow=always'];
    repository.git(...allow, 'submodule', '--quiet', 'add', inner(repository), 'sub1');
    repository.commit({});
    return repository.top;
  };

  test('is an empty folder in a worktree, and stays what it was', async () => {
    bench = await IsolatedBench.make({}, withOne);
    const seen = await bench.run('ls sub1 | wc -l; echo x > x');
    expect(bench.log()).toMatch(/^\s*0\n$/);
    expect(seen.changes?.files.map(({ path }) => path)).toEqual(['x']);
  });

  test('that is not filled loses no files that are written there: the task fails, and its worktree stays', async () => {
    bench = await IsolatedBench.make({}, withOne);
    const { exit } = await bench.run('echo x > sub1/lost; git rm -q --cached sub1');
    expect(exit).toMatchObject({
      kind: 'contract',
      reason: expect.stringMatching(/files in sub1, .*--isolate-setup 'git submodule update --init'/),
    });
    await bench.executor.close();
    const worktree = bench.workspace.places.worktree({ task: 't', attempt: 1 });
    expect(readFileSync(join(worktree, 'sub1/lost'), 'utf8')).toBe('x\n');
  });

  test('can be filled by the setup, also one that the user has not filled', async () => {
    bench = await IsolatedBench.make({}, (repository) => {
      const top = withOne(repository);
      repository.git('config', '--remove-section', 'submodule.sub1');
      return top;
    });
    const setup = 'git -c protocol.file.allow=always submodule --quiet update --init';
    const seen = await bench.run('cat sub1/x > y', bench.order({ setup }));
    expect(seen).toMatchObject({ exit: { kind: 'code', code: 0 }, changes: { files: [{ path: 'y' }] } });
  });
});

test('a new file outside of a sparse checkout is committed, too', async () => {
  bench = await IsolatedBench.make({}, (repository) => {
    repository.commit({ 'huge/file': 'x' });
    repository.git('sparse-checkout', 'set', 'sub');
    return repository.top;
  });
  const seen = await bench.run('test ! -e huge && mkdir huge && echo new > huge/new');
  expect(seen.exit).toEqual({ kind: 'code', code: 0 });
  expect(seen.changes?.files).toEqual([{ path: 'huge/new', kind: 'added', added: 1, deleted: 0 }]);
});
