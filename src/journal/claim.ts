/**
 * Only one process writes a run. A claim is a numbered file in the run's folder, made with its content in one step; the
 * highest number counts. Who finds its holder dead makes the next number, and of several only one can.
 */
import { linkSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../core/event.js';
import { failure, type Result, success } from '../core/problem.js';
import { codeOf, stateFault } from './fault.js';
import type { RunFolder } from './folder.js';
import { temporaryName, writeNew } from './private-file.js';

/** The right to write a run, until it is released or its owner dies. */
export interface Claim {
  release(): void;
}

/** Number 0: there is no claim. Without a holder it is being written, on a disk that knows no links. */
interface Newest {
  readonly number: number;
  readonly holder?: Owner;
}

const CLAIM_NAME = /^owner-(\d+)\.json$/;
/** A claim without content that is older than this was cut off. */
const WRITING_MILLIS = 10_000;
const MOST_TRIES = 100;

/** Takes the run for `owner`, also from a holder that is not alive. Fails if another process has it. */
export function claimRun(run: RunFolder, owner: Owner, alive: (holder: Owner) => boolean): Result<Claim> {
  try {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const newest = newestClaim(run);
      if (newest.number > 0 && isHeld(run, newest, alive)) return refusal(run, newest, owner);
      const path = pathOf(run, newest.number + 1);
      if (!writeOnce(path, `${JSON.stringify(owner)}\n`)) continue;
      if (newestClaim(run).number === newest.number + 1) return success({ release: () => release(path) });
      // Whoever made a later one looked before us and came between.
      rmSync(path, { force: true });
    }
  } catch (error) {
    throw stateFault('claim the run', run.path, error);
  }
  return refusal(run, { number: 0 }, owner);
}

/** Who holds the run, alive or not; undefined if nobody does. */
export function holderOf(run: RunFolder): Owner | undefined {
  try {
    return newestClaim(run).holder;
  } catch (error) {
    throw stateFault('read', run.path, error);
  }
}

function pathOf(run: RunFolder, number: number): string {
  return join(run.path, `owner-${number}.json`);
}

function newestClaim(run: RunFolder): Newest {
  for (;;) {
    const number = Math.max(0, ...claimNumbers(run));
    if (number === 0) return { number };
    try {
      const holder = parseOwner(readFileSync(pathOf(run, number), 'utf8'));
      return holder === undefined ? { number } : { number, holder };
    } catch (error) {
      // Released between the two looks.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function claimNumbers(run: RunFolder): number[] {
  return readdirSync(run.path).map((name) => Number(CLAIM_NAME.exec(name)?.[1] ?? 0));
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    return typeof owner?.pid === 'number' && typeof owner.startTime === 'string'
      ? (owner as Owner)
      : undefined;
  } catch {
    return undefined;
  }
}

function isHeld(run: RunFolder, { number, holder }: Newest, alive: (holder: Owner) => boolean): boolean {
  if (holder !== undefined) return alive(holder);
  const made = statSync(pathOf(run, number), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - made < WRITING_MILLIS;
}

const WITHOUT_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/** False: somebody was faster. */
function writeOnce(path: string, text: string): boolean {
  const temporary = temporaryName(path);
  writeNew(temporary, text);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'EEXIST') return false;
    if (!WITHOUT_LINKS.has(code)) throw error;
    return writeOnceWithoutLinks(path, text);
  } finally {
    unlinkSync(temporary);
  }
}

function writeOnceWithoutLinks(path: string, text: string): boolean {
  try {
    writeNew(path, text);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** A folder that is gone needs no release. */
function release(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // The owner ends now, and a claim of a dead owner holds nobody up.
  }
}

function refusal(run: RunFolder, { number, holder }: Newest, { host }: Owner): Result<never> {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  const message = `run ${run.id} is live: ${who} has it`;
  // Whether a process of another machine lives cannot be seen from here.
  if (holder !== undefined && holder.host !== host)
    return failure(
      message,
      `if ${holder.host} is gone for good, delete ${pathOf(run, number)} and try again`,
    );
  return failure(
    message,
    `\`batchtool logs --follow ${run.id}\` shows what it does, \`batchtool cancel ${run.id}\` stops it`,
  );
}
