/** What the user has not committed. */
import { type Git, partsOf } from './git.js';

export interface Dirty {
  /** Paths of changed files that git tracks, staged or not, from the top. */
  readonly changed: readonly string[];
  /** Some of these changes are in the index. */
  readonly staged: boolean;
  /** A merge was begun and left with conflicts. */
  readonly unmerged: boolean;
  /** How many files git neither tracks nor ignores. */
  readonly untracked: number;
}

/** Looks at the user's tree and takes no lock in it; `git` runs in its top. */
export async function dirtyIn(git: Git): Promise<Dirty> {
  const flags = [
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=all',
    '--ignore-submodules=dirty',
  ];
  const entries = partsOf(await git.run(['status', ...flags]));
  const untracked = entries.filter((entry) => entry.startsWith('??'));
  const changed = entries.filter((entry) => !entry.startsWith('??'));
  return {
    changed: changed.map((entry) => entry.slice(3)),
    staged: changed.some((entry) => !entry.startsWith(' ')),
    unmerged: changed.some((entry) => /^(DD|AU|UD|UA|DU|AA|UU)/.test(entry)),
    untracked: untracked.length,
  };
}

/** Whether the files that git tracks, or what the index has of them, are as in that commit. */
export async function isAsIn(git: Git, commit: string, where: 'files' | 'index' = 'files'): Promise<boolean> {
  const flags = ['--quiet', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'];
  const cached = where === 'index' ? ['--cached'] : [];
  return (await git.ask(['diff', ...cached, ...flags, commit, '--'])).code === 0;
}
