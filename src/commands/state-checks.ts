/** What `doctor` looks at where runs would be kept. Nothing is made there. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Fatal, type Problem, problem } from '../core/problem.js';
import { showSize } from '../core/units.js';
import { lookIntoStateDir } from '../journal/folder.js';
import type { Check } from '../reports/doctor.js';
import { readConfigFile } from './kept.js';
import type { Surroundings } from './surroundings.js';

/** Logs of agents fill less than this in a day. */
const LITTLE_BYTES = 1e9;
/** A journal does not fit any more. */
const NOTHING_BYTES = 1e6;

export async function stateChecks(stateDir: string, around: Surroundings): Promise<Check[]> {
  const folder = await folderCheck(stateDir);
  if (folder.status === 'failed') return [folder];
  return [folder, roomCheck(stateDir), await configCheck(stateDir, around)];
}

async function folderCheck(stateDir: string): Promise<Check> {
  const name = 'state folder';
  const isThere = existsSync(stateDir);
  if (isThere && !statSync(stateDir).isDirectory())
    return fault(name, problem(`${stateDir} is a file`, 'choose another folder with --state-dir'));
  if (!existsSync(dirname(stateDir)))
    return fault(
      name,
      problem(`${dirname(stateDir)} does not exist`, `\`mkdir -p ${dirname(stateDir)}\` makes it`),
    );
  const asked = await refusalOf(stateDir);
  if (asked !== undefined) return fault(name, asked);
  const place = isThere ? stateDir : dirname(stateDir);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EROFS' ? 'the file system is read-only' : 'no permission to write';
    return fault(name, problem(`${place}: ${why} (${code})`, 'choose another folder with --state-dir'));
  }
  const ignored = existsSync(join(stateDir, '.gitignore')) ? ', ignored by git' : '';
  return { name, status: 'ok', found: `${stateDir}${isThere ? ignored : ' (the first run makes it)'}` };
}

/** Whether git tracks it, or cannot say. */
async function refusalOf(stateDir: string): Promise<Problem | undefined> {
  try {
    const looked = await lookIntoStateDir(stateDir);
    return looked.ok ? undefined : looked.problems[0];
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    return error.problem;
  }
}

function fault(name: string, { message, hint }: Problem): Check {
  return { name, status: 'failed', found: message, ...(hint === undefined ? {} : { hint }) };
}

function roomCheck(stateDir: string): Check {
  const { bavail, bsize } = statfsSync(existsSync(stateDir) ? stateDir : dirname(stateDir));
  const free = bavail * bsize;
  const found = `${showSize(free)} free`;
  const hint = '`batchtool clean` deletes old runs';
  if (free < NOTHING_BYTES) return { name: 'disk', status: 'failed', found, hint };
  return { name: 'disk', status: free < LITTLE_BYTES ? 'warning' : 'ok', found, hint };
}

async function configCheck(stateDir: string, around: Surroundings): Promise<Check> {
  const name = 'config';
  try {
    const config = await readConfigFile(stateDir, around);
    const problems = config.ok ? (config.value?.problems ?? []) : config.problems;
    const [first] = problems;
    if (first !== undefined)
      return fault(name, {
        ...first,
        message: `${first.place === undefined ? '' : `${first.place.file}:${first.place.line}: `}${first.message}`,
      });
    const kept = config.ok ? (config.value?.keys ?? []) : [];
    return { name, status: 'ok', found: kept.length === 0 ? 'nothing is kept' : kept.join(', ') };
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    return fault(name, error.problem);
  }
}
