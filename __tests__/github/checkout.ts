/** A repository with a base branch and what somebody made of it, and checkouts of them as actions/checkout makes them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bench } from '../cli/harness.js';
import { REPOSITORY } from './github-api.js';

/** Text, a link to a path, or nothing at all any more. */
export type Files = Readonly<Record<string, string | { readonly link: string } | undefined>>;

export class Server {
  private readonly path: string;

  constructor(private readonly here: Bench) {
    this.path = here.path(REPOSITORY);
    mkdirSync(this.path, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  /** As a workflow knows it. */
  get url(): string {
    return `file://${this.here.dir}`;
  }

  /** A commit on top of what is checked out here; its id. */
  commit(files: Files): string {
    putFiles(this.path, files);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message=a commit');
    return this.git('rev-parse', 'HEAD').trim();
  }

  /** A commit that somebody proposes to be put on top of main. */
  propose(files: Files): string {
    return this.commitOn('main', files);
  }

  /** A commit on top of another one. */
  commitOn(commit: string, files: Files): string {
    this.git('checkout', '--quiet', '--detach', commit);
    const made = this.commit(files);
    this.git('checkout', '--quiet', 'main');
    return made;
  }

  /** What GitHub makes of main and of a proposal; others may merge into something else. */
  merge(proposal: string, into = 'main'): string {
    this.git('checkout', '--quiet', '--detach', into);
    this.git('merge', '--quiet', '--no-ff', '--message=merged', proposal);
    const commit = this.git('rev-parse', 'HEAD').trim();
    this.git('checkout', '--quiet', 'main');
    return commit;
  }

  /** Checks one commit out into a folder, without any history. */
  checkOut(commit: string, folder: string): void {
    mkdirSync(folder, { recursive: true });
    gitIn(folder, 'init', '--quiet');
    gitIn(folder, 'fetch', '--quiet', '--depth=1', `${this.url}/${REPOSITORY}`, commit);
    gitIn(folder, 'checkout', '--quiet', '--detach', commit);
  }

  private git(...args: string[]): string {
    return gitIn(this.path, ...args);
  }
}

export function gitIn(folder: string, ...args: string[]): string {
  const settings = ['user.name=somebody', 'user.email=somebody@localhost', 'core.hooksPath=/dev/null'];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  return execFileSync('git', ['-C', folder, ...flags, ...args], { encoding: 'utf8' });
}

export function putFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    rmSync(path, { recursive: true, force: true });
    if (content === undefined) continue;
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === 'string') writeFileSync(path, content);
    else symlinkSync(content.link, path);
  }
}
