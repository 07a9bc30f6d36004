/** What waits on a branch can be taken by what is typed: the commands that are told are run. */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { takeCommand } from '../../src/reports/landing.js';
import { begin } from '../../src/workspace/beginning.js';
import { land, type Stayed, stay } from '../../src/workspace/land.js';
import { TestRepository } from './repositories.js';

const LINES = 'one\ntwo\nthree\nfour\nfive\nsix\n';
let repository: TestRepository;

beforeEach(() => {
  repository = new TestRepository();
  repository.commit({ 'a.txt': LINES, 'b.txt': 'b\n' });
});
afterEach(() => repository.remove());

/** A run that has begun, and whose tasks have changed the end of a file and added others. */
async function merged(includeDirty: boolean) {
  const workspace = await repository.workspace();
  const base = await begin(workspace, includeDirty);
  const tip = repository.commitOn(base, (top) => {
    repository.write('a.txt', `${repository.read('a.txt', top)}theirs\n`, top);
    for (const name of ['p', 'q', 'r', 's']) repository.write(name, 'theirs\n', top);
  });
  repository.git('branch', 'result', tip);
  return { workspace, base, tip };
}

/** Types what the last lines of a run tell. */
function take({ kind: _, why: __, ...how }: Stayed): void {
  const command = takeCommand({ kind: 'branch', branch: 'result', commit: '', ...how });
  for (const part of command.split(' && ')) repository.git(...part.split(' ').slice(1));
  expect(repository.read('q')).toBe('theirs\n');
}

describe('a result is taken by what is told', () => {
  test.each([
    ['at its end', land],
    ['on a branch, as was asked', stay],
  ])('%s: with changes that were carried in, which the stash only copies', async (_, end) => {
    repository.write('a.txt', `mine\n${LINES}`);
    repository.write('new', 'mine\n');
    repository.git('add', 'new');
    const { workspace, base, tip } = await merged(true);
    const stayed = (await end(workspace, base, tip)) as Stayed;
    expect(stayed).toMatchObject({
      take: 'stash',
      why: expect.stringMatching(/not committed is part of it, and the stash is only a copy$/),
    });
    take(stayed);
    expect(repository.read('a.txt')).toBe(`mine\n${LINES}theirs\n`);
    expect(repository.git('diff', 'stash@{0}', base)).toBe('');
  });

  test('with what was changed since they were carried in', async () => {
    repository.write('a.txt', `mine\n${LINES}`);
    const { workspace, base, tip } = await merged(true);
    repository.write('b.txt', 'later\n');
    const stayed = (await land(workspace, base, tip)) as Stayed;
    expect(stayed.why).toMatch(/the stash also holds what you changed since$/);
    take(stayed);
    expect(repository.git('show', 'stash@{0}:b.txt')).toBe('later');
  });

  test('with changes of the user in the same file, which are there again after it', async () => {
    const { workspace, base, tip } = await merged(false);
    repository.write('a.txt', `mine\n${LINES}`);
    const stayed = (await land(workspace, base, tip)) as Stayed;
    expect(stayed).toEqual({
      kind: 'stayed',
      take: 'stash-pop',
      why: 'a.txt has changes that are not committed',
    });
    take(stayed);
    expect(repository.read('a.txt')).toBe(`mine\n${LINES}theirs\n`);
  });

  test('with changes that are staged elsewhere, on a branch that has moved', async () => {
    const { workspace, base, tip } = await merged(false);
    repository.commit({ c: 'c' });
    repository.write('b.txt', 'mine\n');
    repository.git('add', 'b.txt');
    const stayed = (await land(workspace, base, tip)) as Stayed;
    expect(stayed).toMatchObject({ take: 'stash-pop', why: 'b.txt has changes that are not committed' });
    take(stayed);
    expect(repository.read('b.txt')).toBe('mine\n');
  });

  test('where a task has moved the branch under files that nobody has changed', async () => {
    const { workspace, base, tip } = await merged(false);
    const moved = repository.commitOn(base, (top) => repository.write('b.txt', 'moved\n', top));
    repository.git('update-ref', 'refs/heads/main', moved);
    const stayed = (await land(workspace, base, tip)) as Stayed;
    expect(stayed).toEqual({
      kind: 'stayed',
      take: 'stash',
      why: 'main was moved while the run went on, and your files were not; the stash only holds how it was when the run began',
    });
    take(stayed);
    expect([repository.read('b.txt'), repository.git('status', '--porcelain')]).toEqual(['moved\n', '']);
  });

  test('with changes of the user elsewhere, which need nothing', async () => {
    const { workspace, base, tip } = await merged(false);
    repository.write('b.txt', 'mine\n');
    const stayed = (await land(workspace, base, tip)) as Stayed;
    expect(stayed).not.toHaveProperty('take');
    take(stayed);
    expect(repository.read('b.txt')).toBe('mine\n');
  });

  test.each([
    [['q'], 'q is in the way, for git does not track it: move it away first'],
    [
      ['p', 'q', 'r', 's'],
      'p, q, r and 1 more are in the way, for git does not track them: move them away first',
    ],
  ])('after files that are in the way were moved: %j', async (names, why) => {
    const { workspace, base, tip } = await merged(false);
    for (const name of names) repository.write(name, 'mine\n');
    const stayed = (await land(workspace, base, tip)) as Stayed;
    expect(stayed).toEqual({ kind: 'stayed', why });
    expect(() => take(stayed)).toThrow(/overwritten/);
    for (const name of names) renameSync(join(repository.top, name), join(repository.folder, name));
    take(stayed);
  });

  test('where nothing is in the way no word is said', async () => {
    const { workspace, base, tip } = await merged(false);
    expect(await stay(workspace, base, tip)).toEqual({ kind: 'stayed' });
    expect(await land(workspace, base, tip)).toEqual({ kind: 'landed', branch: 'main' });
    expect(existsSync(join(repository.top, 'q'))).toBe(true);
  });
});

describe('a branch moves on to the result and to nothing else', () => {
  test.each(['--squash', '--no-commit --no-ff', '-s ours', '--edit --signoff'])(
    'where the user has `%s` for merges on it',
    async (options) => {
      repository.git('config', 'branch.main.mergeOptions', options);
      const { workspace, base, tip } = await merged(false);
      expect(await land(workspace, base, tip)).toEqual({ kind: 'landed', branch: 'main' });
      expect(repository.git('rev-parse', 'HEAD')).toBe(tip);
      expect(repository.git('status', '--porcelain')).toBe('');
    },
  );

  test('or it is said that it has not, whatever git says, and all is as it was', async () => {
    const { workspace, base, tip } = await merged(false);
    const { git } = workspace;
    // A git that prepares a commit and makes none.
    const ask: typeof git.ask = (args, call) =>
      git.ask(args[0] === 'merge' ? ['merge', '--squash', '--quiet', tip] : args, call);
    const squashing = Object.assign(Object.create(git), { ask }) as typeof git;
    expect(await land({ ...workspace, git: squashing }, base, tip)).toEqual({
      kind: 'stayed',
      why: 'git merge has not moved main',
    });
    expect(repository.git('rev-parse', 'HEAD')).toBe(base);
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});
