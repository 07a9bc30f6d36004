import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findStateDir, lookIntoStateDir, openStateDir, RunFolder } from '../../src/journal/folder.js';
import { createRun, latestRun, listFolders } from '../../src/journal/runs.js';
import { plan, task } from '../fakes/plan.js';
import {
  asyncFatalOf,
  atEnd,
  fatalOf,
  makeReadOnly,
  modeOf,
  mountTest,
  scratchFolder,
  scratchState,
  smallDisk,
} from './scratch.js';

function underUmask(mask: number): void {
  const before = process.umask(mask);
  atEnd(() => process.umask(before));
}

describe('findStateDir', () => {
  test('takes the folder that was asked for, seen from the current one', () => {
    expect(findStateDir({ cwd: '/a/b', stateDir: '../state' })).toBe('/a/state');
  });

  test('stands beside the nearest .git folder upwards', () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git/HEAD'), '');
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    expect(findStateDir({ cwd: join(folder, 'a/b') })).toBe(join(folder, '.batchtool'));
  });

  test('stands beside a .git file, as worktrees have one', () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git/HEAD'), '');
    mkdirSync(join(folder, 'tree'));
    writeFileSync(join(folder, 'tree/.git'), 'gitdir: ../.git/worktrees/tree\n');
    expect(findStateDir({ cwd: join(folder, 'tree') })).toBe(join(folder, 'tree/.batchtool'));
  });

  test('takes no notice of an empty .git folder, as sandboxes of agents leave behind', () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, '.git'));
    mkdirSync(join(folder, 'a'));
    expect(findStateDir({ cwd: join(folder, 'a') })).toBe(join(folder, 'a/.batchtool'));
  });

  test('stands in the current folder where there is no repository', () => {
    const folder = scratchFolder();
    expect(findStateDir({ cwd: folder, stateDir: '' })).toBe(join(folder, '.batchtool'));
  });
});

describe('openStateDir', () => {
  test.each([0o000, 0o777])('closes folder and files to others under umask %o', async (mask) => {
    underUmask(mask);
    const { path, runs } = await scratchState();
    expect([path, runs, join(path, '.gitignore')].map(modeOf)).toEqual(['700', '700', '600']);
  });

  test('hides itself from git', async () => {
    const folder = scratchFolder();
    execFileSync('git', ['init', '-q'], { cwd: folder });
    await scratchState(folder);
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })).toBe('');
  });

  test('closes a folder that was left open to others', async () => {
    const { path } = await scratchState();
    chmodSync(path, 0o755);
    await openStateDir(path);
    expect(modeOf(path)).toBe('700');
  });

  test('makes what is missing in a folder of its own', async () => {
    const { path, runs } = await scratchState();
    rmSync(runs, { recursive: true });
    rmSync(join(path, '.gitignore'));
    writeFileSync(join(path, 'config.yml'), '');
    expect((await openStateDir(path)).ok).toBe(true);
    expect(readdirSync(path).sort()).toEqual(['.gitignore', 'config.yml', 'runs']);
  });

  test('keeps a .gitignore that is there', async () => {
    const { path } = await scratchState();
    writeFileSync(join(path, '.gitignore'), 'mine\n');
    await openStateDir(path);
    expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('mine\n');
  });

  test('refuses a folder that holds other things, and leaves it as it was', async () => {
    const folder = scratchFolder();
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'package.json'), '{}');
    const opened = await openStateDir(folder);
    expect(opened).toMatchObject({ ok: false, problems: [{ hint: expect.stringContaining('--state-dir') }] });
    expect([readdirSync(folder), modeOf(folder)]).toEqual([['package.json'], '755']);
  });

  test('refuses a folder that git tracks', async () => {
    const folder = scratchFolder();
    const { path } = await scratchState(folder);
    execFileSync('git', ['init', '-q'], { cwd: folder });
    execFileSync('git', ['add', '-f', '.batchtool'], { cwd: folder });
    const opened = await openStateDir(path);
    expect(opened).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('git tracks'), hint: expect.stringContaining('git rm') }],
    });
  });

  test('says that the state folder is a file', async () => {
    const path = join(scratchFolder(), 'file');
    writeFileSync(path, '');
    expect((await asyncFatalOf(() => openStateDir(path))).problem.message).toContain('is a file');
  });

  test('says that the folder around it is missing, and how to make it', async () => {
    const folder = scratchFolder();
    const fatal = await asyncFatalOf(() => openStateDir(join(folder, 'no/state')));
    expect(fatal.problem).toEqual({
      message: expect.stringContaining(`the folder ${folder}/no does not exist`),
      hint: expect.stringContaining(`mkdir -p ${folder}/no`),
    });
  });

  test('says that a part of the path is a file', async () => {
    const path = join(scratchFolder(), 'file');
    writeFileSync(path, '');
    const fatal = await asyncFatalOf(() => openStateDir(join(path, 'state')));
    expect(fatal.problem.message).toContain('a part of the path is a file');
  });

  mountTest('says that the file system is read-only', async () => {
    const folder = scratchFolder();
    makeReadOnly(folder);
    const fatal = await asyncFatalOf(() => openStateDir(join(folder, '.batchtool')));
    expect(fatal.problem).toEqual({
      message: expect.stringContaining('the file system is read-only (EROFS)'),
      hint: expect.stringContaining('--state-dir'),
    });
  });

  mountTest('a state folder that became read-only opens, but takes no new run', async () => {
    const folder = scratchFolder();
    const stateDir = await scratchState(folder);
    makeReadOnly(folder);
    expect((await openStateDir(stateDir.path)).ok).toBe(true);
    const fatal = fatalOf(() => createRun(stateDir, plan([task('a')])));
    expect(fatal.problem.message).toContain('read-only (EROFS)');
  });

  mountTest('says that the disk is full, and leaves nothing that looks like a run', async () => {
    const stateDir = await scratchState(smallDisk());
    const big = plan([task('a', { label: 'x'.repeat(100_000) })]);
    const fatal = fatalOf(() => createRun(stateDir, big));
    expect(fatal.problem.message).toContain('the disk is full (ENOSPC)');
    expect(latestRun(stateDir)).toBeUndefined();
    expect(listFolders(stateDir)).toEqual([]);
  });
});

