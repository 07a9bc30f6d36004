/** What is worth a mark beside a line of code, found in the logs of a run: what `report` and the action share. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure, failures, type Result, success } from '../core/problem.js';
import { repositoryOf } from '../journal/repository.js';
import { type Annotation, annotations } from '../reports/annotations.js';
import { BUILT_IN_MATCHERS } from '../reports/built-in-matchers.js';
import { type Matcher, readMatchers } from '../reports/matcher.js';
import type { LoadedRun } from './look.js';
import { withinMillis } from './patience.js';
import { readFindings } from './report-material.js';
import type { Surroundings } from './surroundings.js';

/** An expression that is given may take as long as the universe; what ours find is there before. */
const PATIENCE_MILLIS = 5000;

/** The most important ones; matchers that are given come before those that are built in. */
export function annotationsOf(
  loaded: Pick<LoadedRun, 'folder' | 'state'>,
  own: readonly Matcher[],
  around: Surroundings,
): Annotation[] {
  const all =
    own.length === 0
      ? undefined
      : withinMillis(PATIENCE_MILLIS, () => readFindings(loaded, [...own, ...BUILT_IN_MATCHERS]));
  if (own.length > 0 && all === undefined)
    around.stderr.write(
      'batchtool: the problem matchers that were given take too long on these logs and are left out\n' +
        '  hint: an expression such as (a+)+ tries everything; begin it with ^ and repeat nothing that repeats\n',
    );
  const findings = all ?? readFindings(loaded, BUILT_IN_MATCHERS);
  return annotations({ state: loaded.state, findings, root: repositoryOf(around.cwd) });
}

/** Problem matchers in GitHub's own format, from the files that `--problem-matchers` names. */
export function readMatcherFiles(
  files: readonly string[],
  { cwd }: Surroundings,
): Result<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  for (const file of files) {
    const read = readMatcherFile(file, cwd);
    if (!read.ok)
      return failures(
        read.problems.map((one) => ({ ...one, message: `--problem-matchers: ${one.message}` })),
      );
    matchers.push(...read.value);
  }
  return success(matchers);
}

function readMatcherFile(file: string, cwd: string): Result<readonly Matcher[]> {
  try {
    return readMatchers(readFileSync(resolve(cwd, file), 'utf8'), file);
  } catch (error) {
    return failure(`cannot read ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}
