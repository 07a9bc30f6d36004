/** The user's own tree moves on to what was merged, if nothing of his is in the way; else it stays exactly as it is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAncestor } from './ancestry.js';
import { dirtyIn } from './dirty.js';
import type { Git } from './git.js';
import { inTheWay, isLeftBehind, type Take } from './in-the-way.js';
import { takingBack } from './take-back.js';
import type { Workspace } from './workspace.js';

/** `why` is a sentence's end. */
export interface Stayed {
  readonly kind: 'stayed';
  readonly why?: string;
  readonly take?: Take;
}

/** `branch` is the user's; `HEAD` in the worktree of a task, which is on none. */
export type Landed = { readonly kind: 'landed'; readonly branch: string } | Stayed;

/** `base`: the commit that was checked out when the run began. */
export async function land(workspace: Workspace, base: string, tip: string): Promise<Landed> {
  const { git, repository, startBranch } = workspace;
  const lock = join(repository.gitDir, 'index.lock');
  await unlocked(lock);
  const branch = await git.ask(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const stayBecause = (why?: string): Promise<Stayed> => stay(workspace, base, tip, why);
  // What the task of a run around us leaves is kept, on a branch or not.
  if (branch.code !== 0 && !workspace.isOfTask)
    return stayBecause('HEAD is detached, so that no branch of yours would hold it');
  const name = branch.code === 0 ? branch.stdout.toString().trim() : undefined;
  const landed: Landed = { kind: 'landed', branch: name ?? 'HEAD' };
  // An earlier try may have come this far.
  if (await isAncestor(git, tip, 'HEAD')) return landed;
  const elsewhere = startBranch.fault(name);
  if (elsewhere !== undefined) return stayBecause(elsewhere);
  const { changed } = await dirtyIn(git);
  if (changed.length > 0 && (await isLeftBehind(git, base)))
    return stayBecause(`${landed.branch} was moved while the run went on, and your files were not`);
  if (changed.length > 0)
    return stayBecause(
      `${changed.length === 1 ? `${changed[0]} has changes` : `${changed.length} files have changes`} that are not committed`,
    );
  if (!(await isBetween(git, base, tip)))
    return stayBecause(`${landed.branch} is not where it was when the run began`);
  // Untracked and ignored files are not ours to replace.
  const stayed = await stayBecause();
  if (stayed.why !== undefined) return stayed;
  const tried = await git.ask(['read-tree', '--dry-run', '-m', '-u', 'HEAD', tip]);
  if (tried.code !== 0) return { kind: 'stayed', why: tried.fault };
  const fault = await moveOn(git, landed.branch, tip, lock);
  return fault === undefined ? landed : { kind: 'stayed', why: fault };
}

/** Leaves it to the user to take it, and says what he has to do for that. */
export async function stay({ git }: Workspace, base: string, tip: string, because?: string): Promise<Stayed> {
  const { words, take } = await inTheWay(git, await dirtyIn(git), base, tip);
  const why = [...(because === undefined ? [] : [because]), ...words].join('; ');
  return { kind: 'stayed', ...(why === '' ? {} : { why }), ...(take === undefined ? {} : { take }) };
}

/** Undefined: the tree has moved. Else what git said, and the tree is as it was. */
async function moveOn(git: Git, branch: string, tip: string, lock: string): Promise<string | undefined> {
  const takeBack = await takingBack(git, tip, lock);
  await git.ask(merge(tip), { env: plainly(branch), unheard: true });
  if (await isAt(git, tip)) return undefined;
  await takeBack();
  const again = await git.ask(merge(tip), { env: plainly(branch) });
  if (await isAt(git, tip)) return undefined;
  await takeBack();
  return again.code === 0 ? `git merge has not moved ${branch}` : again.fault;
}

/** What git says of a merge is not enough: it can be told to prepare a commit and to make none. */
async function isAt(git: Git, tip: string): Promise<boolean> {
  const { code, stdout } = await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD']);
  return code === 0 && stdout.toString().trim() === tip;
}

/** Where the run began, or where an earlier part of it has led: a run that failed may have landed what it had, and been resumed. */
async function isBetween(git: Git, base: string, tip: string): Promise<boolean> {
  return (await isAncestor(git, base, 'HEAD')) && (await isAncestor(git, 'HEAD', tip));
}

const PAUSE_MILLIS = 100;
const MOST_MILLIS = 3000;

/** When we died in the middle of this, git may still be at it. A lock that stays is somebody else's. */
async function unlocked(lock: string): Promise<void> {
  for (let waited = 0; existsSync(lock) && waited < MOST_MILLIS; waited += PAUSE_MILLIS)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
}

function merge(tip: string): string[] {
  return [
    'merge',
    '--ff-only',
    '--no-overwrite-ignore',
    '--no-autostash',
    '--no-verify-signatures',
    '--quiet',
    tip,
  ];
}

/** Without the options that the user has for merges on this branch: `--squash` or a strategy would make something else of it. */
function plainly(branch: string): Record<string, string> {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `branch.${branch}.mergeoptions`,
    GIT_CONFIG_VALUE_0: '',
  };
}