describe('lookIntoStateDir', () => {
  test('makes nothing where there is nothing', async () => {
    const path = join(scratchFolder(), '.batchtool');
    expect(await lookIntoStateDir(path)).toEqual({ ok: true, value: undefined });
    expect(existsSync(path)).toBe(false);
  });

  test('finds the folder that was made', async () => {
    const stateDir = await scratchState();
    expect(await lookIntoStateDir(stateDir.path)).toEqual({ ok: true, value: stateDir });
  });

  test('refuses a folder that git tracks', async () => {
    const folder = scratchFolder();
    const { path } = await scratchState(folder);
    execFileSync('git', ['init', '-q'], { cwd: folder });
    execFileSync('git', ['add', '-f', '.batchtool'], { cwd: folder });
    expect((await lookIntoStateDir(path)).ok).toBe(false);
  });
});

describe('files of an attempt', () => {
  const run = new RunFolder('20261122-231905-k3f9', '/state/runs/20261122-231905-k3f9');

  test('stand in one folder, named by task and attempt', () => {
    expect(run.files({ task: 'build', attempt: 2 })).toEqual({
      log: `${run.path}/tasks/build.2.log`,
      result: `${run.path}/tasks/build.2.md`,
      output: `${run.path}/tasks/build.2.output`,
      summary: `${run.path}/tasks/build.2.summary.md`,
      bill: `${run.path}/tasks/build.2.bill`,
      prompt: `${run.path}/tasks/build.2.prompt.md`,
      raw: `${run.path}/tasks/build.2.raw`,
      context: `${run.path}/tasks/build.2.context`,
      patch: `${run.path}/tasks/build.2.patch`,
    });
  });

  test.each(['..', '../x', '/etc', 'a/b', 'a\\b', '', 'con', 'a\0'])('are refused for the id %j', (id) => {
    expect(fatalOf(() => run.files({ task: id, attempt: 1 })).problem.message).toContain('is damaged');
  });
});
