/** Whether the user has gone on with his tree since a run began. */
import { dirtyIn } from './dirty.js';
import type { Git } from './git.js';

/** `base`: the commit in which the run began; `own`: commits of the run, which may have landed or be gone. `git` runs in the top of his tree. */
export async function hasMovedOn(git: Git, base: string, own: readonly string[]): Promise<boolean> {
  const compared = ['diff', '--quiet', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'];
  if ((await git.ask([...compared, base, '--'])).code === 0) return false;
  if ((await dirtyIn(git)).changed.length > 0) return true;
  if ((await git.ask(['merge-base', '--is-ancestor', base, 'HEAD'])).code !== 0) return true;
  const input = ['HEAD', ...[base, ...own].map((commit) => `^${commit}`), ''].join('\n');
  const others = await git.ask(['rev-list', '--max-count=1', '--ignore-missing', '--stdin'], { input });
  return others.stdout.length > 0;
}
