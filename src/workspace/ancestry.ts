/** Which commit has which before it. */
import type { Git } from './git.js';

/** Whether the first leads to the second, or is the same. */
export async function isAncestor(git: Git, before: string, after: string): Promise<boolean> {
  return (await git.ask(['merge-base', '--is-ancestor', before, after])).code === 0;
}
