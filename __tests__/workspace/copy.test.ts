/** Ignored files on their way into a worktree, which never lead out of it. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { copyIgnored } from '../../src/workspace/copy.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { begun, TestRepository } from './repositories.js';

let repository: TestRepository;
let workspace: Workspace;
let tree: string;

beforeEach(async () => {
  repository = new TestRepository('répo of us');
  repository.write('.gitignore', 'node_modules\n*.env\nstate\n');
  const base = repository.commit({ 'a.txt': 'a', 'sub/b.txt': 'b' });
  workspace = await repository.workspace();
  tree = await begun(workspace, { task: 't', attempt: 1 }, base);
});
afterEach(() => repository.remove());

const copy = (patterns: string[], from = repository.top): Promise<void> =>
  copyIgnored(workspace, { patterns, from, to: tree, stateDir: join(repository.top, 'state') });

test('patterns count from the folder of the run, and name files or whole folders', async () => {
  repository.write('node_modules/x/deep/file', 'x');
  repository.write('top.env', '1');
  repository.write('sub/own.env', '2');
  repository.write('sub/deep/other.env', '3');
  await copy(['*.env'], join(repository.top, 'sub'));
  expect([existsSync(join(tree, 'top.env')), repository.read('sub/own.env', tree)]).toEqual([false, '2']);
  expect(existsSync(join(tree, 'sub/deep'))).toBe(false);
  await copy(['node_modules', '**/*.env']);
  expect(repository.read('node_modules/x/deep/file', tree)).toBe('x');
  expect([repository.read('top.env', tree), repository.read('sub/deep/other.env', tree)]).toEqual(['1', '3']);
});

test('links stay links if they stay inside, and others are left out', async () => {
  repository.write('node_modules/x/file', 'x');
  symlinkSync('../x/file', join(repository.top, 'node_modules/x/in'));
  symlinkSync('x/file', join(repository.top, 'node_modules/in'));
  symlinkSync('../../../out', join(repository.top, 'node_modules/out'));
  symlinkSync(join(repository.top, 'a.txt'), join(repository.top, 'node_modules/absolute'));
  await copy(['node_modules']);
  expect(readdirSync(join(tree, 'node_modules')).sort()).toEqual(['in', 'x']);
  expect(readlinkSync(join(tree, 'node_modules/in'))).toBe('x/file');
});

test('nothing is written through a link of the worktree, nor over a file of it', async () => {
  repository.write('node_modules/file', 'mine');
  repository.write('own.env', 'mine');
  const outside = join(repository.folder, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(tree, 'node_modules'));
  repository.write('own.env', 'of the worktree', tree);
  await copy(['**']);
  expect(readdirSync(outside)).toEqual([]);
  expect(lstatSync(join(tree, 'node_modules')).isSymbolicLink()).toBe(true);
  expect(repository.read('own.env', tree)).toBe('of the worktree');
});

test('our own folder is not copied', async () => {
  repository.write('state/worktrees/x', 'x');
  await copy(['**']);
  expect(existsSync(join(tree, 'state'))).toBe(false);
});

test('what git is like is kept without its values, which may be secrets', async () => {
  repository.git('config', 'filter.mine.clean', 'tool --password=c2VjcmV0');
  const other = await repository.workspace('r2');
  expect(readFileSync(join(repository.folder, 'guard-r2.json'), 'utf8')).not.toContain('c2VjcmV0');
  expect(await other.guard.fault()).toBeUndefined();
  repository.git('config', 'user.name', 'Somebody');
  repository.git('config', 'alias.st', 'status');
  expect(await other.guard.fault()).toBeUndefined();
  repository.git('config', 'filter.mine.clean', 'false');
  repository.git('config', 'merge.mine.driver', 'false');
  expect(await other.guard.fault()).toMatch(/began: filter\.mine\.clean, merge\.mine\.driver\. /);
});
