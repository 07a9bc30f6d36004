/** Whether git would still run the programs that the user chose: all worktrees share one configuration, and any task may write it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.js';
import type { Repository } from './repository.js';

/** Key, or file, to a digest: values may be secrets. */
type Digests = Readonly<Record<string, string>>;

/** Nothing that we let git do looks at these; tasks do set them. */
const HARMLESS = /^(branch|user|author|committer|gc|alias|color|advice|init|push|pull)\./;
const MOST_NAMED = 5;

export class ConfigGuard {
  constructor(
    private readonly git: Git,
    private readonly repository: Repository,
    /** What it was like when the run began. */
    private readonly file: string,
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
    const changed = [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
      (key) => then[key] !== now[key],
    );
    if (changed.length === 0) return undefined;
    const more = changed.length > MOST_NAMED ? ` and ${changed.length - MOST_NAMED} more` : '';
    const named = `${changed.slice(0, MOST_NAMED).join(', ')}${more}`;
    return `the configuration of git was changed during the run (${named}), and git might run what it names; put it back and resume the run, or delete ${this.file} first if it is to stay`;
  }

  private async now(): Promise<Digests> {
    const listed = await this.git.list(['config', '--list', '--null', '--show-origin', '--show-scope']);
    const values = new Map<string, string>();
    for (let at = 0; at + 2 < listed.length; at += 3) {
      const [scope, origin, entry = ''] = listed.slice(at, at + 3);
      const [key = '', value = ''] = entry.split(/\n(.*)/s);
      // Ours, and what lies beside the values.
      if (scope === 'command' || HARMLESS.test(key)) continue;
      values.set(key, `${values.get(key) ?? ''}${scope}\0${origin}\0${value}\0`);
    }
    const attributes = join(this.repository.commonDir, 'info', 'attributes');
    values.set(attributes, textOf(attributes));
    return Object.fromEntries([...values].map(([key, value]) => [key, digest(value)]));
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
