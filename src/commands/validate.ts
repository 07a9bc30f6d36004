/** `batchtool validate`: everything that is wrong with a plan, and nothing that is wrong only today and here. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plan } from '../core/plan.js';
import { failures, type Problem, problem, problemText, type Result, success } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import type { Arguments } from '../input/argv.js';
import { compile, inFile } from '../input/compile.js';
import type { Machine } from '../input/machine.js';
import type { PlanFile } from '../input/plan-file.js';
import { planFileWanted, readRequest, USUAL_FILE } from '../input/request.js';
import { readSettings } from '../input/settings.js';
import { sparcMissing } from '../input/sparc-problems.js';
import { seenByTasks } from '../input/task-machine.js';
import { planIsFine, verdictDocument } from '../reports/verdict.js';
import { Outlet } from '../terminal/outlet.js';
import { renderLines, styleFor } from '../terminal/style.js';
import { foldVerb, showHelp } from './arguments.js';
import { keptSettings, shownPath } from './kept.js';
import { machineHere } from './machine-here.js';
import { readFileOrRun } from './newest-plan.js';
import { refusedHere } from './plan-request.js';
import { printJson } from './print.js';
import { schemaProblems } from './result-schemas.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const validateVerb: Verb = { run };

/** What is checked, and what messages call it; without a name it was typed. */
interface Checked {
  readonly file: Result<PlanFile | undefined>;
  readonly name?: string;
  /** Nobody named it: it is the plan of the newest run. */
  readonly isNewest?: true;
}

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const typed = foldVerb('validate', words);
  if (typed.options.has('help')) return showHelp('validate', around);
  // Of variables only the one that steers this verb: the others are of today and here.
  const { BATCHTOOL_JSON } = around.env;
  const machine = { ...(await machineHere(around)), env: { BATCHTOOL_JSON } };
  const { settings } = readSettings({ args: typed, machine });
  const args = withFile({ ...typed, problems: [...typed.problems, ...severalFiles(typed)] });
  const { file, name, isNewest } = await findChecked(args, around);
  const checked = file.ok ? await check(file.value, args, machine, around) : file;
  const found = checked.ok ? [] : checked.problems;
  if (isNewest === true && existsSync(resolve(around.cwd, USUAL_FILE)))
    around.stderr.write(
      `batchtool: checked the plan of the newest run; \`batchtool validate ${USUAL_FILE}\` checks the file\n`,
    );
  if (settings.json?.value === true)
    await printJson(
      verdictDocument(name, checked.ok ? checked.value.plan.tasks.length : undefined, found),
      around,
    );
  else if (checked.ok) {
    const { plan, missing, unsure } = checked.value;
    for (const notice of [...missing.map(refusedHere), ...unsure.map(problemText)])
      around.stderr.write(`batchtool: ${notice}\n`);
    const style = styleFor(around.stdout, around.env, 'data');
    const source = name ?? plan.pattern;
    const line = planIsFine(plan, isNewest === true ? `the newest run: ${source}` : source);
    await new Outlet(around.stdout).write(renderLines([line], style));
  } else refuse(around, found);
  return checked.ok ? 0 : 2;
}

/** One word alone is the file to check, and no text: a name that is misspelt must not pass for a command. */
function withFile(args: Arguments): Arguments {
  const [word = ''] = args.texts;
  if (args.texts.length !== 1 || args.patterns.length > 0 || /\s/.test(word)) return args;
  if (args.options.has('f')) return args;
  return { ...args, texts: [], options: new Map([...args.options, ['f', { flag: '-f', values: [word] }]]) };
}

function severalFiles({ texts, options, patterns }: Arguments): Problem[] {
  const files = texts.filter((text) => text === '-' || /^\S+\.(ya?ml|json)$/.test(text));
  const count = texts.length + (options.has('f') ? 1 : 0);
  if (files.length === 0 || patterns.length > 0 || count < 2) return [];
  return [problem(`validate takes one file, found ${count}`, 'check them one by one')];
}

/** The file, or what was typed; when neither is given the plan of the newest run, then the usual file. */
async function findChecked(args: Arguments, around: Surroundings): Promise<Checked> {
  // What is wrong with the words that were typed is said before any file is read.
  if (args.problems.length > 0) return { file: success(undefined) };
  const wanted = planFileWanted(args);
  const file = await readFileOrRun(args, around);
  switch (wanted.kind) {
    case 'none':
      return { file };
    case 'stdin':
      return { file, name: '<stdin>' };
    case 'path':
      return { file, name: wanted.path };
    case 'usual': {
      const found = file.ok ? file.value : undefined;
      if (found?.kind !== 'plan') return { file, name: USUAL_FILE };
      return { file, name: shownPath(found.file, around), isNewest: true };
    }
    default:
      return unreachable(wanted);
  }
}

/** A plan as a run here would take it, and what only this machine lacks for it. */
interface Found {
  readonly plan: Plan;
  readonly missing: readonly Problem[];
  /** What may be wrong when a task begins. */
  readonly unsure: readonly Problem[];
}

/** As a run would take it, but that nothing need be set or installed for it here. */
async function check(
  file: PlanFile | undefined,
  args: Arguments,
  machine: Machine,
  around: Surroundings,
): Promise<Result<Found>> {
  const kept = await keptSettings(args, around);
  if (!kept.ok) return kept;
  const { settings: config, maps, problems } = kept.value;
  const request = readRequest({ args, machine, file, config, kept: maps });
  if (!request.ok) return failures([...problems, ...request.problems]);
  const { source, settings, faults } = request.value;
  const here = seenByTasks(machine, settings);
  const plan = compile({ ...request.value, faults: [...problems, ...faults] }, here, 'validate');
  if (!plan.ok) return plan;
  const { wrong, missing, unsure } = await schemaProblems(plan.value, source, machine.cwd);
  if (wrong.length > 0) return failures(wrong);
  const notHere = sparcMissing(plan.value, here).map((lack) => inFile(lack, source));
  return success({ plan: plan.value, missing: [...notHere, ...missing], unsure });
}
