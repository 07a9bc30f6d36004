/** Puts one commit onto one branch of the workflow's own repository. */
import { copyFileSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Problem, problem } from '../core/problem.js';
import { type Git, git } from './git.js';

export interface Push {
  /** Somewhere in the checkout that has the commit. */
  readonly folder: string;
  /** Where the work began. Undefined: nobody knows, and all of it is new. */
  readonly base?: string;
  readonly commit: string;
  readonly branch: string;
  readonly token: string;
  /** Whether all may see this text. */
  readonly isHarmless: (text: string) => boolean;
}

/**
 * Resolves with why it did not succeed, as a sentence's end. It goes through a repository of its own that only borrows the objects: what
 * tasks have written into the settings of the checkout or of the user decides nothing about where the token goes.
 */
export async function pushCommit(push: Push, env: NodeJS.ProcessEnv): Promise<Problem | undefined> {
  const server = env.GITHUB_SERVER_URL ?? 'https://github.com';
  const ours = git({ ...env, GIT_CONFIG_GLOBAL: '/dev/null' }, { server, token: push.token });
  const between = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-push-')));
  try {
    const fault = await borrow(ours, push, between);
    if (fault !== undefined) return problem(fault);
    const text = await newText(ours, push, between);
    if (text === undefined) return problem('git cannot show what it would be');
    if (!push.isHarmless(text)) return problem('what is to be masked stands in a file', MASKED_HINT);
    const url = `${server}/${env.GITHUB_REPOSITORY}`;
    const target = `${push.commit}:refs/heads/${push.branch}`;
    const refused = await ours.fault(between, [
      'push',
      '--quiet',
      '--no-verify',
      '--recurse-submodules=no',
      url,
      target,
    ]);
    return refused === undefined ? undefined : problem(refused, REFUSED_HINT);
  } finally {
    rmSync(between, { recursive: true, force: true });
  }
}

const MASKED_HINT = 'keep it out of the files of the repository: let git ignore the file that holds it';
const REFUSED_HINT =
  'the job needs "permissions: { contents: write }", which a pull request from a fork never has';

async function borrow(ours: Git, { folder, commit }: Push, between: string): Promise<string | undefined> {
  const common = await ours.run(folder, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  if (common === undefined) return 'there is no git repository any more';
  const from = common.replace(/\r?\n$/, '');
  const format = commit.length > SHA1_LENGTH ? ['--object-format=sha256'] : [];
  const fault = await ours.fault(between, ['init', '--quiet', '--bare', '--template=', ...format, between]);
  if (fault !== undefined) return fault;
  writeFileSync(join(between, 'objects', 'info', 'alternates'), `${join(from, 'objects')}\n`);
  const shallow = join(from, 'shallow');
  if (existsSync(shallow)) copyFileSync(shallow, join(between, 'shallow'));
  return undefined;
}

/** All that would become visible: messages, and each line that ever was in a file on the way. */
function newText(ours: Git, { base, commit }: Push, between: string): Promise<string | undefined> {
  const range = base === undefined ? commit : `${base}..${commit}`;
  const words = [
    'log',
    '--patch',
    '-m',
    '--text',
    '--no-ext-diff',
    '--no-textconv',
    '--format=%an %ae%n%B',
    range,
    '--',
  ];
  return ours.run(between, words);
}

const SHA1_LENGTH = 40;
