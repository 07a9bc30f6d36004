/** `batchtool report`: one run for others to read, on standard output or in a file. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { problem, type Result, success } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import { annotations, annotationsDocument } from '../reports/annotations.js';
import { BUILT_IN_MATCHERS } from '../reports/built-in-matchers.js';
import { junit } from '../reports/junit.js';
import { markdown } from '../reports/markdown.js';
import { type Matcher, readMatchers } from '../reports/matcher.js';
import { runGraph } from '../reports/mermaid.js';
import { reportDocument } from '../reports/report-document.js';
import { Outlet } from '../terminal/outlet.js';
import { foldVerb, type Given, isEnding, namedRun, understand } from './arguments.js';
import { type LoadedRun, loadRun, lookAtStateDir, pickRun } from './look.js';
import { withinMillis } from './patience.js';
import { writePublic } from './public-file.js';
import { readFindings, readMaterial } from './report-material.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const reportVerb: Verb = { run };

/** Looking never fails because a run failed; but a report of nothing is none. */
async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('report', words, around);
  if (isEnding(given)) return given;
  const { settings } = given;
  const matchers = readMatcherFiles(settings['problem-matchers']?.value ?? [], around);
  if (!matchers.ok) return refuse(around, matchers.problems);
  const stateDir = await lookAtStateDir(around.cwd, settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const picked = pickRun(stateDir.value, namedRun(given));
  if (!picked.ok) return refuse(around, picked.problems);
  if (picked.value === undefined)
    return refuse(around, [problem('there is no run yet', "start one: batchtool run 'echo hello'")]);
  const text = reportText(loadRun(picked.value), given, matchers.value, around);
  const file = foldVerb('report', words).options.get('output')?.values[0] ?? '-';
  if (file === '-') await new Outlet(around.stdout).write(text);
  else {
    const written = writePublic(resolve(around.cwd, file), file, text);
    if (!written.ok) return refuse(around, written.problems);
    around.stderr.write(`wrote ${file}\n`);
  }
  return 0;
}

function reportText(
  loaded: LoadedRun,
  { settings }: Given,
  matchers: readonly Matcher[],
  around: Surroundings,
): string {
  const format = settings.format?.value ?? 'markdown';
  switch (format) {
    case 'markdown':
      return markdown(readMaterial(loaded), settings['max-size']?.value);
    case 'junit':
      return junit(readMaterial(loaded));
    case 'json':
      return `${JSON.stringify(reportDocument(readMaterial(loaded), (attempt) => loaded.folder.files(attempt).log))}\n`;
    case 'annotations':
      return `${JSON.stringify(annotationsDocument(annotationsOf(loaded, matchers, around)))}\n`;
    case 'mermaid':
      return runGraph(loaded.state).text;
    case 'workflow':
      // A format of `export`, which the table of options does not let through.
      throw new Error('a report has no such format');
    default:
      return unreachable(format);
  }
}

/** An expression that is given may take as long as the universe; what ours find is there before. */
const PATIENCE_MILLIS = 5000;

function annotationsOf(loaded: LoadedRun, own: readonly Matcher[], around: Surroundings) {
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

/** The nearest folder upwards that git keeps, else this one. */
function repositoryOf(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return resolve(cwd);
  }
}

function readMatcherFiles(files: readonly string[], { cwd }: Surroundings): Result<readonly Matcher[]> {
  const matchers: Matcher[] = [];
  for (const file of files) {
    const read = readMatcherFile(file, cwd);
    if (!read.ok) return read;
    matchers.push(...read.value);
  }
  return success(matchers);
}

function readMatcherFile(file: string, cwd: string): Result<readonly Matcher[]> {
  try {
    return readMatchers(readFileSync(resolve(cwd, file), 'utf8'), file);
  } catch (error) {
    return {
      ok: false,
      problems: [problem(`cannot read ${JSON.stringify(file)}: ${(error as Error).message}`)],
    };
  }
}
