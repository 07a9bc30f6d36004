import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isSurelyAbsent, trackedByGit } from '../../src/journal/tracked.js';
import { atEnd, scratchFolder } from './scratch.js';

function git(folder: string, ...args: string[]): void {
  const config = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  execFileSync('git', [...config, ...args], { cwd: folder, stdio: 'pipe' });
}

function write(folder: string, ...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
}

/** A repository that tracks these files, with `.batchtool/runs` present in the working tree. */
function repository(files: readonly string[], ...init: string[]): string {
  const folder = scratchFolder();
  git(folder, 'init', '-q', ...init);
  write(folder, ...files);
  git(folder, 'add', '-A', '-f');
  mkdirSync(join(folder, '.batchtool/runs'), { recursive: true });
  return folder;
}

function setVariable(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  atEnd(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

/** From here on nobody can start git, so whatever is found out is found out without it. */
function withoutGit(): void {
  setVariable('PATH', scratchFolder());
}

const STATE = '.batchtool/runs/20261122-231905-k3f9/plan.json';
const state = (folder: string): string => join(folder, '.batchtool');

describe('a state folder that git tracks is found out', () => {
  test('in an index of version 2', async () => {
    expect(await trackedByGit(state(repository(['a', STATE, 'z'])))).toBe('yes');
  });

  test('in an index of version 3', async () => {
    const folder = repository(['a']);
    write(folder, STATE);
    git(folder, 'add', '-f', '--intent-to-add', STATE);
    expect(readFileSync(join(folder, '.git/index')).readUInt32BE(4)).toBe(3);
    expect(await trackedByGit(state(folder))).toBe('yes');
  });

  test('in an index of version 4', async () => {
    const folder = repository(['.aaa/x', '.batchtooa', STATE, 'z']);
    git(folder, 'update-index', '--index-version', '4');
    expect(await trackedByGit(state(folder))).toBe('yes');
  });

  test('in a split index', async () => {
    const folder = repository(['a', STATE]);
    git(folder, 'update-index', '--split-index');
    write(folder, 'b');
    git(folder, 'add', 'b');
    expect(readFileSync(join(folder, '.git/index')).includes(STATE)).toBe(false);
    expect(await trackedByGit(state(folder))).toBe('yes');
  });

  test('in a sparse index that has folded it up', async () => {
    const folder = repository(['a', 'src/b', `deep/${STATE}`]);
    git(folder, 'commit', '-qm', 'all');
    git(folder, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'src');
    mkdirSync(join(folder, 'deep/.batchtool'), { recursive: true });
    expect(readFileSync(join(folder, '.git/index')).includes(STATE)).toBe(false);
    expect(await trackedByGit(join(folder, 'deep/.batchtool'))).toBe('yes');
  });

  test('in a repository with SHA-256 names', async () => {
    expect(await trackedByGit(state(repository(['a', STATE], '--object-format=sha256')))).toBe('yes');
  });

  test('in a worktree, whose index is elsewhere', async () => {
    const folder = repository(['a', STATE]);
    git(folder, 'commit', '-qm', 'all');
    const tree = join(scratchFolder(), 'tree');
    git(folder, 'worktree', 'add', '-q', tree);
    expect(await trackedByGit(state(tree))).toBe('yes');
  });

  test('behind a link that leads into the repository', async () => {
    const folder = repository(['shipped/runs/x/plan.json']);
    rmSync(state(folder), { recursive: true });
    symlinkSync('shipped', state(folder));
    expect(await trackedByGit(state(folder))).toBe('yes');
  });

  test('when the folder itself is a link in the repository', async () => {
    const folder = repository(['a']);
    rmSync(state(folder), { recursive: true });
    symlinkSync(scratchFolder(), state(folder));
    git(folder, 'add', '-f', '.batchtool');
    expect(await trackedByGit(state(folder))).toBe('yes');
  });

  test('when it is a repository of its own', async () => {
    const folder = repository(['a']);
    git(state(folder), 'init', '-q');
    write(state(folder), 'runs/x');
    git(state(folder), 'add', '-A');
    expect(await trackedByGit(state(folder))).toBe('yes');
  });

  test('by an outer repository around an inner one', async () => {
    const folder = repository([`inner/${STATE}`]);
    git(join(folder, 'inner'), 'init', '-q');
    expect(await trackedByGit(state(join(folder, 'inner')))).toBe('yes');
  });

  test('also when a hook has pointed git at another index', async () => {
    const folder = repository(['a', STATE]);
    setVariable('GIT_INDEX_FILE', join(repository(['b']), '.git/index'));
    expect(await trackedByGit(state(folder))).toBe('yes');
  });

  test('as unclear where git would have to say it and is not there', async () => {
    const folder = repository(['a']);
    git(folder, 'update-index', '--index-version', '4');
    withoutGit();
    expect(await trackedByGit(state(folder))).toBe('unclear');
  });
});

describe('a state folder that git does not track passes', () => {
  test.each([
    ['an empty repository', []],
    ['other files', ['a', '.gitignore', 'src/b']],
    ['names that begin like it', ['.batchtool2/a', '.batchtool.md', '.batchtoo']],
    ['folders of that name elsewhere', [`sub/${STATE}`, 'x.batchtool/a', 'sub/x.batchtool']],
    ['names like extensions of an index', ['link', 'a-link', 'symlink.c', 'sdir.c', 'links']],
  ])('without a git process: %s', async (_, files) => {
    const folder = repository(files);
    withoutGit();
    expect(await trackedByGit(state(folder))).toBe('no');
  });

  test('in an index of version 4, by asking git', async () => {
    const folder = repository(['.batchtool.md', 'a']);
    git(folder, 'update-index', '--index-version', '4');
    expect(await trackedByGit(state(folder))).toBe('no');
  });

  test('in a worktree', async () => {
    const folder = repository(['a']);
    git(folder, 'commit', '-qm', 'all');
    const tree = join(scratchFolder(), 'tree');
    git(folder, 'worktree', 'add', '-q', tree);
    withoutGit();
    expect(await trackedByGit(state(tree))).toBe('no');
  });

  test('outside of any repository', async () => {
    expect(await trackedByGit(state(scratchFolder()))).toBe('no');
  });

  test('with a .git file that leads nowhere', async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, '.git'), 'gitdir: /nowhere/at/all\n');
    expect(await trackedByGit(state(folder))).toBe('no');
  });
});

test('an index that is cut off anywhere never says that a tracked folder is absent, as long as it holds its name', () => {
  const index = readFileSync(join(repository(['a', STATE]), '.git/index'));
  const nameEnd = index.indexOf(STATE) + STATE.length + 1;
  const claims = Array.from({ length: index.length - nameEnd }, (_, n) =>
    isSurelyAbsent(index.subarray(0, nameEnd + n), '.batchtool'),
  );
  expect(claims).not.toContain(true);
});

test('what is no index proves nothing', () => {
  expect(isSurelyAbsent(Buffer.from('something else'), '.batchtool')).toBe(false);
});
