/** `batchtool diff`: what isolated tasks changed in the files of the repository, one of them or all that was merged. */
import { existsSync } from 'node:fs';
import { nearest } from '../core/nearest.js';
import { failure, type Problem, problem, problemText, type Result, success } from '../core/problem.js';
import type { RunState, TaskState } from '../core/state.js';
import type { StateDir } from '../journal/folder.js';
import { findRun } from '../journal/runs.js';
import { FileTail } from '../journal/tail.js';
import { type Diff, diffDocument, diffIn, diffSheet, noDiffDocument } from '../reports/diff.js';
import { someOf } from '../reports/reason.js';
import { Outlet } from '../terminal/outlet.js';
import { PatchPainter } from '../terminal/patch.js';
import { styleFor } from '../terminal/style.js';
import { isEnding, understand } from './arguments.js';
import { loadRun, lookAtStateDir, noRunYet, pickRun } from './look.js';
import { printJson, printSheet } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const diffVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('diff', words, around, 2);
  if (isEnding(given)) return given;
  const { settings, args } = given;
  const [asked, ...more] = args.texts;
  if (more.length > 0) return refuse(around, [tooMany(args.texts)]);
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const picked = pickRun(stateDir.value, settings.orchestration?.value);
  if (!picked.ok) return refuse(around, picked.problems);
  const json = settings.json?.value === true;
  if (picked.value === undefined || stateDir.value === undefined)
    return nothing([problem(noRunYet(around))], json ? noDiffDocument() : undefined, around);
  const { folder, state, interrupted } = loadRun(picked.value);
  const task = taskAsked(state, asked, stateDir.value);
  if (!task.ok) return refuse(around, task.problems);
  const attempt = settings.attempt?.value;
  const found = diffIn(state, task.value, attempt);
  if (!found.ok) {
    const document = json ? noDiffDocument(state, task.value, attempt) : undefined;
    return nothing(found.problems, document, around);
  }
  const shown = found.value;
  const { patch } = folder.files({ task: shown.task.task.id, attempt: shown.attempt.number });
  if (json) await printJson(diffDocument(shown, interrupted, patch), around);
  else if (settings.stat?.value === true) await printSheet(diffSheet(shown), around);
  else if (existsSync(patch)) await printPatch(patch, around);
  else return refuse(around, [patchGone(patch, shown)]);
  return 0;
}

function tooMany(texts: readonly string[]): Problem {
  return problem(
    `diff takes one task, found ${texts.map((text) => JSON.stringify(text)).join(' ')}`,
    'a run is named by --orchestration',
  );
}

/** Looking never fails because there is nothing to see. */
async function nothing(why: readonly Problem[], document: unknown, around: Surroundings): Promise<Ending> {
  if (document !== undefined) await printJson(document, around);
  for (const one of why) around.stderr.write(`batchtool: ${problemText(one)}\n`);
  return 0;
}

/** Undefined: all that the run has merged. */
function taskAsked(
  state: RunState,
  asked: string | undefined,
  stateDir: StateDir,
): Result<TaskState | undefined> {
  if (asked === undefined) return success(undefined);
  const found = state.tasks.find(({ task }) => task.id === asked);
  if (found !== undefined) return success(found);
  const known = state.tasks.map(({ task }) => task.id);
  const near = nearest(asked, known);
  const isRun = near === undefined && findRun(stateDir, asked) !== undefined;
  return failure(
    `run ${state.id} has no task ${JSON.stringify(asked)}`,
    near !== undefined
      ? `did you mean "${near}"?`
      : isRun
        ? `it is a run: --orchestration ${asked}`
        : `its tasks: ${someOf(known, 12)}`,
  );
}

function patchGone(patch: string, { attempt }: Diff): Problem {
  return problem(
    `the patch ${patch} is not there`,
    attempt.commit === undefined ? undefined : `\`git show ${attempt.commit}\` may have it`,
  );
}

const CHUNK_BYTES = 64 * 1024;

/** Byte for byte for programs; for a person in colours, with nothing in it that a terminal would obey. */
async function printPatch(path: string, { stdout, env }: Surroundings): Promise<void> {
  const out = new Outlet(stdout);
  const style = styleFor(stdout, env, 'data');
  const painter = stdout.isTTY === true || style.isColoured ? new PatchPainter(style) : undefined;
  const file = new FileTail(path);
  for (let chunk = file.read(CHUNK_BYTES); chunk.length > 0 && !out.isClosed; chunk = file.read(CHUNK_BYTES))
    await out.write(painter === undefined ? chunk : painter.paint(chunk));
  if (painter !== undefined) await out.write(painter.end());
  file.close();
}
