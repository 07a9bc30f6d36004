/** What an attempt has left in its worktree becomes one commit on its branch, whatever it did to git itself. */
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Changes } from '../core/changes.js';
import type { AttemptRef } from '../core/ports.js';
import { shellWord } from '../core/shell-word.js';
import { type Author, authorVariables } from './author.js';
import { ATTEMPT_TRAILER, RUN_TRAILER, setBranch } from './branches.js';
import { differenceBetween } from './difference.js';
import { type Git, GitFault } from './git.js';
import { ignoredButTracked } from './ignored.js';
import { attemptName } from './places.js';
import { refuseFilesInEmpty, submodulesIn } from './submodules.js';
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
  await refuseFilesInEmpty(git, { worktree: places.worktree(work), base: work.base, tree });
  const difference = await differenceBetween(git, work.base, tree);
  if (difference === undefined) return undefined;
  await refuseRepositories(workspace, work, tree, difference.repositories);
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
  const added = await inside.ask(['add', '--all', '--sparse', '--', '.'], { env });
  if (added.code !== 0) throw addFault(workspace, work, added.fault);
  refuseClosedFolders(added.stderr);
  const more = await ignoredButTracked(workspace, path, work.base);
  if (more.length > 0)
    await inside.run(['update-index', '--add', '-z', '--stdin'], { env, input: listed(more) });
  return inside.line(['write-tree'], { env });
}

/** Paths as git reads them with `-z`. */
function listed(paths: readonly Buffer[]): Buffer {
  return Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)]));
}

/** Git passes over a folder that it cannot look into, with all of its files, and only warns. One that went away meanwhile holds none. */
function refuseClosedFolders(stderr: string): void {
  const [closed] = /could not open directory .*: (?!No such file|Not a directory).*/.exec(stderr) ?? [];
  if (closed !== undefined) throw new GitFault(['add'], closed);
}

/** Of a repository without a commit git has not even a name to keep. */
function addFault(workspace: Workspace, work: AttemptWork, fault: string): GitFault {
  const [, empty] = /'(.+?)\/?' does not have a commit checked out/.exec(fault) ?? [];
  return empty === undefined ? new GitFault(['add'], fault) : repositoryFault(workspace, work, empty);
}

/** Git would keep the name of a commit that only the worktree holds, and none of its files. */
async function refuseRepositories(
  workspace: Workspace,
  work: AttemptWork,
  tree: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const known = await submodulesIn(workspace.git, tree);
  const own = paths.find((path) => !known.includes(path));
  if (own !== undefined) throw repositoryFault(workspace, work, own);
}

function repositoryFault({ places }: Workspace, work: AttemptWork, folder: string): GitFault {
  const inner = shellWord(join(places.worktree(work), folder, '.git'));
  const what = `the task has left a git repository in ${folder}, whose files no commit can hold`;
  const done = `\`rm -rf ${inner} && batchtool resume ${places.run}\` puts them on ${places.branch(work)}`;
  return new GitFault(['add'], `${what}; ${done}`);
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
  return `${subject}\n\n${own}${RUN_TRAILER}: ${run}\nBatchtool-Task: ${work.task}\n${ATTEMPT_TRAILER}: ${attemptName(work)}\n${agent}`;
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
