/** `batchtool doctor`: what works on this machine, what is missing, and what to type then. */
import { Fatal } from '../core/problem.js';
import type { KeptMaps } from '../input/file-config-maps.js';
import { doctorDocument, doctorSheet, failedChecks } from '../reports/doctor.js';
import { agentChecks } from './agent-checks.js';
import { isEnding, understand } from './arguments.js';
import { readConfigFile, stateFolderOf } from './kept.js';
import { machineChecks } from './machine-checks.js';
import { printJson, printSheet } from './print.js';
import { stateChecks } from './state-checks.js';
import type { Ending, Surroundings, Verb } from './surroundings.js';

export const doctorVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('doctor', words, around, 0);
  if (isEnding(given)) return given;
  const stateDir = stateFolderOf(given.args, around);
  const { runners: moreRunners, agents } = await keptNames(stateDir, around);
  const checks = [
    ...(await machineChecks({ ...given.machine, moreRunners }, around)),
    ...(await agentChecks(given.machine, around, agents, given.settings.live?.value === true)),
    ...(await stateChecks(stateDir, around)),
  ];
  if (given.settings.json?.value === true) await printJson(doctorDocument(checks), around);
  else await printSheet(doctorSheet(checks), around);
  return failedChecks(checks).length === 0 ? 0 : 1;
}

/** What is kept about runners and agents. What is wrong with the file is told by the check of it. */
async function keptNames(
  stateDir: string,
  around: Surroundings,
): Promise<{ readonly runners: readonly string[]; readonly agents: KeptMaps['agents'] }> {
  try {
    const config = await readConfigFile(stateDir, around);
    const { settings = {}, maps = {} } = (config.ok && config.value) || {};
    return { runners: settings.runners?.texts ?? [], agents: maps.agents };
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    return { runners: [], agents: undefined };
  }
}
