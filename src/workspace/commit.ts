/** What an attempt has left in its worktree becomes one commit on its branch, whatever it did to git itself. */
import { lstatSync, rmSync } from 'node:fs';
import type { Changes } from '../core/changes.js';
import type { AttemptRef } from '../core/ports.js';
import { type Author, authorVariables } from './author.js';
import { ATTEMPT_TRAILER, RUN_TRAILER, setBranch } from './branches.js';
import { differenceBetween } from './difference.js';
import { type Git, GitFault } from './git.js';
import { ignoredButTracked } from './ignored.js';
import { nameOf } from './places.js';
import type { Workspace } from './workspace.js';
import { headOf } from './worktree.js';

/** What is written on a commit of an attempt. */
export interface AttemptWork extends AttemptRef {
  readonly label: string;
  readonly agent?: string;
  /** The commit that it began in. */
  readonly base: string;
}

export interface Committed {
  readonly commit: string;
  readonly changes: Changes;
}

/** Undefined: it changed nothing. Throws `GitFault` with a sentence when it left what no commit can hold. */
export async function commitWork(workspace: Workspace, work: AttemptWork): Promise<Committed | undefined> {
  const { git, places } = workspace;
  const tree = await treeOf(workspace, work);
  const difference = await differenceBetween(git, work.base, tree);
  if (difference === undefined) return undefined;
  await refuseRepositories(git, tree, difference.repositories);
  const name = places.branch(work);
  const known = await sameAlready(git, name, tree, work.base);
  if (known !== undefined) return { commit: known, changes: difference.changes };
  const message = messageOf(places.run, work, await ownSubjects(workspace, work));
  const commit = await commitTree(git, { tree, parent: work.base, message }, workspace.author);
  await setBranch(git, name, commit);
  return { commit, changes: difference.changes };
}

/** It was committed before we died, and its journal names that commit. */
async function sameAlready(
  git: Git,
  branch: string,
  tree: string,
  base: string,
): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const { code, stdout } = await git.ask(['rev-parse', '--quiet', '--verify', ref]);
  if (code !== 0) return undefined;
  const there = await git.line(['rev-parse', `${ref}^{tree}`, `${ref}^`]);
  return there === `${tree}\n${base}` ? stdout.toString().trim() : undefined;
}

/**
 * With our own index and the repository that all worktrees share: a task may have reset, locked or deleted what it sees. Of
 * what git ignores that is kept which the task itself has added.
 */
async function treeOf(workspace: Workspace, work: AttemptWork): Promise<string> {
  const { git, places, repository } = workspace;
  const path = places.worktree(work);
  // A link would lead us to files that are not its.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new GitFault(['add'], `the worktree ${path} is gone: the task has removed it`);
  const index = places.index(work);
  rmSync(`${index}.lock`, { force: true });
  const env = { GIT_DIR: repository.commonDir, GIT_WORK_TREE: path, GIT_INDEX_FILE: index };
  const inside = git.in(path);
  await inside.run(['add', '--all', '--sparse', '--', '.'], { env });
  const added = await ignoredButTracked(workspace, path, work.base);
  if (added.length > 0)
    await inside.run(['update-index', '--add', '-z', '--stdin'], { env, input: `${added.join('\0')}\0` });
  return inside.line(['write-tree'], { env });
}

/** Git would keep the name of a commit that only the worktree holds, and none of its files. */
async function refuseRepositories(git: Git, tree: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const listed = await git.ask([
    'config',
    '--null',
    '--blob',
    `${tree}:.gitmodules`,
    '--get-regexp',
    '\\.path$',
  ]);
  const known = new Set(
    listed.stdout
      .toString()
      .split('\0')
      .map((entry) => entry.split('\n')[1]),
  );
  const own = paths.find((path) => !known.has(path));
  if (own === undefined) return;
  const what = `the task has left a git repository in ${own}, whose files no commit can hold`;
  throw new GitFault(['add'], `${what}; let git ignore that folder, or delete its .git`);
}

export interface NewCommit {
  readonly tree: string;
  readonly parent: string;
  readonly message: string;
}

/** `date`: see `authorVariables`. */
export function commitTree(
  git: Git,
  { tree, parent, message }: NewCommit,
  author: Author,
  date?: string,
): Promise<string> {
  return git.line(['commit-tree', tree, '-p', parent, '-F', '-'], {
    input: message,
    env: authorVariables(author, date),
  });
}

const MOST_SUBJECT = 72;
const MOST_SUBJECTS = '50';

function messageOf(run: string, work: AttemptWork, subjects: readonly string[]): string {
  const line = work.label.trim().split(/\s*[\r\n]/)[0] || work.task;
  const characters = [...line];
  const subject =
    characters.length > MOST_SUBJECT ? `${characters.slice(0, MOST_SUBJECT - 1).join('')}…` : line;
  const own =
    subjects.length === 0
      ? ''
      : `It made commits of its own:\n\n${subjects.map((said) => `- ${said}\n`).join('')}\n`;
  const agent = work.agent === undefined ? '' : `Batchtool-Agent: ${work.agent}\n`;
  return `${subject}\n\n${own}${RUN_TRAILER}: ${run}\nBatchtool-Task: ${work.task}\n${ATTEMPT_TRAILER}: ${nameOf(work)}\n${agent}`;
}

/** First lines of the commits that it made in its worktree, the oldest first. */
async function ownSubjects({ git, places, repository }: Workspace, work: AttemptWork): Promise<string[]> {
  const head = headOf(repository.commonDir, places.worktree(work));
  if (head === undefined || head === work.base) return [];
  const range = ['--end-of-options', `${work.base}..${head}`, '--'];
  const said = await git.ask([
    'log',
    '-z',
    '--reverse',
    '--format=%s',
    `--max-count=${MOST_SUBJECTS}`,
    ...range,
  ]);
  return said.code === 0
    ? said.stdout
        .toString()
        .split('\0')
        .filter((line) => line !== '')
    : [];
}
