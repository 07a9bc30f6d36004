/** What is looked at before a run with isolated tasks starts, and what it begins with. */
import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { problemText } from '../../src/core/problem.js';
import { begin } from '../../src/workspace/beginning.js';
import { commitWork } from '../../src/workspace/commit.js';
import { type Saved, saveLost } from '../../src/workspace/lost.js';
import { type Intent, readiness } from '../../src/workspace/readiness.js';
import { addWorktree } from '../../src/workspace/worktree.js';
import { begun, TestRepository } from './repositories.js';

let repository: TestRepository;

beforeEach(() => {
  repository = new TestRepository('a repo');
});
afterEach(() => repository.remove());

async function said(parts: Partial<Intent> = {}): Promise<string[]> {
  const { top: cwd, environment } = repository;
  const ready = await readiness({ cwd, folders: [cwd], environment, includeDirty: false, ...parts });
  return ready.ok ? ready.value : ready.problems.map(problemText);
}

describe('isolated tasks can work', () => {
  beforeEach(() => {
    repository.commit({ 'a.txt': 'a', 'sub/b.txt': 'b' });
  });

  test.each<[string, () => Partial<Intent>]>([
    ['in a clean repository', () => ({})],
    [
      'in a folder of it',
      () => ({ cwd: join(repository.top, 'sub'), folders: [join(repository.top, 'sub')] }),
    ],
    [
      'with a detached HEAD',
      () => {
        repository.git('checkout', '--quiet', '--detach');
        return {};
      },
    ],
    [
      'in a shallow clone',
      () => {
        repository.commit({ more: 'x' });
        const clone = join(repository.folder, 'shallow clone');
        repository.git('clone', '--quiet', '--depth=1', `file://${repository.top}`, clone);
        return { cwd: clone, folders: [clone] };
      },
    ],
    [
      'in a worktree of the user',
      () => {
        const other = join(repository.folder, 'other');
        repository.git('worktree', 'add', '--quiet', other);
        return { cwd: other, folders: [other] };
      },
    ],
    [
      'through a link to the repository',
      () => {
        symlinkSync(repository.top, join(repository.folder, 'link'));
        const cwd = join(repository.folder, 'link', 'sub');
        return { cwd, folders: [cwd] };
      },
    ],
    ['in a folder that is not there yet', () => ({ folders: [join(repository.top, 'later')] })],
  ])('%s', async (_, arrange) => {
    expect(await said(arrange())).toEqual([]);
  });

  test('where untracked files are missing, which is said', async () => {
    repository.write('x', '');
    expect(await said()).toEqual(['1 file that git does not track is not there for isolated tasks']);
    repository.write('y/z', '');
    expect(await said()).toEqual(['2 files that git does not track are not there for isolated tasks']);
  });

  test('where nothing is copied of what was to be, which is said', async () => {
    repository.commit({ '.gitignore': '.env*\n' });
    repository.write('sub/.env', 'secret');
    repository.write('notes', 'not ignored');
    const copy = ['sub/.env', '**/.env', '.env*', '.env*', 'notes'];
    expect(await said({ copy })).toEqual([
      '1 file that git does not track is not there for isolated tasks',
      '--isolate-copy copies nothing for .env*, notes: there is no such file that git ignores',
    ]);
  });

  test('with changes that are not committed, if these are carried along', async () => {
    repository.write('a.txt', 'mine');
    expect(await said({ includeDirty: true })).toEqual([]);
    expect(await said()).toEqual([
      'isolated tasks would not see changes that are not committed: a.txt\n  hint: commit or stash them, or carry them along with --include-dirty',
    ]);
  });
});

describe('isolated tasks cannot work', () => {
  test.each<[string, () => Partial<Intent> | undefined, RegExp]>([
    ['outside of a repository', () => ({ cwd: repository.folder }), /none around .*git init/s],
    ['without a commit', () => undefined, /no commit yet.*--allow-empty/s],
    [
      'without git',
      () => ({ environment: { PATH: join(repository.folder, 'nothing') } }),
      /cannot be run.*install/s,
    ],
    [
      'with an old git',
      () => {
        const bin = join(repository.folder, 'bin');
        mkdirSync(bin);
        writeFileSync(join(bin, 'git'), '#!/bin/sh\necho git version 2.37.1\n', { mode: 0o755 });
        return { environment: { PATH: bin } };
      },
      /2\.38 or newer; here is git version 2\.37\.1/,
    ],
    [
      'in a folder outside of it',
      () => {
        repository.commit({ a: 'a' });
        return { folders: [repository.folder] };
      },
      /outside of the repository/,
    ],
    [
      'in another repository within it',
      () => {
        repository.commit({ a: 'a' });
        mkdirSync(join(repository.top, 'inner'));
        repository.gitIn(join(repository.top, 'inner'), 'init', '--quiet');
        return { folders: [join(repository.top, 'inner')] };
      },
      /repository of its own/,
    ],
    [
      'beside a branch that has their name',
      () => {
        repository.commit({ a: 'a' });
        repository.git('branch', 'batchtool');
        return {};
      },
      /branch named batchtool.*git branch -m/s,
    ],
    [
      'on conflicts that nobody resolved',
      () => {
        repository.commit({ a: 'a' });
        const theirs = repository.commitOn(repository.git('rev-parse', 'HEAD'), (top) =>
          repository.write('a', 'x', top),
        );
        repository.commit({ a: 'y' });
        expect(() => repository.git('merge', theirs)).toThrow();
        return { includeDirty: true };
      },
      /conflicts.*merge --abort/s,
    ],
    [
      'in a repository that has no tree',
      () => {
        const bare = join(repository.folder, 'bare.git');
        repository.git('init', '--quiet', '--bare', bare);
        return { cwd: bare };
      },
      /working tree/,
    ],
  ])('%s, which is said with what to do', async (_, arrange, words) => {
    const [first, ...more] = await said(arrange());
    expect(first).toMatch(words);
    expect(more).toEqual([]);
  });
});

