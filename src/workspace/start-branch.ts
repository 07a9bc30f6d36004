/** The branch that was checked out when a run began: what it has merged lands on no other. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export class StartBranch {
  constructor(private readonly file: string) {}

  /** Keeps it, if nothing was kept yet. Undefined: HEAD is detached. */
  rememberOnce(branch: string | undefined): void {
    if (!existsSync(this.file)) writeFileSync(this.file, `${branch ?? ''}\n`, { mode: 0o600, flag: 'wx' });
  }

  /** Why nothing may land on this branch (undefined: HEAD is detached), as a sentence's end; undefined if it is the one. */
  fault(branch: string | undefined): string | undefined {
    if (!existsSync(this.file)) return undefined;
    const began = readFileSync(this.file, 'utf8').trimEnd();
    if (began === (branch ?? '')) return undefined;
    return `${branch === undefined ? 'HEAD is detached' : `you are on ${branch}`}, and the run began ${began === '' ? 'with a detached HEAD' : `on ${began}`}`;
  }
}
