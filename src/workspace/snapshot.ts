/** The user's tree as a commit, with what he has not committed yet, and without touching anything of his. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Author, authorVariables } from './author.js';
import type { Git } from './git.js';
import { copyIndex } from './index-copy.js';
import type { Repository } from './repository.js';

const SUBJECT = 'Carry in what was not committed when the run began';

/** Whether it is such a commit. */
export async function isSnapshot(git: Git, commit: string): Promise<boolean> {
  return (await git.line(['log', '--max-count=1', '--format=%s', commit])) === SUBJECT;
}

/** A commit on top of HEAD with the changes of tracked files; HEAD itself if there are none. `scratch`: a file that nobody has. */
export async function snapshotOf(
  git: Git,
  { gitDir, head }: Repository,
  author: Author,
  scratch: string,
): Promise<string> {
  try {
    copyIndex(join(gitDir, 'index'), scratch);
    const env = { GIT_INDEX_FILE: scratch };
    await git.run(['add', '--update', '--sparse', '--', ':/'], { env });
    const tree = await git.line(['write-tree'], { env });
    if (tree === (await git.line(['rev-parse', `${head}^{tree}`]))) return head;
    return await git.line(['commit-tree', tree, '-p', head, '-F', '-'], {
      input: `${SUBJECT}\n`,
      env: authorVariables(author),
    });
  } finally {
    rmSync(scratch, { force: true });
    rmSync(`${scratch}.lock`, { force: true });
  }
}
