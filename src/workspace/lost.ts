/** What attempts have left whose end nobody saw: it is committed before anything else is done. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AttemptWork, type Committed, commitWork } from './commit.js';
import { attemptName, indexIn, ORDER_ENDING } from './places.js';
import type { Workspace } from './workspace.js';
import { removeWorktree } from './worktree.js';

export interface Saved {
  /** By the name of the attempt, `task.attempt`. */
  readonly commits: ReadonlyMap<string, Committed>;
  /** What could not be committed, and where it lies. */
  readonly notices: readonly string[];
}

export async function saveLost(workspace: Workspace): Promise<Saved> {
  const { places, repository } = workspace;
  const commits = new Map<string, Committed>();
  const notices: string[] = [];
  for (const work of ordersIn(places.folder)) {
    const path = places.worktree(work);
    try {
      // Without an index of ours it never was ready for its task, or all is done.
      const made = existsSync(places.index(work)) ? await commitWork(workspace, work) : undefined;
      if (made !== undefined) commits.set(attemptName(work), made);
      await removeWorktree(repository.commonDir, path);
    } catch (error) {
      notices.push(`what ${work.task} has left in ${path} could not be kept: ${(error as Error).message}`);
    }
    rmSync(places.index(work), { force: true });
    rmSync(places.order(work), { force: true });
  }
  return { commits, notices };
}

/** Whether a folder of worktrees holds such. */
export function hasLost(folder: string): boolean {
  return ordersIn(folder).some((work) => existsSync(indexIn(folder, work)));
}

function ordersIn(folder: string): AttemptWork[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ORDER_ENDING))
    .flatMap((name) => orderIn(join(folder, name)));
}

/** One that was not written to its end was of no worktree yet. */
function orderIn(file: string): AttemptWork[] {
  try {
    return [JSON.parse(readFileSync(file, 'utf8')) as AttemptWork];
  } catch {
    return [];
  }
}
