/** Submodules: a commit holds the name of another repository's commit for each, and a new worktree an empty folder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Git, GitFault, partsOf } from './git.js';

/** What is typed to have them filled in each worktree. */
export const FILLING = "--isolate-setup 'git submodule update --init'";

/** The folders that the `.gitmodules` of a commit or tree names. */
export async function submodulesIn(git: Git, tree: string): Promise<string[]> {
  const listing = ['config', '--null', '--blob', `${tree}:.gitmodules`, '--get-regexp', '\\.path$'];
  return partsOf((await git.ask(listing)).stdout).map((entry) => entry.slice(entry.indexOf('\n') + 1));
}

/** Git sees nothing of files in the folder of a submodule that is not filled, so that they would be lost. */
export async function refuseFilesInEmpty(
  git: Git,
  { worktree, base, tree }: { readonly worktree: string; readonly base: string; readonly tree: string },
): Promise<void> {
  const holding = (await submodulesIn(git, base)).filter((path) => {
    const names = namesIn(join(worktree, path));
    return names.length > 0 && !names.includes('.git');
  });
  if (holding.length === 0) return;
  const entries = await git.list(['ls-tree', '-z', '--full-tree', tree, '--', ...holding]);
  const [lost] = entries.filter((entry) => entry.startsWith('160000 '));
  if (lost === undefined) return;
  const path = lost.slice(lost.indexOf('\t') + 1);
  const what = `the task has left files in ${path}, the folder of a submodule that is not filled, where no commit can hold them`;
  throw new GitFault(['add'], `${what}; ${FILLING} fills it before`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
