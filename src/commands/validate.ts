/** `batchtool validate`: everything that is wrong with a plan, and nothing that is wrong only today and here. */
import type { Plan } from '../core/plan.js';
import { failure, type Problem, problem, type Result } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import type { Arguments } from '../input/argv.js';
import { compile } from '../input/compile.js';
import type { Machine } from '../input/machine.js';
import type { PlanFile } from '../input/plan-file.js';
import { planFileWanted, readRequest, USUAL_FILE } from '../input/request.js';
import { readSettings } from '../input/settings.js';
import { planIsFine, verdictDocument } from '../reports/verdict.js';
import { Outlet } from '../terminal/outlet.js';
import { renderLines, styleFor } from '../terminal/style.js';
import { foldVerb, showHelp } from './arguments.js';
import { shownPath } from './kept.js';
import { machineHere } from './machine-here.js';
import { readNewestPlan } from './newest-plan.js';
import { readWantedFile } from './plan-request.js';
import { printJson } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const validateVerb: Verb = { run };

/** What is checked, and what messages call it; without a name it was typed. */
interface Checked {
  readonly file: Result<PlanFile | undefined>;
  readonly name?: string;
}

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const typed = foldVerb('validate', words);
  if (typed.options.has('help')) return showHelp('validate', around);
  // Of variables only the one that steers this verb: the others are of today and here.
  const { BATCHTOOL_JSON } = around.env;
  const machine = { ...(await machineHere(around)), env: { BATCHTOOL_JSON } };
  const { settings, problems } = readSettings({ args: typed, machine });
  const faults = [...typed.problems, ...problems, ...severalFiles(typed)];
  if (faults.length > 0) return refuse(around, faults);
  const args = withFile(typed);
  const { file, name } = await findChecked(args, around);
  const plan = file.ok ? check(file.value, args, machine) : file;
  const found = plan.ok ? [] : plan.problems;
  if (settings.json?.value === true)
    await printJson(verdictDocument(name, plan.ok ? plan.value.tasks.length : undefined, found), around);
  else if (plan.ok) {
    const style = styleFor(around.stdout, around.env, 'data');
    const line = planIsFine(plan.value, name ?? plan.value.pattern);
    await new Outlet(around.stdout).write(renderLines([line], style));
  } else refuse(around, found);
  return plan.ok ? 0 : 2;
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

/** The file, or what was typed, or the usual file; where there is none of these the plan of the newest run. */
async function findChecked(args: Arguments, around: Surroundings): Promise<Checked> {
  const wanted = planFileWanted(args);
  const file = await readWantedFile(args, around);
  switch (wanted.kind) {
    case 'none':
      return { file };
    case 'stdin':
      return { file, name: '<stdin>' };
    case 'path':
      return { file, name: wanted.path };
    case 'usual': {
      if (!file.ok || file.value !== undefined) return { file, name: USUAL_FILE };
      const newest = await readNewestPlan(args, around);
      const path = newest.ok ? newest.value?.file : undefined;
      return { file: newest, name: path === undefined ? USUAL_FILE : shownPath(path, around) };
    }
    default:
      return unreachable(wanted);
  }
}

/** As a run would take it, but that nothing need be set or installed for it here. */
function check(file: PlanFile | undefined, args: Arguments, machine: Machine): Result<Plan> {
  if (file === undefined && planFileWanted(args).kind === 'usual')
    return failure(`there is no ${USUAL_FILE} here`, '`batchtool init` writes one');
  const request = readRequest({ args, machine, file });
  return request.ok ? compile(request.value, machine, 'look') : request;
}
