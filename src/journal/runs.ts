/** The folders of runs: made once, found by id or by name, tolerated when half made. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunId } from '../core/branch.js';
import type { EpochMillis } from '../core/event.js';
import { Digest } from '../core/hash.js';
import type { Plan } from '../core/plan.js';
import { Fatal, problem } from '../core/problem.js';
import { codeOf, stateFault } from './fault.js';
import { RunFolder, type StateDir } from './folder.js';
import { makeFolder, writeNew, writeWhole } from './private-file.js';

/** What lists and look-ups need of a run without reading its plan, which may be 30 MB. */
export interface RunMeta {
  readonly name: string;
  readonly pattern: string;
  readonly tags: readonly string[];
  /** How many tasks the plan holds. */
  readonly tasks: number;
  readonly createdAt: EpochMillis;
}

/** Two digits of base 36 hold the milliseconds of a second, two are chance. */
const RADIX = 36;
const PER_MILLI = RADIX ** 2;

/** `20261122-231905-k3f9`: UTC to the second, then the millisecond and two characters of chance; sorts by time. */
export function newRunId(now: EpochMillis = Date.now()): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const rest = (now % 1000) * PER_MILLI + Math.floor(Math.random() * PER_MILLI);
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${rest.toString(RADIX).padStart(4, '0')}`;
}

/** When the run with this id was made; NaN if that is no time. */
export function madeAt(id: string): EpochMillis {
  return Date.parse(id.replace(/^(....)(..)(..)-(..)(..)(..)-.*$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Makes the folder of a new run with its plan. `planDigest` is that of the file's bytes, as `readPlan` gives it. */
export function createRun(
  stateDir: StateDir,
  plan: Plan,
  makeId: () => string = newRunId,
): { run: RunFolder; planDigest: string } {
  let run = runAt(stateDir, makeId());
  try {
    while (!makeFolder(run.path)) run = runAt(stateDir, makeId());
    for (const folder of [run.inbox, run.tasks]) makeFolder(folder);
    const { name, pattern, tags, tasks } = plan;
    const meta: RunMeta = { name, pattern, tags, tasks: tasks.length, createdAt: Date.now() };
    writeNew(run.meta, `${JSON.stringify(meta)}\n`);
    const digest = new Digest();
    // The plan comes last: a folder that has one is a whole run.
    writeWhole(run.plan, `${JSON.stringify(plan)}\n`, (bytes) => digest.update(bytes));
    return { run, planDigest: digest.hex };
  } catch (error) {
    removeHalf(run);
    throw stateFault('make the run folder', run.path, error);
  }
}

/** What stood in the way of making it is what is told, not what stands in the way of this. */
function removeHalf(run: RunFolder): void {
  try {
    rmSync(run.path, { recursive: true, force: true });
  } catch {
    // Without a plan it is no run, and `clean` takes it later.
  }
}

function runAt(stateDir: StateDir, id: string): RunFolder {
  return new RunFolder(id, join(stateDir.runs, id));
}

/** The run with this id; undefined if there is none, or only a folder whose making was cut off. */
export function openRun(stateDir: StateDir, id: string): RunFolder | undefined {
  if (!isRunId(id)) return undefined;
  const run = runAt(stateDir, id);
  return existsSync(run.plan) ? run : undefined;
}

/** Every whole run, newest first. Looks at names only. */
export function listRuns(stateDir: StateDir): RunFolder[] {
  return listFolders(stateDir).filter((run) => existsSync(run.plan));
}

/** Folders with the name of a run, newest first, whether the run is whole or not. */
export function listFolders(stateDir: StateDir): RunFolder[] {
  try {
    const ids = readdirSync(stateDir.runs).filter((name) => isRunId(name));
    return ids
      .sort()
      .reverse()
      .map((id) => runAt(stateDir, id));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw stateFault('list', stateDir.runs, error);
  }
}

/** The newest whole run. */
export function latestRun(stateDir: StateDir): RunFolder | undefined {
  return listFolders(stateDir).find((run) => existsSync(run.plan));
}

/** A run by its id, or the newest of those with this name. */
export function findRun(stateDir: StateDir, nameOrId: string): RunFolder | undefined {
  return (
    openRun(stateDir, nameOrId) ??
    listFolders(stateDir).find((run) => readMeta(run)?.name === nameOrId && existsSync(run.plan))
  );
}

/** Undefined if it is missing or damaged: everything in it is in the plan, too. */
export function readMeta(run: RunFolder): RunMeta | undefined {
  try {
    const meta = JSON.parse(readFileSync(run.meta, 'utf8')) as Partial<RunMeta> | null;
    if (typeof meta?.name !== 'string' || !Array.isArray(meta.tags)) return undefined;
    return meta as RunMeta;
  } catch {
    return undefined;
  }
}

/** The stored plan and the digest of its bytes. Throws `Fatal` if it is damaged or not understood. */
export function readPlan(run: RunFolder): { plan: Plan; planDigest: string } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(run.plan);
  } catch (error) {
    throw stateFault('read', run.plan, error);
  }
  const plan = parsePlan(run.plan, bytes.toString());
  return { plan, planDigest: new Digest().update(bytes).hex };
}

function parsePlan(file: string, text: string): Plan {
  let plan: Partial<Record<keyof Plan, unknown>> | null;
  try {
    plan = JSON.parse(text);
  } catch {
    throw planFault(file, 'it is no JSON');
  }
  if (typeof plan?.version === 'number' && plan.version > 1)
    throw new Fatal(
      4,
      problem(`${file} has the newer version ${plan.version}`, 'a newer batchtool wrote it: update this one'),
    );
  if (plan?.version !== 1 || !Array.isArray(plan.tasks)) throw planFault(file, 'it is no plan');
  return plan as unknown as Plan;
}

function planFault(file: string, what: string): Fatal {
  return new Fatal(4, problem(`the stored plan ${file} is damaged: ${what}`, 'start the run anew'));
}
