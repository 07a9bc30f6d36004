/** What all that one run does with git has in common. */
import { existsSync, realpathSync } from 'node:fs';
import { type Result, success } from '../core/problem.js';
import { type Author, authorOf } from './author.js';
import { ConfigGuard } from './config-guard.js';
import { Git } from './git.js';
import { Places } from './places.js';
import { type Repository, repositoryAround } from './repository.js';
import { StartBranch } from './start-branch.js';

export interface Workspace {
  /** In the top of the user's tree. */
  readonly git: Git;
  readonly repository: Repository;
  readonly places: Places;
  readonly guard: ConfigGuard;
  readonly startBranch: StartBranch;
  readonly author: Author;
  /** The user's tree is itself the worktree of a task, of a run around this one. */
  readonly isOfTask: boolean;
}

export interface WorkspaceOptions {
  readonly run: string;
  /** The folder of the run's tasks. */
  readonly cwd: string;
  readonly stateDir: string;
  /** Where the guard keeps what git was like. */
  readonly guardFile: string;
  /** Where it is kept which branch was checked out. */
  readonly branchFile: string;
  readonly environment: NodeJS.ProcessEnv;
  /** As `Name <address>`. */
  readonly author?: string | undefined;
}

/** Looks at the repository around the tasks and makes nothing yet. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Result<Workspace>> {
  const { run, cwd, stateDir, guardFile, branchFile, environment } = options;
  const repository = await repositoryAround(new Git(cwd, environment));
  if (!repository.ok) return repository;
  const git = new Git(repository.value.top, environment);
  return success({
    git,
    repository: repository.value,
    // As git spells it.
    places: new Places(realpathSync(stateDir), run),
    guard: new ConfigGuard(git, repository.value, guardFile, run),
    startBranch: new StartBranch(branchFile),
    author: await authorOf(git, options.author),
    isOfTask: isSameFolder(environment.BATCHTOOL_WORKTREE, repository.value.top),
  });
}

function isSameFolder(path: string | undefined, top: string): boolean {
  return path !== undefined && existsSync(path) && realpathSync(path) === realpathSync(top);
}
