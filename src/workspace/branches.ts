/** The branches of one run: which there are, and which are not needed any more. */
import type { Git } from './git.js';
import { attemptIn, type Places } from './places.js';

const HEADS = 'refs/heads/';
/** The line of a message that tells which attempt a commit holds. */
export const ATTEMPT_TRAILER = 'Batchtool-Attempt';

export async function setBranch(git: Git, name: string, commit: string): Promise<void> {
  await git.run(['update-ref', `${HEADS}${name}`, commit]);
}

/** Branch names to commits. */
export async function branchesBelow(
  git: Git,
  prefix: string,
  ...more: string[]
): Promise<Map<string, string>> {
  const printed = await git.line([
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    ...more,
    `${HEADS}${prefix}`,
  ]);
  const lines = printed === '' ? [] : printed.split('\n');
  return new Map(lines.map((line) => line.slice(HEADS.length).split(' ') as [string, string]));
}

export async function deleteBranches(git: Git, names: Iterable<string>): Promise<void> {
  const lines = [...names].map((name) => `delete ${HEADS}${name}\n`);
  if (lines.length > 0) await git.run(['update-ref', '--stdin'], { input: lines.join('') });
}

/**
 * Branches of the run whose work is in `tip`: those that lead to it, and those of attempts whose commits were made again on
 * the way from `base` to it, with all that they went on from.
 */
export async function mergedBranches(
  git: Git,
  places: Places,
  base: string,
  tip: string,
): Promise<Set<string>> {
  const format = `--format=%(trailers:key=${ATTEMPT_TRAILER},valueonly)`;
  const said = await git.line(['log', format, `${base}..${tip}`]);
  const attempts = said.split('\n').filter((line) => line !== '');
  const all = await branchesBelow(git, places.branches);
  const again = attempts.map((name) => places.branch(attemptIn(name))).filter((name) => all.has(name));
  const merged = [tip, ...again.map((name) => `${HEADS}${name}`)].map((commit) => `--merged=${commit}`);
  return new Set((await branchesBelow(git, places.branches, ...merged)).keys());
}
