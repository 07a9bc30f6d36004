/** From the words after a verb to its settings. The tokens are node:util's, the folding is `input/`. */
import { parseArgs } from 'node:util';
import { type Problem, problem } from '../core/problem.js';
import { type Arguments, foldArguments } from '../input/argv.js';
import type { Machine } from '../input/machine.js';
import type { VerbName } from '../input/option.js';
import { parseOptions } from '../input/options.js';
import { readSettings, type Settings } from '../input/settings.js';
import { takeMachine } from '../machine.js';
import { fitTerminal } from '../terminal/fit-text.js';
import { helpText } from './help.js';
import { type Kept, keptSettings } from './kept.js';
import { type Ending, refuse, type Surroundings } from './surroundings.js';

export interface Given {
  readonly args: Arguments;
  readonly settings: Settings;
  readonly machine: Machine;
}

export function foldVerb(verb: VerbName, args: readonly string[]): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: parseOptions(verb),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  return foldArguments(verb, tokens);
}

/**
 * Settings of a verb that looks at runs or changes them. Gives an ending instead when help was asked for
 * or something is wrong; then it has been said.
 */
export function understand(
  verb: VerbName,
  words: readonly string[],
  around: Surroundings,
  mostNames = 1,
): Given | Ending {
  return settle(foldVerb(verb, words), around, mostNames);
}

/** As `understand`, for a verb that carries tasks out: defaults that are kept for the project count. */
export async function understandKept(
  verb: VerbName,
  words: readonly string[],
  around: Surroundings,
  mostNames = 1,
): Promise<Given | Ending> {
  const args = foldVerb(verb, words);
  if (args.options.has('help') || args.problems.length > 0) return settle(args, around, mostNames);
  const kept = await keptSettings(args, around);
  return kept.ok ? settle(args, around, mostNames, kept.value) : refuse(around, kept.problems);
}

function settle(args: Arguments, around: Surroundings, mostNames: number, kept?: Kept): Given | Ending {
  if (args.options.has('help')) return showHelp(args.verb, around);
  const machine = takeMachine(around.cwd, around.env);
  const { settings, problems } = readSettings({ args, machine, config: kept?.settings });
  const all = [
    ...args.problems,
    ...(kept?.problems ?? []),
    ...problems,
    // The value of an option that is none here would be taken for a name.
    ...(args.problems.length > 0 ? [] : tooMany(args, mostNames, settings)),
  ];
  return all.length > 0 ? refuse(around, all) : { args, settings, machine };
}

export function showHelp(verb: VerbName, around: Surroundings): Ending {
  around.stdout.write(fitTerminal(helpText(verb), around.stdout));
  return 0;
}

/** Whether the verb has been ended already, by help or by a refusal. */
export function isEnding(value: object | Ending): value is Ending {
  return typeof value === 'number' || 'signal' in value;
}

function tooMany(args: Arguments, most: number, settings: Settings): Problem[] {
  const named = args.texts.length + (settings.orchestration === undefined ? 0 : 1);
  if (named <= most) return [];
  const found = args.texts.map((text) => JSON.stringify(text)).join(' ');
  if (most === 0)
    return [
      problem(
        `${args.verb} takes no names, found ${found}`,
        `"batchtool ${args.verb} --help" lists the options`,
      ),
    ];
  return [problem(`${args.verb} takes one run, found ${named}`, 'name one run, by name or id')];
}

/** The run that was named, by position or `--orchestration`. */
export function namedRun({ args, settings }: Given): string | undefined {
  return settings.orchestration?.value ?? args.texts[0];
}
