/** What an attempt leaves becomes one commit, whatever it did to git. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AttemptWork, type Committed, commitWork } from '../../src/workspace/commit.js';
import { writePatch } from '../../src/workspace/difference.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { removeWorktree } from '../../src/workspace/worktree.js';
import { begun, TestRepository } from './repositories.js';

let repository: TestRepository;
let workspace: Workspace;
let base: string;
let tree: string;

const ref = { task: 'build', attempt: 1 };

beforeEach(async () => {
  repository = new TestRepository('a repo with ümläut');
  base = repository.commit({ 'a.txt': 'a\n', 'dir/b.txt': 'b\n', 'c.bin': Buffer.from([0, 1, 2]) });
  workspace = await repository.workspace();
  tree = await begun(workspace, ref, base);
});

afterEach(() => repository.remove());

function commit(parts: Partial<AttemptWork> = {}): Promise<Committed | undefined> {
  return commitWork(workspace, { ...ref, label: 'Build it', base, ...parts });
}

const gitDir = (): string => inTree('rev-parse', '--absolute-git-dir');
const inTree = (...args: string[]): string => repository.gitIn(tree, ...args);

/** Changes each kind of file once. */
function work(): void {
  repository.write('a.txt', 'a\nmore\n', tree);
  repository.write('new file ü.txt', 'new\n', tree);
  rmSync(join(tree, 'dir/b.txt'));
}

async function expectWork(): Promise<void> {
  const { commit: made = '' } = (await commit()) ?? {};
  expect(
    repository.git('ls-tree', '-r', '-z', '--name-only', made).split('\0').filter(Boolean).sort(),
  ).toEqual(['a.txt', 'c.bin', 'new file ü.txt'].sort());
  expect(repository.show(made, 'a.txt')).toBe('a\nmore');
  expect(repository.git('rev-parse', `${made}^`)).toBe(base);
  expect(repository.git('rev-parse', workspace.places.branch(ref))).toBe(made);
}

describe('the work of an attempt', () => {
  test('is one commit on a branch of its own, with what changed', async () => {
    work();
    writeFileSync(join(tree, 'c.bin'), Buffer.from([0, 9]));
    renameSync(join(tree, 'new file ü.txt'), join(tree, 'n.txt'));
    expect((await commit())?.changes).toEqual({
      files: [
        { path: 'a.txt', kind: 'changed', added: 1, deleted: 0 },
        { path: 'c.bin', kind: 'changed' },
        { path: 'dir/b.txt', kind: 'deleted', added: 0, deleted: 1 },
        { path: 'n.txt', kind: 'added', added: 1, deleted: 0 },
      ],
      omitted: 0,
      added: 2,
      deleted: 1,
    });
  });

  test('is no commit where nothing changed', async () => {
    repository.write('a.txt', 'a\n', tree);
    expect(await commit()).toBeUndefined();
    expect(repository.git('branch', '--list', 'batchtool/*')).toBe('');
  });

  test('leaves out what git ignores, and leaves the tree of the user alone', async () => {
    repository.write('.git/info/exclude', '*.log\n');
    repository.write('x.log', 'log', tree);
    work();
    await expectWork();
    expect(repository.git('status', '--porcelain')).toBe('');
    expect(repository.git('rev-parse', 'HEAD')).toBe(base);
  });

  test('knows a renamed file', async () => {
    renameSync(join(tree, 'dir/b.txt'), join(tree, 'moved.txt'));
    expect((await commit())?.changes.files).toEqual([
      { path: 'moved.txt', from: 'dir/b.txt', kind: 'renamed', added: 0, deleted: 0 },
    ]);
  });

  test('says whose it is: task, run, agent, author, and what the agent committed itself', async () => {
    work();
    inTree('add', '--all');
    inTree('commit', '--quiet', '-m', 'Its own\n\nwith more');
    workspace = { ...workspace, author: { name: 'Bot ü', email: 'bot@example.org' } };
    const made = await commit({ label: `${'x'.repeat(80)}\nsecond`, agent: 'claude' });
    expect(repository.git('log', '-1', '--format=%an <%ae> %cn%n%B', made?.commit ?? '')).toBe(
      `Bot ü <bot@example.org> Bot ü\n${'x'.repeat(71)}…\n\nIt made commits of its own:\n\n- Its own\n\n` +
        'Batchtool-Run: r1\nBatchtool-Task: build\nBatchtool-Attempt: build.1\nBatchtool-Agent: claude',
    );
  });

  test('is all of it as a patch too, with binary files', async () => {
    work();
    writeFileSync(join(tree, 'c.bin'), Buffer.from([0, 255, 254]));
    const made = await commit();
    const patch = join(repository.folder, 'x.patch');
    await writePatch(workspace.git, base, made?.commit ?? '', patch);
    repository.git('apply', '--index', patch);
    expect(repository.git('write-tree')).toBe(repository.git('rev-parse', `${made?.commit}^{tree}`));
  });
});

