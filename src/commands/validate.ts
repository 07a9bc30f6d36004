/** `batchtool validate`: everything that is wrong with a plan file, and nothing that is wrong only today and here. */
import type { Plan } from '../core/plan.js';
import { failures, type Problem, problem, type Result } from '../core/problem.js';
import type { Arguments } from '../input/argv.js';
import { compile } from '../input/compile.js';
import type { Machine } from '../input/machine.js';
import type { PlanFile } from '../input/plan-file.js';
import { readRequest, USUAL_FILE } from '../input/request.js';
import { readSettings } from '../input/settings.js';
import { takeMachine } from '../machine.js';
import { planIsFine, verdictDocument } from '../reports/verdict.js';
import { Outlet } from '../terminal/outlet.js';
import { renderLines, styleFor } from '../terminal/style.js';
import { foldVerb, showHelp } from './arguments.js';
import { readWantedFile } from './plan-request.js';
import { printJson } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const validateVerb: Verb = { run };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const args = foldVerb('validate', words);
  if (args.options.has('help')) return showHelp('validate', around);
  const machine = takeMachine(around.cwd, around.env);
  const { settings, problems } = readSettings({ args, machine });
  const faults = [...args.problems, ...problems, ...twoFiles(args)];
  if (faults.length > 0) return refuse(around, faults);
  const name = args.options.get('f')?.values[0] ?? args.texts[0];
  const asRun = foldVerb('run', name === undefined ? [] : ['-f', name]);
  const file = await readWantedFile(asRun, around);
  const plan = file.ok ? check(file.value, asRun, machine) : file;
  const shown = name === '-' ? '<stdin>' : (name ?? USUAL_FILE);
  const found = plan.ok ? [] : plan.problems;
  if (settings.json?.value === true)
    await printJson(verdictDocument(shown, plan.ok ? plan.value.tasks.length : undefined, found), around);
  else if (plan.ok) {
    const style = styleFor(around.stdout, around.env, 'data');
    await new Outlet(around.stdout).write(renderLines([planIsFine(plan.value, shown)], style));
  } else refuse(around, found);
  return plan.ok ? 0 : 2;
}

function twoFiles({ texts, options }: Arguments): Problem[] {
  const count = texts.length + (options.has('f') ? 1 : 0);
  return count < 2 ? [] : [problem(`validate takes one file, found ${count}`, 'check them one by one')];
}

/** As a run would take it, but that nothing need be set or installed for it here. */
function check(file: PlanFile | undefined, args: Arguments, machine: Machine): Result<Plan> {
  if (file === undefined)
    return failures([problem(`there is no ${USUAL_FILE} here`, '`batchtool init` writes one')]);
  const neutral = { ...machine, env: {} };
  const request = readRequest({ args, machine: neutral, file });
  return request.ok ? compile(request.value, neutral, 'look') : request;
}
