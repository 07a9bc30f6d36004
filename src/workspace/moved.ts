/** Whether the user has gone on with his tree since a run began. */
import { isAncestor } from './ancestry.js';
import { dirtyIn, isAsIn } from './dirty.js';
import type { Git } from './git.js';

/** `base`: the commit in which the run began; `own`: commits of the run, which may have landed or be gone. `git` runs in the top of his tree. */
export async function hasMovedOn(git: Git, base: string, own: readonly string[]): Promise<boolean> {
  if (await isAsIn(git, base)) return false;
  if ((await dirtyIn(git)).changed.length > 0) return true;
  if (!(await isAncestor(git, base, 'HEAD'))) return true;
  const input = ['HEAD', ...[base, ...own].map((commit) => `^${commit}`), ''].join('\n');
  const others = await git.ask(['rev-list', '--max-count=1', '--ignore-missing', '--stdin'], { input });
  return others.stdout.length > 0;
}
