/** What runs weigh, and how they go. */
import { existsSync, lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EpochMillis } from '../core/event.js';
import { codeOf, removalFault, stateFault } from './fault.js';
import type { RunFolder, StateDir } from './folder.js';
import { listFolders } from './runs.js';

/** A run on its way out has this before its id, so that no reader takes it for one. */
const REMOVING = '.removing-';
/** A folder without a plan may be one that is just being made. */
const ABANDONED_AFTER_MILLIS = 3_600_000;

/** Bytes in all files of a run, or below another folder of the state. Links are not followed. */
export function sizeOf({ path }: Pick<RunFolder, 'path'>): number {
  try {
    return bytesIn(path);
  } catch (error) {
    throw stateFault('read', path, error);
  }
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of listing(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesIn(path);
    else bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** Empty if the folder is gone: a live run comes and goes while it is weighed. */
function listing(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

/** Deletes a run. Its name goes first, so that a cut-off removal leaves nothing that looks like a run. */
export function removeRun(stateDir: StateDir, run: RunFolder): void {
  try {
    const leaving = join(stateDir.runs, `${REMOVING}${run.id}`);
    if (existsSync(run.path)) renameSync(run.path, leaving);
    for (const { name } of listing(stateDir.runs))
      if (name.startsWith(REMOVING)) rmSync(join(stateDir.runs, name), { recursive: true, force: true });
  } catch (error) {
    throw removalFault(run.path, error);
  }
}

/** Folders whose making was cut off long ago: they never became runs. */
export function abandonedRuns(stateDir: StateDir, now: EpochMillis = Date.now()): RunFolder[] {
  return listFolders(stateDir).filter((run) => {
    const made = statSync(run.path, { throwIfNoEntry: false })?.mtimeMs;
    return made !== undefined && now - made > ABANDONED_AFTER_MILLIS && !existsSync(run.plan);
  });
}
