/** Whether isolated tasks can work here: looked at before anything is started, and nothing is changed. */
import { existsSync, realpathSync } from 'node:fs';
import { failure, type Result, success } from '../core/problem.js';
import { fruitless, isWithin } from './copy.js';
import { type Dirty, dirtyIn } from './dirty.js';
import { Git } from './git.js';
import { type Repository, repositoryAround } from './repository.js';
import { FILLING, submodulesIn } from './submodules.js';

export interface Intent {
  /** The folder of the run's tasks. */
  readonly cwd: string;
  /** Those in which isolated tasks work. */
  readonly folders: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Changes that are not committed go along. */
  readonly includeDirty: boolean;
  /** All of them have a setup that looks after submodules. */
  readonly fillsSubmodules?: boolean;
  /** Patterns of ignored files that isolated tasks are to have. */
  readonly copy?: Iterable<string>;
}

const MOST_NAMED = 3;

/** What is to be said before the start, or why there can be none. */
export async function readiness({
  cwd,
  folders,
  environment,
  includeDirty,
  fillsSubmodules = false,
  copy = [],
}: Intent): Promise<Result<string[]>> {
  const repository = await repositoryAround(new Git(cwd, environment));
  if (!repository.ok) return repository;
  const git = new Git(repository.value.top, environment);
  const refused = (await foreignFolder(git, repository.value, folders)) ?? (await takenName(git));
  if (refused !== undefined) return refused;
  const dirty = await dirtyIn(git);
  const fault = dirtyFault(dirty, includeDirty);
  if (fault !== undefined) return fault;
  const submodules = fillsSubmodules ? [] : await submodulesIn(git, 'HEAD');
  const vain = await fruitless(git.in(cwd), new Set(copy));
  return success([...untrackedNotice(dirty), ...submoduleNotice(submodules), ...copyNotice(vain)]);
}

async function foreignFolder(
  git: Git,
  { top }: Repository,
  folders: readonly string[],
): Promise<Result<never> | undefined> {
  for (const folder of new Set(folders)) {
    if (!existsSync(folder)) continue;
    const found = await git.in(realpathSync(folder)).ask(['rev-parse', '--show-toplevel']);
    if (found.code === 0 && found.stdout.toString().trimEnd() === top) continue;
    const where = isWithin(realpathSync(folder), top) ? 'is a repository of its own within' : 'is outside of';
    return failure(
      `an isolated task is to work in ${folder}, which ${where} the repository ${top}`,
      'let it work below that folder, or in the one tree with `isolate: none`',
    );
  }
  return undefined;
}

/** Git cannot have a branch and others below its name. */
async function takenName(git: Git): Promise<Result<never> | undefined> {
  if ((await git.ask(['show-ref', '--verify', '--quiet', 'refs/heads/batchtool'])).code !== 0)
    return undefined;
  return failure(
    'the repository has a branch named batchtool, so that git can have none named batchtool/…, where isolated work is kept',
    '`git branch -m batchtool another-name` renames it',
  );
}

function dirtyFault({ changed, unmerged }: Dirty, includeDirty: boolean): Result<never> | undefined {
  const names = someOf(changed);
  if (includeDirty && unmerged)
    return failure(
      `a merge has left conflicts, which cannot be carried into worktrees (${names})`,
      'resolve them, or `git merge --abort`',
    );
  if (includeDirty || changed.length === 0) return undefined;
  return failure(
    `isolated tasks would not see changes that are not committed: ${names}`,
    'commit or stash them, or carry them along with --include-dirty',
  );
}

function someOf(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
}

function submoduleNotice(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const what = paths.length === 1 ? 'the submodule is an empty folder' : 'submodules are empty folders';
  return [
    `${what} for isolated tasks (${someOf(paths)}): ${FILLING} fills ${paths.length === 1 ? 'it' : 'them'}`,
  ];
}

function copyNotice(patterns: readonly string[]): string[] {
  return patterns.length === 0
    ? []
    : [`--isolate-copy copies nothing for ${someOf(patterns)}: there is no such file that git ignores`];
}

function untrackedNotice({ untracked }: Dirty): string[] {
  if (untracked === 0) return [];
  const files =
    untracked === 1 ? '1 file that git does not track is' : `${untracked} files that git does not track are`;
  return [`${files} not there for isolated tasks`];
}
