/** `batchtool cancel`: asks the process that runs it; for a run whose process is gone, ends what it left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../clock.js';
import { lastAttempt } from '../core/state.js';
import { postRequest } from '../journal/inbox.js';
import { runWord } from '../reports/status.js';
import { isEnding, namedRun, understand } from './arguments.js';
import {
  type LoadedRun,
  loadReadable,
  loadRun,
  lookAtStateDir,
  noRunYet,
  pickRun,
  WatchedRun,
} from './look.js';
import { complain, type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

const POLL_MILLIS = 50;
/** On top of the grace time: for the owner to notice and to write its last lines. */
const PATIENCE_MILLIS = 5000;

export const cancelVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('cancel', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const picked = pickRun(
    stateDir.value,
    namedRun(given),
    (folder) => loadReadable(folder, around)?.state.status === 'running',
  );
  if (!picked.ok) return refuse(around, picked.problems);
  if (picked.value === undefined) {
    around.stdout.write(stateDir.value === undefined ? `${noRunYet(around)}\n` : 'no run is going on\n');
    return 0;
  }
  const loaded = loadRun(picked.value);
  const { id } = loaded.folder;
  if (loaded.state.status !== 'running') {
    around.stdout.write(`run ${id} is over: ${loaded.state.status}\n`);
    return 0;
  }
  if (loaded.interrupted) {
    const { cancelInterrupted } = await import('./takeover.js');
    return cancelInterrupted(loaded, stateDir.value, around);
  }
  postRequest(loaded.folder, {
    kind: 'cancel',
    by: 'batchtool cancel',
    ...(settings.now?.value === true ? { now: true } : {}),
  });
  return waitForEnd(loaded, settings.now?.value === true, around);
}

async function waitForEnd(
  { folder, plan, state }: LoadedRun,
  isKilled: boolean,
  around: Surroundings,
): Promise<Ending> {
  const running = [...state.running].filter((task) => lastAttempt(task)?.exit === undefined).length;
  const them = running === 1 ? 'its running task' : `${running} running tasks`;
  const fate = isKilled ? `killing ${them}` : `${them} may clean up`;
  around.stderr.write(`cancelling run ${folder.id}${running === 0 ? '' : `; ${fate}`}\n`);
  const watched = new WatchedRun(folder);
  const end = systemClock.now() + plan.graceMillis + PATIENCE_MILLIS;
  while (systemClock.now() < end) {
    const { live, interrupted } = watched.refresh();
    if (!live) {
      around.stdout.write(`run ${folder.id}: ${runWord(watched.state, interrupted)}\n`);
      return 0;
    }
    await sleep(POLL_MILLIS);
  }
  const hint = isKilled
    ? `its tasks are being killed; \`batchtool status ${folder.id}\` shows what is left of them`
    : `\`batchtool cancel ${folder.id} --now\` kills its tasks at once`;
  complain(around, `run ${folder.id} has not ended yet\n  hint: ${hint}`);
  return 1;
}
