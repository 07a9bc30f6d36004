/** Whether git would still run the programs that the user chose: all worktrees share one configuration, and any task may write it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { branchesOf } from '../core/branch.js';
import { shellWord } from '../core/shell-word.js';
import { branchesBelow } from './branches.js';
import type { Git } from './git.js';
import type { Repository } from './repository.js';

/** Key, or file, to a digest: values may be secrets. */
type Digests = Readonly<Record<string, string>>;

/**
 * Keys that can change what our calls of git run, read, write or come to; all else is anybody's to set while we work. Of `core`
 * that is all but what only matters to people (editor, pager), to speed, or to a network, and what we set ourselves in each call
 * (hooks, as `npm install` sets them where husky is used, and the monitor of files; signatures, too). Of submodules we fill none,
 * so that it only matters which of them git is to pass over.
 */
const COUNTS = new RegExp(
  `^(${[
    `core\\.(?!(${[
      ...['hookspath', 'fsmonitor.*', 'splitindex', 'editor', 'pager', 'askpass', 'sshcommand', 'gitproxy'],
      ...[
        'quotepath',
        'comment.*',
        'abbrev',
        'whitespace',
        'notesref',
        'warnambiguousrefs',
        'logallrefupdates',
      ],
      ...['untrackedcache', 'preloadindex', 'commitgraph', 'multipackindex', '.*compression', 'fsync.*'],
    ].join('|')})$)`,
    ...['filter', 'attr', 'extensions', 'include(if)?', 'hook'].map((section) => `${section}\\.`),
    'merge\\.(.*\\.driver|default|renames|renamelimit|directoryrenames|renormalize)$',
    ...['diff\\.(renames|renamelimit)$', 'submodule\\..*\\.ignore$', 'remote\\..*\\.promisor$'],
    'lfs\\.(extension|customtransfer)\\.',
  ].join('|')})`,
  's',
);

/** A repository with one of these does not have all of its files: git fetches what is missing when it is looked at. */
const PARTIAL = /^(remote\..*\.promisor|extensions\.partialclone)$/s;
/** Keys that count there, and where git-lfs fetches files, for they say how to fetch, and from where. */
const FETCHES = new RegExp(
  `^(${[
    'core\\.(askpass|sshcommand|gitproxy)|ssh\\.variant|(credential|protocol|url|http)\\..*',
    'remote\\.(lfsdefault|.*\\.(url|vcs|uploadpack|proxy|lfsurl))',
    'lfs\\.(.*\\.)?(url|standalonetransferagent)',
  ].join('|')})$`,
  's',
);
/** With it git-lfs puts a file in its place, and fetches what it lacks. */
const LFS = { key: /^filter\.lfs\./, attribute: 'filter=lfs' };
/** All worktrees share these: a line in one may leave out the work of another task, or give it to a filter. */
const FILES = ['attributes', 'exclude'];
const NO_VALUE = digest('');
const MOST_NAMED = 5;
/** How `git grep` ends then. */
const NOTHING_FOUND = 1;

export class ConfigGuard {
  constructor(
    private readonly git: Git,
    private readonly repository: Repository,
    /** What it was like when the run began. */
    private readonly file: string,
    private readonly run: string,
  ) {}

  /** Keeps how it is now, if nothing was kept yet. */
  async rememberOnce(): Promise<void> {
    if (existsSync(this.file)) return;
    writeFileSync(this.file, `${JSON.stringify(await this.now())}\n`, { mode: 0o600, flag: 'wx' });
  }

  /** Why nothing may be done to files now, in words; undefined if all is as it was. */
  async fault(): Promise<string | undefined> {
    const then = JSON.parse(readFileSync(this.file, 'utf8')) as Digests;
    const now = await this.now();
    const keys = [...new Set([...Object.keys(then), ...Object.keys(now)])];
    const differing = keys.filter((key) => (then[key] ?? NO_VALUE) !== (now[key] ?? NO_VALUE));
    const own = differing.filter((key) => !FETCHES.test(key));
    const changed = own.length < differing.length && (await this.fetches(keys)) ? differing : own;
    if (changed.length === 0) return undefined;
    const more = changed.length > MOST_NAMED ? ` and ${changed.length - MOST_NAMED} more` : '';
    const named = `${changed.slice(0, MOST_NAMED).join(', ')}${more}`;
    const key = changed.find(isWatched);
    const where =
      key === undefined ? '' : ` (\`git config --show-origin --get-all ${shellWord(key)}\` shows where)`;
    return (
      `the configuration of git was changed since the run began: ${named}. git might do something else than you meant: put it back${where}, ` +
      `or \`rm ${shellWord(this.file)}\` if it is to stay; then \`batchtool resume ${this.run}\``
    );
  }

  /** Whether files may have to be fetched when they are put in their places. */
  private async fetches(keys: readonly string[]): Promise<boolean> {
    if (keys.some((key) => PARTIAL.test(key))) return true;
    if (!keys.some((key) => LFS.key.test(key))) return false;
    if (rulesIn(this.shared('attributes')).includes(LFS.attribute)) return true;
    const own = await branchesBelow(this.git, branchesOf(this.run));
    const commits = new Set(['HEAD', this.repository.head, ...own.values()]);
    const words = ['grep', '--quiet', '--text', '--fixed-strings', '-e', LFS.attribute, ...commits];
    return (await this.git.ask([...words, '--', ':(top,glob)**/.gitattributes'])).code !== NOTHING_FOUND;
  }

  private shared(name: string): string {
    return join(this.repository.commonDir, 'info', name);
  }

  private async now(): Promise<Digests> {
    const listed = await this.git.list(['config', '--list', '--null', '--show-origin', '--show-scope']);
    const values = new Map<string, string>();
    for (let at = 0; at + 2 < listed.length; at += 3) {
      const [scope, origin, entry = ''] = listed.slice(at, at + 3);
      const [key = '', value = ''] = entry.split(/\n(.*)/s);
      // The former are ours.
      if (scope === 'command' || !isWatched(key)) continue;
      values.set(key, `${values.get(key) ?? ''}${scope}\0${origin}\0${value}\0`);
    }
    for (const name of FILES) {
      const file = this.shared(name);
      values.set(file, rulesIn(file));
    }
    return Object.fromEntries([...values].map(([key, value]) => [key, digest(value)]));
  }
}

function isWatched(key: string): boolean {
  return COUNTS.test(key) || FETCHES.test(key);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Without comments: `git init`, done again, adds a file with nothing else. */
function rulesIn(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).join('\n');
  } catch {
    return '';
  }
}
