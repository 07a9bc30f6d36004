/** What a run with isolated tasks does to the repository before its first task. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setBranch } from './branches.js';
import { snapshotOf } from './snapshot.js';
import type { Workspace } from './workspace.js';

/** Keeps how git is configured and which branch is checked out, once. Gives the commit in which tasks begin: HEAD, or with `includeDirty` one on top of it. */
export async function begin(workspace: Workspace, includeDirty: boolean): Promise<string> {
  const { git, repository, places, guard, startBranch, author } = workspace;
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  await guard.rememberOnce();
  startBranch.rememberOnce(repository.branch);
  if (!includeDirty) return repository.head;
  const base = await snapshotOf(git, repository, author, join(places.folder, 'snapshot.index'));
  if (base !== repository.head) await setBranch(git, places.baseBranch, base);
  return base;
}