test('submodules are told to be empty, with what fills them, where no setup does', async () => {
  repository.commit({ '.gitmodules': '[submodule "l"]\n\tpath = lib ü\n\turl = ../l\n' });
  expect(await said()).toEqual([
    "the submodule is an empty folder for isolated tasks (lib ü): --isolate-setup 'git submodule update --init' fills it",
  ]);
  expect(await said({ fillsSubmodules: true })).toEqual([]);
});

describe('a run begins', () => {
  test('in HEAD where nothing is to be carried along', async () => {
    const head = repository.commit({ a: 'a' });
    expect(await begin(await repository.workspace(), true)).toBe(head);
    expect(repository.git('branch', '--list', 'batchtool/*')).toBe('');
  });

  test('with all that is not committed, and neither tree nor index of the user are touched', async () => {
    const head = repository.commit({ a: 'a', gone: 'x', staged: 's', 'dir/ü': 'u' });
    repository.write('a', 'mine');
    rmSync(join(repository.top, 'gone'));
    repository.write('staged', 'half');
    repository.git('add', 'staged');
    repository.write('staged', 'whole');
    repository.write('new', 'new');
    repository.git('add', '--intent-to-add', 'new');
    repository.write('untracked', 'x');
    const before = [repository.git('status', '--porcelain=v2'), repository.git('diff', '--cached')];
    const base = await begin(await repository.workspace(), true);
    expect(repository.files(base)).toEqual({ a: 'mine', staged: 'whole', 'dir/ü': 'u', new: 'new' });
    expect(repository.git('rev-parse', `${base}^`)).toBe(head);
    expect(repository.git('rev-parse', 'batchtool/r1/base')).toBe(base);
    expect([repository.git('status', '--porcelain=v2'), repository.git('diff', '--cached')]).toEqual(before);
    expect(existsSync(join(repository.folder, 'state/worktrees/r1/snapshot.index'))).toBe(false);
  });

  test('also with what was changed in the very second of the last commit', async () => {
    repository.git('config', 'core.trustctime', 'false');
    const moment = 1_700_000_000;
    const write = (text: string): void => {
      repository.write('g', text);
      utimesSync(join(repository.top, 'g'), moment, moment);
    };
    write('six');
    repository.git('add', 'g');
    repository.git('commit', '--quiet', '-m', 'six');
    write('two');
    utimesSync(join(repository.top, '.git/index'), moment, moment);
    expect(repository.files(await begin(await repository.workspace(), true))).toEqual({ g: 'two' });
  });
});

describe('after a death', () => {
  const ref = { task: 'build', attempt: 1 };
  let base: string;

  beforeEach(() => {
    base = repository.commit({ a: 'a' });
  });

  /** An attempt that was killed while it worked. */
  async function killed(): Promise<Saved> {
    const workspace = await repository.workspace();
    const tree = await begun(workspace, ref, base);
    writeFileSync(workspace.places.order(ref), JSON.stringify({ ...ref, label: 'x', base }));
    repository.write('a', 'half', tree);
    writeFileSync(`${workspace.places.index(ref)}.lock`, '');
    return saveLost(workspace);
  }

  test('what an attempt had done is on its branch, and its worktree is gone', async () => {
    const { commits, notices } = await killed();
    expect(notices).toEqual([]);
    expect(repository.show(commits.get('build.1')?.commit ?? '', 'a')).toBe('half');
    expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1);
    const workspace = await repository.workspace('r2');
    expect(await saveLost(workspace)).toEqual({ commits: new Map(), notices: [] });
  });

  test('what was committed already has the same commit still', async () => {
    const workspace = await repository.workspace();
    const tree = await begun(workspace, ref, base);
    repository.write('a', 'done', tree);
    const work = { ...ref, label: 'x', base };
    writeFileSync(workspace.places.order(ref), JSON.stringify(work));
    const made = await commitWork(workspace, work);
    repository.git('commit', '--quiet', '--allow-empty', '-m', 'so that time goes on');
    expect((await saveLost(workspace)).commits.get('build.1')).toEqual(made);
  });

  test('a worktree that was only half made is taken away and means nothing', async () => {
    const workspace = await repository.workspace();
    await addWorktree(workspace, ref, base);
    rmSync(workspace.places.index(ref));
    rmSync(join(workspace.places.worktree(ref), 'a'));
    writeFileSync(workspace.places.order(ref), JSON.stringify({ ...ref, label: 'x', base }));
    expect((await saveLost(workspace)).commits.size).toBe(0);
    expect(existsSync(workspace.places.worktree(ref))).toBe(false);
  });

  test('what cannot be kept is named, and nothing of it is deleted', async () => {
    const workspace = await repository.workspace();
    const tree = await begun(workspace, ref, base);
    mkdirSync(join(tree, 'sub'));
    repository.gitIn(join(tree, 'sub'), 'init', '--quiet');
    writeFileSync(workspace.places.order(ref), JSON.stringify({ ...ref, label: 'x', base }));
    expect((await saveLost(workspace)).notices).toEqual([expect.stringContaining(tree)]);
    expect(existsSync(join(tree, 'sub'))).toBe(true);
  });
});
