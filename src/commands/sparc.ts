/** `batchtool sparc`: the modes of the built-in runner, what an agent is told in one, and one task for it. */
import { nearest } from '../core/nearest.js';
import { type Problem, problem } from '../core/problem.js';
import type { Arguments } from '../input/argv.js';
import type { Machine } from '../input/machine.js';
import { flagOf } from '../input/options.js';
import { readSettings } from '../input/settings.js';
import { modeDocument, modeLines, modesDocument, modesSheet, type ShownMode } from '../reports/modes.js';
import {
  aliasesOf,
  allModes,
  type Mode,
  modeNamed,
  type OwnMode,
  roleOf,
  unknownMode,
} from '../sparc/modes.js';
import { Outlet } from '../terminal/outlet.js';
import { renderLines, styleFor } from '../terminal/style.js';
import { foldVerb, isEnding, showHelp } from './arguments.js';
import { machineHere } from './machine-here.js';
import { understandArguments } from './plan-request.js';
import { printJson, printSheet } from './print.js';
import { carryOut } from './run.js';
import { asRun } from './sparc-run.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const sparcVerb: Verb = { run };

const PARTS = ['modes', 'info', 'run'];

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const args = foldVerb('sparc', words);
  if (args.options.has('help')) return showHelp('sparc', around);
  const [part] = args.texts;
  const problems = [
    ...args.problems,
    ...(part !== undefined && PARTS.includes(part) ? [] : [whichPart(part)]),
  ];
  if (problems.length > 0) return refuse(around, problems);
  const machine = await machineHere(around);
  return part === 'run' ? runMode(args, machine, around) : show(args, machine, around);
}

function whichPart(word: string | undefined): Problem {
  const parts = PARTS.join(', ');
  if (word === undefined) return problem(`expected one of ${parts}`, 'for example batchtool sparc modes');
  const near = nearest(word, PARTS);
  return problem(
    `expected one of ${parts}; found ${JSON.stringify(word.slice(0, 60))}`,
    near !== undefined
      ? `did you mean "batchtool sparc ${near}"?`
      : modeNamed(word) === undefined
        ? 'for example batchtool sparc modes'
        : `it is written batchtool sparc run ${word} 'TEXT'`,
  );
}

/** `modes` and `info`. What is wrong with the file of the project is told beside what can be used. */
async function show(args: Arguments, machine: Machine, around: Surroundings): Promise<Ending> {
  const { BATCHTOOL_JSON } = around.env;
  const { settings, problems } = readSettings({ args, machine: { ...machine, env: { BATCHTOOL_JSON } } });
  const [part, ...words] = args.texts;
  const isInfo = part === 'info';
  const mode = isInfo ? words[0] : undefined;
  const { modes = [], problems: broken = [] } = machine.ownModes ?? {};
  const wrong = [
    ...problems,
    ...strayOptions(args),
    ...strayTexts(isInfo ? words.slice(1) : words),
    ...(isInfo ? modeFaults(mode, modes) : []),
  ];
  if (wrong.length > 0) return refuse(around, [...wrong, ...broken]);
  const json = settings.json?.value === true;
  if (mode === undefined) await showModes(machine, json, around);
  else await showMode(modeNamed(mode, modes) ?? mode, machine, json, around);
  return broken.length === 0 ? 0 : refuse(around, broken);
}

function modeFaults(mode: string | undefined, own: readonly OwnMode[]): Problem[] {
  if (mode === undefined) return [problem('info takes a mode', 'for example batchtool sparc info tdd')];
  return modeNamed(mode, own) === undefined ? [unknownMode(mode, own)] : [];
}

async function showModes(machine: Machine, json: boolean, around: Surroundings): Promise<void> {
  const modes = allModes(machine.ownModes?.modes).map((mode) => shownMode(mode, machine));
  if (json) await printJson(modesDocument(modes), around);
  else await printSheet(modesSheet(modes), around);
}

async function showMode(slug: string, machine: Machine, json: boolean, around: Surroundings): Promise<void> {
  const own = machine.ownModes?.modes;
  const mode = allModes(own).find((one) => one.slug === slug) as Mode;
  const shown = shownMode(mode, machine);
  const role = roleOf(slug, own) ?? '';
  if (json) return printJson(modeDocument(shown, role), around);
  const { stdout, env } = around;
  await new Outlet(stdout).write(renderLines(modeLines(shown, role), styleFor(stdout, env, 'data')));
}

function shownMode({ slug, purpose }: Mode, { ownModes, roomodes }: Machine): ShownMode {
  const own = ownModes?.modes ?? [];
  const isOwn = own.some((mode) => mode.slug === slug);
  return {
    mode: slug,
    purpose,
    aliases: aliasesOf(slug, own),
    ...(isOwn && roomodes !== undefined ? { file: roomodes.file } : {}),
  };
}

function strayOptions({ options, texts }: Arguments): Problem[] {
  return [...options.keys()]
    .filter((name) => name !== 'json' && name !== 'state-dir')
    .map((name) =>
      problem(`${flagOf(name)} belongs to "sparc run", not to "sparc ${texts[0]}"`, 'leave it out'),
    );
}

function strayTexts(texts: readonly string[]): Problem[] {
  if (texts.length === 0) return [];
  const found = texts.map((text) => JSON.stringify(text.slice(0, 60))).join(' ');
  return [problem(`nothing is expected here, found ${found}`, '"batchtool sparc --help" shows the forms')];
}

async function runMode(args: Arguments, machine: Machine, around: Surroundings): Promise<Ending> {
  const asked = asRun(args, machine);
  if (!asked.ok) return refuse(around, asked.problems);
  const meant = await understandArguments(asked.value, around);
  return isEnding(meant) ? meant : carryOut(meant, around);
}
