/** `batchtool doctor`: what works on this machine, what is missing, and what to type then. */
import { doctorDocument, doctorSheet, failedChecks } from '../reports/doctor.js';
import { isEnding, understand } from './arguments.js';
import { stateFolderOf } from './kept.js';
import { machineChecks } from './machine-checks.js';
import { printJson, printSheet } from './print.js';
import { stateChecks } from './state-checks.js';
import type { Ending, Surroundings, Verb } from './surroundings.js';

export const doctorVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('doctor', words, around, 0);
  if (isEnding(given)) return given;
  const checks = [
    ...(await machineChecks(given.machine, around)),
    ...(await stateChecks(stateFolderOf(given.args, around), around)),
  ];
  if (given.settings.json?.value === true) await printJson(doctorDocument(checks), around);
  else await printSheet(doctorSheet(checks), around);
  return failedChecks(checks).length === 0 ? 0 : 1;
}
