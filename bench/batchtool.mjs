/** The program under test: command lines, plan files, and proof that it did what is being timed. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './measure.mjs';

/** A state folder of its own for each run, so that no run pays for the history of another. */
export const newStateDir = (scratch) => mkdtempSync(join(scratch, 'state-'));

export const removeStateDir = (folder) => rmSync(folder, { recursive: true, force: true });

export function runArgv({ cli }, stateDir, slots, rest, output = 'quiet') {
  const options = ['--max-concurrent', String(slots), '--output', output, '--state-dir', stateDir];
  return [process.execPath, cli, 'run', ...options, ...rest];
}

/** Writes a plan file with `{id: {run, needs?}}` and returns its name. */
export function writePlan(scratch, name, tasks) {
  const file = join(scratch, `${name}.json`);
  writeFileSync(file, JSON.stringify({ name, tasks }));
  return file;
}

/** `count` independent tasks that do nothing. */
export function trivialPlan(scratch, count) {
  const ids = Array.from({ length: count }, (_, index) => [`t${index + 1}`, { run: 'true' }]);
  return writePlan(scratch, `trivial-${count}`, Object.fromEntries(ids));
}

/** Throws unless the run in this folder succeeded with so many tasks, each with an attempt, and has a journal. */
export async function verifyRun({ cli, scratch }, stateDir, count) {
  const argv = [process.execPath, cli, 'status', '--json', '--state-dir', stateDir];
  const { run, tasks } = JSON.parse((await measure(scratch, argv, { stdout: 'keep' })).stdout);
  const done = tasks.filter((task) => task.status === 'succeeded' && task.attempts.length > 0).length;
  if (run.status !== 'succeeded' || tasks.length !== count || done !== count)
    throw new Error(
      `status says ${run.status}, ${done} of ${tasks.length} tasks succeeded; expected ${count}`,
    );
  const journals = readdirSync(stateDir, { recursive: true }).filter((name) => name.endsWith('events.jsonl'));
  if (journals.length !== 1)
    throw new Error(`expected one journal in the state folder, found ${journals.length}`);
  return tasks;
}

/** Bytes in the logs of all tasks. */
export function loggedBytes(tasks) {
  const logs = tasks.map((task) => task.attempts.at(-1).log);
  return logs.reduce((sum, log) => sum + (existsSync(log) ? statSync(log).size : 0), 0);
}
