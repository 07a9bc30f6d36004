/** The branches of one run: which there are, and which are not needed any more. */
import type { Git } from './git.js';
import { attemptIn, type Places } from './places.js';

const HEADS = 'refs/heads/';
/** The lines of a message that tell which attempt a commit holds. */
export const RUN_TRAILER = 'Batchtool-Run';
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

/** The attempts of a run whose commits are in a range, also where somebody has made them again: by their names. */
export async function attemptsIn(git: Git, run: string, range: readonly string[]): Promise<Set<string>> {
  const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x20)`;
  const format = `--format=${trailer(RUN_TRAILER)} ${trailer(ATTEMPT_TRAILER)}`;
  const lines = (await git.line(['log', format, ...range, '--'])).split('\n');
  const begin = `${run} `;
  return new Set(lines.flatMap((line) => (line.startsWith(begin) ? [line.slice(begin.length)] : [])));
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
  const attempts = await attemptsIn(git, places.run, [`${base}..${tip}`]);
  const all = await branchesBelow(git, places.branches);
  const again = [...attempts].map((name) => places.branch(attemptIn(name))).filter((name) => all.has(name));
  const merged = [tip, ...again.map((name) => `${HEADS}${name}`)].map((commit) => `--merged=${commit}`);
  return new Set((await branchesBelow(git, places.branches, ...merged)).keys());
}
