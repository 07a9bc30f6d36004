/** `batchtool report`: one run for others to read, on standard output or in a file. */
import { resolve } from 'node:path';
import { unreachable } from '../core/unreachable.js';
import { annotationsDocument } from '../reports/annotations.js';
import type { Baseline } from '../reports/baseline.js';
import { junit } from '../reports/junit.js';
import { markdown } from '../reports/markdown.js';
import type { Matcher } from '../reports/matcher.js';
import { runGraph } from '../reports/mermaid.js';
import { reportDocument } from '../reports/report-document.js';
import { Outlet } from '../terminal/outlet.js';
import { foldVerb, type Given, isEnding, namedRun, understand } from './arguments.js';
import { askedBaseline } from './baseline.js';
import { type LoadedRun, loadRun, lookAtStateDir, noRunYet, pickRun } from './look.js';
import { madeText, writePublic } from './public-file.js';
import { readMaterial } from './report-material.js';
import { annotationsOf, readMatcherFiles } from './run-annotations.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const reportVerb: Verb = { run };

/** Looking never fails because a run failed, nor because there is none yet: then nothing is written. */
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
  if (picked.value === undefined || stateDir.value === undefined) {
    around.stderr.write(`batchtool: ${noRunYet(around)}\n`);
    return 0;
  }
  const baseline = askedBaseline(settings.baseline?.value, picked.value, stateDir.value, around);
  if (!baseline.ok) return refuse(around, baseline.problems);
  const text = reportText(
    loadRun(picked.value),
    { ...given, baseline: baseline.value, matchers: matchers.value },
    around,
  );
  const file = foldVerb('report', words).options.get('output')?.values[0] ?? '-';
  if (file === '-') await new Outlet(around.stdout).write(text);
  else {
    const written = writePublic(resolve(around.cwd, file), file, text);
    if (!written.ok) return refuse(around, written.problems);
    around.stderr.write(`wrote ${file}${madeText(written.value, around)}\n`);
  }
  return 0;
}

interface Wanted extends Given {
  readonly matchers: readonly Matcher[];
  readonly baseline: Baseline | undefined;
}

function reportText(
  loaded: LoadedRun,
  { settings, matchers, baseline }: Wanted,
  around: Surroundings,
): string {
  const format = settings.format?.value ?? 'markdown';
  switch (format) {
    case 'markdown': {
      const compared = baseline === undefined ? {} : { baseline };
      return markdown({ ...readMaterial(loaded), ...compared }, settings['max-size']?.value);
    }
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
