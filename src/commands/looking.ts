/** What `status` and `stats` have in common: find the run, and show one answer about it as a sheet or as a document. */
import type { Sheet } from '../core/shown.js';
import type { StateDir } from '../journal/folder.js';
import { MOST_ROWS } from '../reports/rest.js';
import { isEnding, namedRun, understand } from './arguments.js';
import { type LoadedRun, loadRun, lookAtStateDir, noRunYet, pickRun } from './look.js';
import { printJson, printSheet } from './print.js';
import { type Ending, refuse, type Surroundings } from './surroundings.js';

/** Both are made only when they are wanted. */
export interface Answer {
  readonly sheet: () => Sheet;
  readonly document: () => unknown;
}

export interface Among {
  readonly stateDir: StateDir;
  /** So many tasks get a row. */
  readonly most: number;
  readonly stateWords: string;
}

/** Looking never fails because a run failed, nor because there is none yet. */
export async function showRun(
  verb: 'status' | 'stats',
  words: readonly string[],
  around: Surroundings,
  answer: (run: LoadedRun, among: Among) => Answer,
): Promise<Ending> {
  const given = understand(verb, words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const picked = pickRun(stateDir.value, namedRun(given));
  if (!picked.ok) return refuse(around, picked.problems);
  const json = settings.json?.value === true;
  if (picked.value === undefined || stateDir.value === undefined) {
    if (json) await printJson({ run: null, tasks: [] }, around);
    else around.stdout.write(`${noRunYet(around)}\n`);
    return 0;
  }
  const most = settings['all-tasks']?.value === true ? Number.POSITIVE_INFINITY : MOST_ROWS;
  const { sheet, document } = answer(loadRun(picked.value), {
    stateDir: stateDir.value,
    most,
    stateWords: around.stateWords ?? '',
  });
  await (json ? printJson(document(), around) : printSheet(sheet(), around));
  return 0;
}
