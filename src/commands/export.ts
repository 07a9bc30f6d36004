/** `batchtool export`: a plan as data or as a picture. Nothing is run, and nothing needs to be installed for it. */
import { resolve } from 'node:path';
import type { Plan } from '../core/plan.js';
import { problem } from '../core/problem.js';
import type { Source } from '../input/request.js';
import { countOf } from '../reports/opening.js';
import { Outlet } from '../terminal/outlet.js';
import { foldVerb, isEnding } from './arguments.js';
import { shownPath } from './kept.js';
import { readFileOrRun } from './newest-plan.js';
import { understandPlan } from './plan-request.js';
import { printJson } from './print.js';
import { madeText, writePublic } from './public-file.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const exportVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const meant = await understandPlan('export', words, around, {
    readFile: readFileOrRun,
    use: 'look',
  });
  if (isEnding(meant)) return meant;
  const { plan, request } = meant;
  const format = request.settings.format?.value ?? 'json';
  const json = request.settings.json?.value === true;
  const file = foldVerb('export', words).options.get('output')?.values[0] ?? '-';
  if (json && file === '-' && format !== 'json')
    return refuse(around, [
      problem(
        `--json and --format ${format} exclude each other`,
        'leave one out, or write to a file with --output',
      ),
    ]);
  const { text, simplified } = await textOf(plan, format);
  if (simplified !== undefined)
    around.stderr.write(`batchtool: too large for a picture on GitHub: ${simplified}\n`);
  if (file === '-') await new Outlet(around.stdout).write(text);
  else {
    const written = writePublic(resolve(around.cwd, file), file, text);
    if (!written.ok) return refuse(around, written.problems);
    if (json) await printJson({ file: resolve(around.cwd, file), format, tasks: plan.tasks.length }, around);
    else
      around.stderr.write(
        `wrote ${file}: ${countOf(plan.tasks.length)}${from(request.source, around)}${madeText(written.value, around)}\n`,
      );
  }
  return 0;
}

/** Of what was not typed, where it stands: it may be another plan than was meant. */
function from(source: Source, around: Surroundings): string {
  return source.kind === 'texts' ? '' : ` (${shownPath(source.file.file, around)})`;
}

async function textOf(plan: Plan, format: string): Promise<{ text: string; simplified?: string }> {
  if (format === 'json') return { text: `${JSON.stringify(plan, undefined, 2)}\n` };
  const { mermaid } = await import('../reports/mermaid.js');
  return mermaid(plan);
}
