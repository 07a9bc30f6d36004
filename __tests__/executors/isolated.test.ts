/** Attempts in worktrees of their own, on real repositories. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import { saveLost } from '../../src/workspace/lost.js';
import { keepsTheContract } from './contract.js';
import { IsolatedBench } from './isolated-bench.js';
import { until } from './processes.js';
import type { Exited } from './workbench.js';

let bench: IsolatedBench;

describe('an executor of isolated attempts', () => {
  keepsTheContract(() => IsolatedBench.make());
});

describe('an isolated attempt', () => {
  beforeEach(async () => {
    bench = await IsolatedBench.make({ KEY: 'tok-5up3r-s3cr3t' });
  });
  afterEach(() => bench.clear());

  const show = ({ commit = '' }: Exited, path: string): string => bench.repository.show(commit, path);

  test('works in a tree of its own, whose changes are told as a commit and kept as a patch', async () => {
    const seen = await bench.run(
      'echo new > a.txt; pwd; git status --short; echo "$BATCHTOOL_WORKTREE $BATCHTOOL_BASE"',
    );
    expect(seen).toMatchObject({
      exit: { kind: 'code', code: 0 },
      changes: { files: [{ path: 'a.txt', kind: 'changed', added: 1, deleted: 1 }], omitted: 0 },
    });
    expect(show(seen, 'a.txt')).toBe('new');
    const path = bench.workspace.places.worktree({ task: 't', attempt: 1 });
    expect(bench.log()).toBe(`${path}\n M a.txt\n${path} ${bench.base}\n`);
    expect(bench.patch()).toMatch(/^-a\n\+new$/m);
    expect(bench.repository.read('a.txt')).toBe('a\n');
    expect(bench.repository.git('status', '--porcelain')).toBe('');
    await bench.executor.close();
    expect(bench.left()).toEqual([]);
    expect(bench.repository.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('that changes nothing has no commit and no branch', async () => {
    expect(await bench.run('true')).not.toHaveProperty('commit');
    expect(bench.branches()).toEqual([]);
  });

  test('that fails keeps its worktree, and its work on a branch', async () => {
    const seen = await bench.run('echo half > a.txt; exit 3');
    expect(seen.exit).toEqual({ kind: 'code', code: 3 });
    expect(show(seen, 'a.txt')).toBe('half');
    await bench.executor.close();
    expect(bench.left()).toEqual(['t.1']);
  });

  test('starts in the folder of the run and of the task, as git or the user has them', async () => {
    const seen = await bench.run('pwd; cat b.txt', { taskCwd: 'sub' });
    expect(seen.exit).toEqual({ kind: 'code', code: 0 });
    expect(bench.log()).toMatch(/t\.1\/sub\nb\n$/);
    mkdirSync(join(bench.repository.top, 'empty'));
    const other = await bench.run('pwd', { cwd: join(bench.repository.top, 'empty'), attempt: 2 });
    expect(other.exit).toEqual({ kind: 'code', code: 0 });
  });

  test('finds ignored files that it needs, and no others', async () => {
    bench.repository.write('.env', 'SECRET=1');
    bench.repository.write('ignored/deep/file', 'x');
    bench.repository.write('sub/ignored', 'y');
    bench.repository.write('untracked', 'z');
    const seen = await bench.run(
      'find . -type f | grep -v git | sort',
      bench.order({ copy: ['.env', 'ignored/**'] }),
    );
    expect(seen).not.toHaveProperty('commit');
    expect(bench.log()).toBe('./.env\n./a.txt\n./ignored/deep/file\n./sub/b.txt\n');
  });

  test('is told what of its work git ignores, so that it goes, and what was there before is not', async () => {
    bench.repository.write('.env', 'SECRET=1');
    const command =
      'mkdir ignored; for file in 1 2; do echo x > ignored/$file; done; git add -f ignored/2; mkdir a b c d; ' +
      'for folder in a b c d; do echo x > $folder/.env; done; printf end';
    const setup = 'mkdir e; echo x > e/.env';
    const seen = await bench.run(command, bench.order({ copy: ['.env'], setup }));
    expect(seen.changes?.files).toMatchObject([{ path: 'ignored/2' }]);
    expect(seen.notKept).toEqual({ names: ['a/', 'b/', 'c/'], omitted: 2 });
    expect(bench.log()).toMatch(
      /^end\nnot kept, for git ignores it: a\/, b\/, c\/ and 2 more \(`git add -f`/,
    );
    const failed = await bench.run('echo x > .env; exit 1', { attempt: 2 });
    expect(failed).not.toHaveProperty('notKept');
  });

  test('begins with its setup, which writes to its log', async () => {
    const seen = await bench.run('cat made', bench.order({ setup: 'echo setting up; echo yes > made' }));
    expect(bench.log()).toBe('setting up\nyes\n');
    expect(seen.changes?.files).toMatchObject([{ path: 'made' }]);
  });

  test.each(['true', 'exit 4'])('is charged with what a run within its setup spent: %s', async (end) => {
    const entry = (costUsd: number) => `echo '{"costUsd":${costUsd}}' >> "$BATCHTOOL_BILL"`;
    const seen = await bench.run(entry(2), bench.order({ setup: `${entry(1)}; ${end}` }));
    expect(seen.result?.costUsd).toBe(end === 'true' ? 3 : 1);
  });

  test('whose setup fails does not begin, and says why', async () => {
    const { exit } = await bench.run('echo never', bench.order({ setup: 'exit 4' }));
    expect(exit).toEqual({ kind: 'contract', reason: 'its setup `exit 4` exited with code 4' });
    expect(bench.log()).toBe('');
  });

  test('is looked at where it worked by what its task expects', async () => {
    const expected = { files: ['made'], changed: ['a.txt'], check: 'test -e made' };
    const { exit } = await bench.run('echo x > made; echo y > a.txt', { expect: expected });
    expect(exit).toEqual({ kind: 'code', code: 0 });
  });

  test('is not led to the tree of the user by variables of git', async () => {
    expect((await bench.run('git rev-parse --show-toplevel')).exit).toEqual({ kind: 'code', code: 0 });
    expect(bench.log()).toMatch(/t\.1\n$/);
  });

  test('that has removed its `.git` does not get at a repository around, as the tree of the user mostly is', async () => {
    bench.repository.gitIn(bench.repository.folder, 'init', '--quiet');
    const seen = await bench.run(
      'echo mine > a.txt; rm .git; git add -A; mkdir -p new; cd new; git rev-parse --show-toplevel; true',
    );
    expect(bench.log()).toMatch(/^(fatal: not a git repository[^\n]*\n){2}$/);
    expect(show(seen, 'a.txt')).toBe('mine');
  });

  test('keeps the folders above which git is not to look already', async () => {
    const env = { GIT_CEILING_DIRECTORIES: '/over/there' };
    await bench.run('echo "$GIT_CEILING_DIRECTORIES"', { env });
    expect(bench.log()).toBe(`${bench.workspace.places.folder}:/over/there\n`);
  });

  test('leaves no secret in its patch or message, and all of its work on its branch', async () => {
    const seen = await bench.run('echo tok-5up3r-s3cr3t > key');
    expect(bench.repository.git('log', '-1', '--format=%s', seen.commit as string)).toBe('echo *** > key');
    expect(bench.patch()).toContain('+***');
    expect(show(seen, 'key')).toBe('tok-5up3r-s3cr3t');
  });

  test('that is stopped while its worktree is made never starts', async () => {
    const seen: Observation[] = [];
    bench.executor.start(bench.launch('touch ran'), (one) => seen.push(one));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    await until('it has ended', () => seen.length > 0);
    expect(seen).toEqual([expect.objectContaining({ exit: { kind: 'signal', signal: 'SIGINT' } })]);
    expect(existsSync(bench.files({ task: 't', attempt: 1 }).log)).toBe(false);
    await bench.executor.close();
    expect(bench.left()).toEqual([]);
  });

  test('that is stopped in its setup ends, and its work does not start', async () => {
    const marker = join(bench.folder, 'setting-up');
    const ended = bench.run('touch ran', bench.order({ setup: `touch ${marker}; sleep 60` }));
    await until('its setup runs', () => existsSync(marker));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    expect((await ended).exit).toMatchObject({ kind: 'signal' });
  });

  test('is told what it has to do again, and finds what it did', async () => {
    const first = await bench.run('echo mine > a.txt');
    const onto = bench.repository.commit({ 'a.txt': 'theirs\n' });
    const redo = { files: ['a.txt'], task: 't', against: ['other'], onto, commit: first.commit as string };
    const command = 'cat "$BATCHTOOL_CONTEXT"/conflict.md "$BATCHTOOL_CONTEXT"/conflict.patch a.txt';
    await bench.run(command, { attempt: 2, ...bench.order({ base: onto, redo }) });
    expect(bench.log('t', 2)).toMatch(
      /could not be merged with the work of other\.[\s\S]*- a\.txt[\s\S]*\+mine\ntheirs\n$/,
    );
  });

  test.each([
    ['a commit in it', 'git -C x -c user.name=a -c user.email=b commit -q --allow-empty -m x'],
    ['files and no commit', 'echo file > x/file'],
  ])('that leaves a repository with %s has not delivered, and is told where all is', async (_, fill) => {
    const seen = await bench.run(`mkdir x && git -c init.defaultBranch=m init -q x && ${fill}`);
    const path = bench.workspace.places.worktree({ task: 't', attempt: 1 });
    const reason =
      'git add: the task has left a git repository in x, whose files no commit can hold; ' +
      `\`rm -rf ${path}/x/.git && batchtool resume r1\` puts them on batchtool/r1/task/t.1; ` +
      `all that it left is still in ${path}`;
    expect(seen).toMatchObject({ exit: { kind: 'contract', reason }, uncommitted: reason });
    await bench.executor.close();
    // With what a resume needs to try it again.
    expect(bench.left()).toEqual(['t.1', 't.1.index', 't.1.json']);
  });

  test.each([
    ['a filter', 'git config filter.evil.clean "touch /tmp/never"', 'filter.evil.clean'],
    ['a program that merges', "git config merge.mine.driver 'touch /tmp/never'", 'merge.mine.driver'],
    ['another file with settings', 'git config include.path ../evil', 'include.path'],
    ['another way to merge', 'git config merge.renames false', 'merge.renames'],
    [
      'a place to fetch from what is missing, and a program for it',
      'git config remote.x.uploadpack ./evil; git config remote.x.promisor true',
      'remote.x.uploadpack, remote.x.promisor',
    ],
    [
      'an attribute',
      'echo "* filter=evil" > "$(git rev-parse --git-common-dir)/info/attributes"',
      'attributes',
    ],
    [
      'files to ignore that are those of others',
      'echo "*.txt" >> "$(git rev-parse --git-common-dir)/info/exclude"',
      'exclude',
    ],
  ])('that gave git %s is not touched by git any more', async (_, command, key) => {
    const { exit, commit } = await bench.run(`echo x > x; ${command}`);
    expect(exit).toMatchObject({ kind: 'contract', reason: expect.stringContaining(key) });
    expect(commit).toBeUndefined();
    const next = await bench.run('true', { attempt: 2 });
    expect(next.exit).toMatchObject({ kind: 'contract' });
    expect(existsSync('/tmp/never')).toBe(false);
  });

  test('that fails by itself and cannot be committed is told to have left something all the same', async () => {
    const seen = await bench.run('echo x > x; git config filter.evil.clean false; exit 3');
    expect(seen.exit).toEqual({ kind: 'code', code: 3 });
    expect(seen.uncommitted).toMatch(/filter\.evil\.clean.*; all that it left is still in .*t\.1$/);
  });

  test('that changed what git is told keeps its work for when that is put back', async () => {
    await bench.run('echo x > x; git config filter.evil.clean false');
    expect(await bench.workspace.guard.fault()).toMatch(
      /since the run began: filter\.evil\.clean\..*`git config --show-origin --get-all filter\.evil\.clean`.*`batchtool resume r1`$/,
    );
    bench.repository.git('config', '--unset', 'filter.evil.clean');
    const { commits } = await saveLost(bench.workspace);
    expect(bench.repository.show(commits.get('t.1')?.commit as string, 'x')).toBe('x');
  });

  test.each([
    ['say who it is, and name branches', 'git config user.name Bot; git checkout -q -b mine'],
    ['see conflicts otherwise', 'git config merge.conflictstyle diff3; git config rerere.enabled true'],
    ['fetch from elsewhere', 'git remote add other "$PWD"; git config core.sshCommand "ssh -i key"'],
    ['write and read otherwise', 'for key in editor pager askPass; do git config core.$key true; done'],
    ['log in', 'git config credential.helper store; git config url.https://.insteadOf git://'],
    ['see differences otherwise', 'git config diff.external difft; git config diff.x.textconv cat'],
    ['know submodules', 'git config submodule.x.url ../x; git config submodule.x.update rebase'],
    [
      'have hooks of its own, which we do not run',
      'mkdir .husky; for hook in post-checkout pre-commit reference-transaction post-index-change; do ' +
        `printf '#!/bin/sh\nexit 1\n' > .husky/$hook; chmod +x .husky/$hook; done; git config core.hooksPath "$PWD/.husky"`,
    ],
    ['have a monitor for files, which we do not run', 'git config core.fsmonitor "touch /tmp/never; false"'],
  ])('may %s', async (_, command) => {
    const { exit, commit } = await bench.run(`echo x > x; ${command}`);
    expect(exit).toEqual({ kind: 'code', code: 0 });
    expect(show({ commit } as Exited, 'x')).toBe('x');
    const other = await bench.run('echo y > y', { task: 'other' });
    const merged = await bench.merge([bench.member({ task: 't', commit } as Exited), bench.member(other)]);
    expect(merged.exit).toEqual({ kind: 'code', code: 0 });
    expect(existsSync('/tmp/never')).toBe(false);
  });

  test('of a repository that fetches what it lacks may not change how that is done', async () => {
    bench.repository.git('config', 'remote.origin.promisor', 'true');
    bench.workspace = await bench.repository.workspace('r2', bench.cwd);
    bench.repository.git('config', 'core.sshCommand', './evil');
    expect(await bench.workspace.guard.fault()).toMatch(/began: core\.sshcommand\./);
  });

  test.each([
    ['log in', 'credential.helper', './evil'],
    ['find the files', 'lfs.https://example.org/x.git/info/lfs.url', 'https://evil.example'],
    ['find the files of a remote', 'remote.origin.lfsurl', 'https://evil.example'],
  ])('may change how to %s only where git-lfs fetches no files', async (_, key, value) => {
    bench.repository.git('config', 'filter.lfs.smudge', 'cat');
    bench.workspace = await bench.repository.workspace('r2', bench.cwd);
    bench.repository.git('config', key, value);
    expect(await bench.workspace.guard.fault()).toBeUndefined();
    const attributes = (top: string) => bench.repository.write('sub/.gitattributes', '*.b filter=lfs\n', top);
    // A task may be the one that brings such files.
    bench.repository.git('branch', 'batchtool/r2/task/t.1', bench.repository.commitOn('HEAD', attributes));
    expect(await bench.workspace.guard.fault()).toContain(`began: ${key}.`);
    bench.repository.git('branch', '-D', 'batchtool/r2/task/t.1');
    expect(await bench.workspace.guard.fault()).toBeUndefined();
    bench.repository.commit({ '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' });
    expect(await bench.workspace.guard.fault()).toContain(`began: ${key}.`);
  });

  test('of a service that goes on keeps its worktree until the run ends', async () => {
    await bench.run('sleep 60 & echo x > x', { keep: true });
    expect(bench.left()).toContain('t.1');
    await bench.executor.close();
    expect(bench.left()).toEqual([]);
  });

  test('does not see what others do at the same time', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        bench.run(`echo ${index} > a.txt; cat a.txt`, { task: `t${index}` }),
      ),
    );
    expect(all.map(({ exit }) => exit)).toEqual(all.map(() => ({ kind: 'code', code: 0 })));
    expect(all.map((seen) => show(seen, 'a.txt'))).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    await bench.executor.close();
    expect(bench.left()).toEqual([]);
    expect(bench.repository.git('fsck', '--no-dangling')).toBe('');
  });
});
