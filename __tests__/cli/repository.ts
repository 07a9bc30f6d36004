/** A git repository in a bench's folder, for tests of tasks that work in worktrees. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bench, Ended, Options } from './harness.js';

/** What git sees of the machine: nothing of the one who runs the tests. */
const ENV = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  LC_ALL: 'C',
};

export class Repository {
  /** The commit that holds `files`. */
  readonly first: string;

  constructor(
    readonly here: Bench,
    files: Readonly<Record<string, string>>,
    /** The folder of the repository within the bench's. */
    readonly folder = 'repo',
  ) {
    mkdirSync(this.path(), { recursive: true });
    this.git('init', '-q', '-b', 'main');
    this.git('config', 'user.name', 'Ada');
    this.git('config', 'user.email', 'ada@localhost');
    for (const [name, content] of Object.entries(files)) this.write(name, content);
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', 'first');
    this.first = this.git('rev-parse', 'HEAD');
  }

  path(...parts: string[]): string {
    return join(this.here.dir, this.folder, ...parts);
  }

  /** Runs git here and gives what it printed, without the last line end. Throws when it fails. */
  git(...args: string[]): string {
    const printed = execFileSync('git', args, {
      cwd: this.path(),
      env: ENV,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return printed.toString().replace(/\n$/, '');
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** A file as a commit or branch has it. */
  at(commit: string, name: string): string {
    return this.git('show', `${commit}:${name}`);
  }

  run(args: readonly string[], options: Options = {}): Promise<Ended> {
    return this.here.run(args, { cwd: this.path(), ...options });
  }

  /** Whose changes the commits after the first are, oldest first. */
  tasks(commit = 'HEAD'): string[] {
    const format = '--format=%(trailers:key=Batchtool-Task,valueonly,separator=%x2C)';
    return this.lines('log', '--reverse', format, `${this.first}..${commit}`);
  }

  /** Names of branches that start with `batchtool/`. */
  branches(): string[] {
    return this.lines('for-each-ref', '--format=%(refname:short)', 'refs/heads/batchtool');
  }

  /** Folders of worktrees besides the repository's own. */
  worktrees(): string[] {
    return this.lines('worktree', 'list', '--porcelain')
      .filter((line) => line.startsWith('worktree '))
      .slice(1);
  }

  /** Nothing is broken, nothing changed and nothing is half done. */
  isSound(): boolean {
    this.git('fsck', '--strict', '--no-dangling');
    return this.git('status', '--porcelain', '--untracked-files=no') === '';
  }

  private lines(...args: string[]): string[] {
    return this.git(...args)
      .split('\n')
      .filter((line) => line !== '');
  }
}
