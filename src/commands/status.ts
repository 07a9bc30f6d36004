/** `batchtool status`: how a run stands, going on or over, from any terminal. */
import { systemClock } from '../clock.js';
import { statusDocument } from '../reports/json.js';
import { statusSheet } from '../reports/status.js';
import { isEnding, namedRun, understand } from './arguments.js';
import { loadRun, lookAtStateDir, NO_RUN_YET, pickRun } from './look.js';
import { printJson, printSheet } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const statusVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('status', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const picked = pickRun(stateDir.value, namedRun(given));
  if (!picked.ok) return refuse(around, picked.problems);
  const json = settings.json?.value === true;
  if (picked.value === undefined) {
    if (json) await printJson({ run: null, tasks: [] }, around);
    else around.stdout.write(`${NO_RUN_YET}\n`);
    return 0;
  }
  const { folder, state, interrupted } = loadRun(picked.value);
  if (json)
    await printJson(
      statusDocument(state, interrupted, (attempt) => folder.files(attempt).log),
      around,
    );
  else await printSheet(statusSheet({ state, now: systemClock.now(), interrupted }), around);
  return 0;
}
