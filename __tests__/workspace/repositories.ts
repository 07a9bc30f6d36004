/** Real git repositories in folders of their own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import type { AttemptRef } from '../../src/core/ports.js';
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.js';
import { addWorktree } from '../../src/workspace/worktree.js';

// Each test starts git some twenty times.
jest.setTimeout(60_000);

/** A user of his own, and nothing of who runs the tests. */
const USER = {
  ...{ GIT_AUTHOR_NAME: 'Uli', GIT_AUTHOR_EMAIL: 'uli@example.org', GIT_COMMITTER_NAME: 'Uli' },
  ...{ GIT_COMMITTER_EMAIL: 'uli@example.org', GIT_CONFIG_NOSYSTEM: '1' },
};

export class TestRepository {
  /** Holds the repository, the state folder and a HOME. */
  readonly folder: string;
  readonly top: string;

  constructor(name = 'repo') {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-test-')));
    this.top = join(this.folder, name);
    mkdirSync(join(this.folder, 'home'));
    mkdirSync(join(this.folder, 'state'));
    mkdirSync(this.top, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  get environment(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: join(this.folder, 'home') };
  }

  /** What git prints, run by the user. */
  git(...args: string[]): string {
    return this.gitIn(this.top, ...args);
  }

  gitIn(cwd: string, ...args: string[]): string {
    return execFileSync('git', args, {
      cwd,
      env: { ...this.environment, ...USER },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  }

  write(path: string, text: string | Buffer, top = this.top): void {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }

  read(path: string, top = this.top): string {
    return readFileSync(join(top, path), 'utf8');
  }

  /** Commits these files; gives the commit. */
  commit(files: Readonly<Record<string, string | Buffer>>, message = 'more'): string {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** A commit on top of another, whatever is checked out. `change` works in a tree of its own. */
  commitOn(base: string, change: (top: string) => void, message = 'work'): string {
    const top = join(this.folder, 'scratch');
    this.git('worktree', 'add', '--quiet', '--detach', top, base);
    change(top);
    this.gitIn(top, 'add', '--all');
    this.gitIn(top, 'commit', '--quiet', '--allow-empty', '-m', message);
    const commit = this.gitIn(top, 'rev-parse', 'HEAD');
    this.git('worktree', 'remove', '--force', top);
    return commit;
  }

  /** All files of a commit with what they hold. */
  files(commit: string): Record<string, string> {
    const paths = this.git('ls-tree', '-r', '-z', '--name-only', commit).split('\0').filter(Boolean);
    return Object.fromEntries(paths.map((path) => [path, this.show(commit, path)]));
  }

  /** A file of a commit. */
  show(commit: string, path: string): string {
    return this.git('show', `${commit}:${path}`);
  }

  /** The work of one run here, begun. */
  async workspace(run = 'r1', cwd = this.top, author?: string): Promise<Workspace> {
    const { environment } = this;
    const guardFile = join(this.folder, `guard-${run}.json`);
    const branchFile = join(this.folder, `branch-${run}`);
    const stateDir = join(this.folder, 'state');
    const options = { run, cwd, stateDir, guardFile, branchFile, environment, author };
    const opened = await openWorkspace(options);
    if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join('; '));
    await opened.value.guard.rememberOnce();
    opened.value.startBranch.rememberOnce(opened.value.repository.branch);
    return opened.value;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Makes the worktree of an attempt and gives its folder. */
export async function begun(workspace: Workspace, ref: AttemptRef, base: string): Promise<string> {
  await addWorktree(workspace, ref, base);
  return workspace.places.worktree(ref);
}
