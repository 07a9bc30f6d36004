/** Where git keeps a repository. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Every folder from this one upwards that is the top of a repository or of a worktree, the nearest first. An empty `.git` says
 * nothing: sandboxes of coding agents leave such folders behind, also in the one for temporary files.
 */
export function* repositoriesAround(folder: string): Generator<string> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const dotGit = join(at, '.git');
    if (existsSync(dotGit) && (existsSync(join(dotGit, 'HEAD')) || statSync(dotGit).isFile())) yield at;
    if (dirname(at) === at) return;
  }
}

/** The nearest of them, else the folder itself. */
export function repositoryOf(folder: string): string {
  for (const repository of repositoriesAround(folder)) return repository;
  return resolve(folder);
}

/** Whether a folder lies in a repository without files, as far as files tell: where one of its own `.git` would be, it holds all of that itself. */
export function isInBare(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (['HEAD', 'objects', 'refs'].every((name) => existsSync(join(at, name)))) return true;
    if (dirname(at) === at) return false;
  }
}