describe('an attempt cannot lose its work', () => {
  const replaced = (): string => repository.git('commit-tree', '-m', 'x', `${base}:dir`);

  test.each<[string, () => void]>([
    ['takes everything out of its index', () => inTree('rm', '--quiet', '--cached', '-r', '.')],
    ['leaves a lock', () => writeFileSync(join(gitDir(), 'index.lock'), '')],
    ['commits itself', () => inTree('commit', '--quiet', '--all', '-m', 'own')],
    ['switches to a branch of its own', () => inTree('checkout', '--quiet', '-b', 'its-own')],
    ['prunes worktrees', () => inTree('worktree', 'prune', '--expire=now')],
    ['deletes .git', () => rmSync(join(tree, '.git'))],
    [
      'puts a repository of its own in the place of .git',
      () => {
        rmSync(join(tree, '.git'));
        inTree('init', '--quiet');
      },
    ],
    ['deletes what the repository knows of it', () => rmSync(gitDir(), { recursive: true })],
    ['empties its index', () => writeFileSync(join(gitDir(), 'index'), '')],
    ['puts another commit in the place of its base', () => inTree('replace', base, replaced())],
  ])('when it %s', async (_, harm) => {
    work();
    harm();
    await expectWork();
  });

  test('but what it undid with `git reset --hard` is undone', async () => {
    repository.write('a.txt', 'other\n', tree);
    inTree('reset', '--quiet', '--hard');
    expect(await commit()).toBeUndefined();
  });

  test.each<[string, () => void, RegExp]>([
    ['its worktree', () => rmSync(tree, { recursive: true }), /is gone/],
    [
      'a link in the place of its worktree',
      () => {
        rmSync(tree, { recursive: true });
        symlinkSync(repository.folder, tree);
      },
      /is gone/,
    ],
    [
      'a repository in a folder, whose files git would forget',
      () => {
        repository.write('sub/x', 'x', tree);
        repository.gitIn(join(tree, 'sub'), 'init', '--quiet');
        repository.gitIn(join(tree, 'sub'), 'add', '.');
        repository.gitIn(join(tree, 'sub'), 'commit', '--quiet', '-m', 'x');
      },
      /git repository in sub/,
    ],
    [
      'a repository without a commit',
      () => {
        mkdirSync(join(tree, 'sub'));
        repository.gitIn(join(tree, 'sub'), 'init', '--quiet');
      },
      /sub/,
    ],
  ])('and it is said in words when it removed or left %s', async (_, harm, words) => {
    harm();
    await expect(commit()).rejects.toThrow(words);
  });
});

