/** The repository around a folder, as far as isolation needs to know it. */
import { existsSync } from 'node:fs';
import { failure, type Result, success } from '../core/problem.js';
import type { Git } from './git.js';

export interface Repository {
  /** The top of the user's tree, as the disk spells it. */
  readonly top: string;
  /** Where all worktrees keep what they share. */
  readonly commonDir: string;
  /** What the user's tree keeps for itself: its index, its HEAD. */
  readonly gitDir: string;
  /** The commit that is checked out. */
  readonly head: string;
  /** Undefined: HEAD is detached. */
  readonly branch: string | undefined;
}

/** `merge-tree --write-tree` is there since then. */
const LEAST_VERSION = [2, 38] as const;

/** Why there is none that can be used, in words and with what to do; `git` runs in the folder. */
export async function repositoryAround(git: Git): Promise<Result<Repository>> {
  // Else it would be git that could not be started.
  if (!existsSync(git.folder))
    return failure(
      `the folder ${git.folder}, in which the tasks work, is not there`,
      'a run goes on where it began: move the folder back, or start a new run',
    );
  const old = await versionFault(git);
  if (old !== undefined) return old;
  const told = await git.ask([
    ...['rev-parse', '--path-format=absolute'],
    ...['--show-toplevel', '--git-common-dir', '--absolute-git-dir'],
  ]);
  const [top = '', commonDir = '', gitDir = '', ...more] = told.stdout.toString().trimEnd().split('\n');
  if (told.code !== 0) return notUsable(git, told.fault);
  if (more.length > 0 || !existsSync(top) || !existsSync(commonDir))
    return failure(
      `the path of the git repository around ${git.folder} holds a line end`,
      'move it to a folder with a plain name',
    );
  const head = await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.code !== 0)
    return failure(
      `the git repository ${top} has no commit yet, so isolated tasks have nothing to begin with`,
      '`git commit --allow-empty -m begin` makes one; --isolate none works in the one folder',
    );
  const branch = await git.ask(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return success({
    top,
    commonDir,
    gitDir,
    head: head.stdout.toString().trim(),
    branch: branch.code === 0 ? branch.stdout.toString().trim() : undefined,
  });
}

async function versionFault(git: Git): Promise<Result<never> | undefined> {
  const { code, stdout, fault } = await git.ask(['--version']);
  const hint = 'install a newer git, or let the tasks share one folder with --isolate none';
  if (code !== 0) return failure(`isolated tasks need git, which cannot be run: ${fault}`, hint);
  const text = stdout.toString().trim();
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
  const [leastMajor, leastMinor] = LEAST_VERSION;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return failure(`isolated tasks need git ${LEAST_VERSION.join('.')} or newer; here is ${text}`, hint);
}

function notUsable({ folder }: Git, fault: string): Result<never> {
  if (/not a git repository/i.test(fault))
    return failure(
      `isolated tasks need a git repository; there is none around ${folder}`,
      '`git init` and a first commit make one; --isolate none works in the one folder',
    );
  if (/must be run in a work tree/i.test(fault))
    return failure(
      `${folder} is inside a git repository without a working tree`,
      'start the run in a checkout of it (`git worktree add`)',
    );
  return failure(
    `git cannot use the repository around ${folder}: ${fault}`,
    'mend what it says, or --isolate none',
  );
}
