/** `--baseline`: what a report compares its run with, an earlier run of this folder or figures from elsewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure, type Result, success } from '../core/problem.js';
import type { RunFolder, StateDir } from '../journal/folder.js';
import { listRuns, openRun, readMeta } from '../journal/runs.js';
import { type Baseline, readBaseline } from '../reports/baseline.js';
import { baselineOf } from '../reports/figures.js';
import { loadRun } from './look.js';
import type { Surroundings } from './surroundings.js';

/** A run by its id, the newest of a name before the run that is reported, or a file; the first that there is. */
export function askedBaseline(
  asked: string | undefined,
  reported: RunFolder,
  stateDir: StateDir,
  { cwd }: Surroundings,
): Result<Baseline | undefined> {
  if (asked === undefined) return success(undefined);
  const run =
    openRun(stateDir, asked) ??
    listRuns(stateDir).find((each) => each.id < reported.id && readMeta(each)?.name === asked);
  if (run !== undefined) return figuresOf(run);
  if (existsSync(resolve(cwd, asked))) return figuresIn(asked, cwd);
  return failure(
    `--baseline: there is no earlier run and no file ${JSON.stringify(asked)}`,
    '`batchtool list` shows all runs; a file is the figures.json of an artifact of the GitHub action',
  );
}

function figuresOf(run: RunFolder): Result<Baseline> {
  const baseline = baselineOf(loadRun(run).state);
  return baseline === undefined
    ? failure(
        `--baseline: run ${run.id} is no measure: it was cancelled, is not over or has too many tasks`,
        'name a run that succeeded or failed',
      )
    : success(baseline);
}

function figuresIn(file: string, cwd: string): Result<Baseline> {
  try {
    const baseline = readBaseline(readFileSync(resolve(cwd, file), 'utf8'));
    if (baseline !== undefined) return success(baseline);
    return failure(
      `--baseline: ${JSON.stringify(file)} does not hold the figures of a run`,
      'the figures.json of an artifact of the GitHub action does',
    );
  } catch (error) {
    return failure(`--baseline: cannot read ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}
