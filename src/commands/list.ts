/** `batchtool list`: which runs there are, newest first. */
import { systemClock } from '../clock.js';
import type { StateDir } from '../journal/folder.js';
import { listRuns, readMeta } from '../journal/runs.js';
import { type ListedRun, listDocument } from '../reports/json.js';
import { listSheet } from '../reports/list.js';
import { isEnding, understand } from './arguments.js';
import { loadReadable, lookAtStateDir, noRunYet } from './look.js';
import { printJson, printSheet } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const listVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('list', words, around, 0);
  if (isEnding(given)) return given;
  const { settings } = given;
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const runs = listed(stateDir.value, settings.tag?.value ?? [], around);
  if (settings.json?.value === true) await printJson(listDocument(runs), around);
  else if (runs.length === 0)
    around.stdout.write(`${settings.tag === undefined ? noRunYet(around) : 'no run has these tags'}\n`);
  else await printSheet(listSheet(runs, systemClock.now()), around);
  return 0;
}

/** Runs that have all these tags. */
function listed(stateDir: StateDir | undefined, tags: readonly string[], around: Surroundings): ListedRun[] {
  if (stateDir === undefined) return [];
  const found: ListedRun[] = [];
  for (const folder of listRuns(stateDir)) {
    const meta = tags.length === 0 ? undefined : readMeta(folder);
    if (meta !== undefined && !tags.every((tag) => meta.tags.includes(tag))) continue;
    const run = loadReadable(folder, around);
    if (run !== undefined && tags.every((tag) => run.state.plan.tags.includes(tag))) found.push(run);
  }
  return found;
}