/** Permissions hold nobody back who is root. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  execFileSync('chown', ['-R', NOBODY, repository.folder]);
  process.seteuid?.(Number(NOBODY));
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
const NOBODY = '65534';

describe('files in a folder that cannot be looked into are not lost in silence', () => {
  test.each<[string, string, number]>([
    ['a new one', 'd', 0o000],
    ['one that git tracks', 'dir', 0o000],
    ['one whose names cannot be told', 'dir', 0o300],
  ])('%s', async (_, folder, mode) => {
    repository.write(`${folder}/1`, 'precious', tree);
    chmodSync(join(tree, folder), mode);
    await asNobody(() =>
      expect(commit()).rejects.toThrow(`could not open directory '${folder}/': Permission denied`),
    );
  });
});

describe('what git ignores is kept where the task itself tracks it:', () => {
  beforeEach(() => {
    repository.write('dist/a.js', 'one\ntwo\nthree\n', tree);
    inTree('add', '--all');
    repository.write('.gitignore', 'dist/\n*.log\n', tree);
    inTree('add', '--all');
    inTree('commit', '--quiet', '-m', 'dist is ignored');
    base = inTree('rev-parse', 'HEAD');
    inTree('read-tree', `--index-output=${workspace.places.index(ref)}`, base);
  });
  const files = async (): Promise<unknown> => (await commit())?.changes.files;

  test('a file that was renamed there', async () => {
    inTree('mv', 'dist/a.js', 'dist/c.js');
    expect(await files()).toMatchObject([{ path: 'dist/c.js', from: 'dist/a.js', kind: 'renamed' }]);
  });

  test.each<[string, () => void]>([
    ['staged', () => undefined],
    ['committed', () => inTree('commit', '--quiet', '-m', 'mine')],
    [
      'committed, and taken out of its index',
      () => {
        inTree('commit', '--quiet', '-m', 'mine');
        inTree('rm', '--quiet', '--cached', '-r', '.');
      },
    ],
    ['staged in an index in two parts', () => inTree('update-index', '--split-index')],
  ])('a file that was added with force and %s', async (_, then) => {
    repository.write('ü a.log', 'log\n', tree);
    repository.write('other.log', 'log\n', tree);
    inTree('add', '--force', 'ü a.log');
    then();
    expect(await files()).toMatchObject([{ path: 'ü a.log', kind: 'added' }]);
  });

  test('a file whose name is no UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${tree}/logs é/`), Buffer.of(0xe9, 0xff), Buffer.from('.log')]);
    mkdirSync(join(tree, 'logs é'));
    writeFileSync(name, 'log\n');
    inTree('add', '--force', 'logs é');
    const made = await commit();
    expect(repository.git('ls-tree', '-r', '--name-only', made?.commit ?? '', 'logs é')).toBe(
      '"logs \\303\\251/\\351\\377.log"',
    );
  });

  test('but not one that it has deleted, or that a link leads out of the worktree to', async () => {
    repository.write('a.log', 'log', tree);
    repository.write('logs/b.log', 'log', tree);
    inTree('add', '--force', 'a.log', 'logs/b.log');
    rmSync(join(tree, 'a.log'));
    rmSync(join(tree, 'logs'), { recursive: true });
    repository.write('b.log', 'secret', repository.folder);
    symlinkSync(repository.folder, join(tree, 'logs'));
    expect(await files()).toMatchObject([{ path: 'logs', kind: 'added' }]);
  });
});

describe('a worktree goes', () => {
  test('with what the repository knows of it, and no other', async () => {
    const other = await begun(workspace, { task: 'other', attempt: 1 }, base);
    mkdirSync(join(tree, 'locked/in'), { recursive: true });
    chmodSync(join(tree, 'locked'), 0o500);
    rmSync(join(tree, '.git'));
    await removeWorktree(workspace.repository.commonDir, tree);
    expect(existsSync(tree)).toBe(false);
    expect(repository.git('worktree', 'list', '--porcelain').match(/^worktree .*/gm)).toEqual([
      `worktree ${repository.top}`,
      `worktree ${other}`,
    ]);
    expect(readFileSync(join(other, 'a.txt'), 'utf8')).toBe('a\n');
  });
});
