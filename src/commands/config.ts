/** `batchtool config`: shows which settings a run would have here and who says so, and keeps defaults for the project. */
import { existsSync } from 'node:fs';
import { type Problem, problem } from '../core/problem.js';
import { SHORTEST_SECRET } from '../core/secret.js';
import type { Line } from '../core/shown.js';
import type { Arguments } from '../input/argv.js';
import type { ConfigFile, ConfigValue } from '../input/file-config.js';
import type { Machine } from '../input/machine.js';
import type { Option } from '../input/option.js';
import { findOption, isKept, optionsOf } from '../input/options.js';
import { settingProblems } from '../input/setting-problems.js';
import {
  type KeptSettings,
  originText,
  placeOf,
  readSettings,
  type Setting,
  type Settings,
} from '../input/settings.js';
import { isSecretName } from '../input/variables.js';
import { configIn } from '../journal/folder.js';
import { takeMachine } from '../machine.js';
import {
  configDocument,
  configSheet,
  type ShownSetting,
  type ShownValue,
  settingLine,
} from '../reports/config.js';
import { Outlet } from '../terminal/outlet.js';
import { renderLines, styleFor } from '../terminal/style.js';
import { foldVerb, showHelp } from './arguments.js';
import { type Kept, readConfigFile, shownPath, stateFolderOf } from './kept.js';
import { readWantedFile } from './plan-request.js';
import { printJson, printSheet } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const configVerb: Verb = { run };

interface Asked {
  readonly args: Arguments;
  readonly machine: Machine;
  readonly json: boolean;
  /** Names of settings that were set or unset just now. */
  readonly changed: readonly string[];
}

type AnySettings = Readonly<Record<string, Setting<unknown> | undefined>>;

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const args = foldVerb('config', words);
  if (args.options.has('help')) return showHelp('config', around);
  const machine = takeMachine(around.cwd, around.env);
  // Of variables only those that steer this verb: the others are settings to be shown.
  const { BATCHTOOL_JSON, BATCHTOOL_STATE_DIR } = around.env;
  const { settings: given, problems } = readSettings({
    args,
    machine: { ...machine, env: { BATCHTOOL_JSON, BATCHTOOL_STATE_DIR } },
  });
  const faults = [...args.problems, ...problems, ...settingProblems(given, machine)];
  // A word behind an option that is not known may be its value, even a secret.
  if (args.problems.length === 0) faults.push(...strayNames(args));
  if (faults.length === 0) faults.push(...secretsIn(given, machine));
  if (faults.length > 0) return refuse(around, faults);
  const set = new Map(
    optionsOf('config')
      .filter((option) => isKept(option) && args.options.has(option.name))
      .map((option) => [option.name, keptValue(option, args, given)]),
  );
  const unset = given.unset?.value ?? [];
  const names = [...set.keys(), ...unset];
  if (names.length > 0) {
    const { changeKept } = await import('./keep.js');
    const changed = await changeKept(stateFolderOf(args, around), { set, unset }, around);
    if (!changed.ok) return refuse(around, changed.problems);
  }
  return show({ args, machine, json: given.json?.value === true, changed: names }, around);
}

function strayNames({ texts }: Arguments): Problem[] {
  return texts.map((name) => {
    const option = findOption('config', name);
    const hint =
      option === undefined || !isKept(option)
        ? '"batchtool config" shows all settings'
        : `\`batchtool config --${option.name}${option.value === undefined ? '' : ` ${option.value}`}\` sets it`;
    return problem(`config takes no names, found ${JSON.stringify(name)}`, hint);
  });
}

/** The file is stored, and nothing that is stored may hold a secret. */
function secretsIn(given: Settings, { env }: Machine): Problem[] {
  const secrets = Object.entries(env).filter(
    ([name, value = '']) => isSecretName(name) && value.length >= SHORTEST_SECRET,
  );
  return Object.entries(given).flatMap(([option, setting]) =>
    secrets
      .filter(([, value = '']) => String(setting.value).includes(value))
      .map(([name]) =>
        problem(
          `--${option} holds the value of ${name}, and would be stored`,
          `values of secrets are never kept; --pass-env ${name} hands it to tasks`,
        ),
      ),
  );
}

/** As it is typed, for that is what is read again. */
function keptValue(option: Option, { options }: Arguments, given: Settings): ConfigValue {
  const value = (given as AnySettings)[option.name]?.value;
  if (typeof value === 'boolean' || Array.isArray(value)) return value as ConfigValue;
  const text = (options.get(option.name)?.values[0] ?? '').trim();
  return option.kind !== 'text' && /^-?\d+$/.test(text) ? Number(text) : text;
}

/** All settings; after a change only what was changed. With anything that a run would refuse, exit code 2. */
async function show({ args, machine, json, changed }: Asked, around: Surroundings): Promise<Ending> {
  const stateDir = stateFolderOf(args, around);
  const config = await readConfigFile(stateDir, around);
  if (!config.ok) return refuse(around, config.problems);
  const file = await readWantedFile(args, around);
  const { settings, problems } = readSettings({
    args: foldVerb('orchestrate', []),
    machine,
    config: config.value?.settings,
    file: file.ok && file.value?.kind === 'tasks' ? file.value.settings : undefined,
  });
  const found = [
    ...(config.value?.problems ?? []),
    ...(file.ok ? [] : file.problems),
    ...problems,
    ...settingProblems(settings, machine),
  ];
  const shown = [...settingsOf(settings as AnySettings), ...mapsOf(config.value)];
  const path = configIn(stateDir);
  if (json) await printJson(configDocument(shown, path), around);
  else if (changed.length > 0) await printChanged(shown, changed, config.value?.settings ?? {}, around);
  else await printSheet(configSheet(shown, shownPath(path, around), existsSync(path)), around);
  refuse(around, found);
  return found.length > 0 && changed.length === 0 ? 2 : 0;
}

/** In the order of the table of options; `orchestrate` has all that there are. What this version does not have is no setting yet. */
function settingsOf(settings: AnySettings): ShownSetting[] {
  return optionsOf('orchestrate')
    .filter(({ variable, later }) => variable !== undefined && later !== true)
    .map((option): ShownSetting => {
      const setting = settings[option.name];
      if (setting === undefined) {
        const { kind } = option;
        return { name: option.name, kind: kind === 'duration' || kind === 'size' ? kind : 'plain' };
      }
      const { origin } = setting;
      const place = origin.kind === 'config' ? placeOf(origin) : undefined;
      const where = place === undefined ? originText(origin) : `${place.file}:${place.line}`;
      return {
        name: option.name,
        value: shownValue(option, setting.value),
        from: origin.kind,
        ...(origin.kind === 'default' ? {} : { where }),
      };
    });
}

/** Agents and prices that are kept, by their names. */
function mapsOf(config: (Kept & Pick<ConfigFile, 'withMaps'>) | undefined): ShownSetting[] {
  return Object.entries(config?.maps ?? {}).flatMap(([name, map]: [string, object]): ShownSetting[] => {
    const names = Object.keys(map);
    const { file, line } = config?.withMaps?.placeOf([name], 'key') ?? { file: '' };
    if (names.length === 0) return [];
    return [{ name, value: { kind: 'plain', value: names }, from: 'config', where: `${file}:${line}` }];
  });
}

/** Of variables for tasks only the names: their values may be private. */
function shownValue({ kind }: Option, value: unknown): ShownValue {
  if (kind === 'duration') return { kind, millis: value as number };
  if (kind === 'size') return { kind, bytes: value as number };
  if (kind === 'pairs') return { kind: 'plain', value: Object.keys(value as object) };
  return { kind: 'plain', value: value as string | number | boolean | readonly string[] };
}

async function printChanged(
  shown: readonly ShownSetting[],
  changed: readonly string[],
  kept: KeptSettings,
  { stdout, env }: Surroundings,
): Promise<void> {
  const known = new Set(shown.map(({ name }) => name));
  const lines: Line[] = [
    ...changed
      .filter((name) => !known.has(name))
      .map((name) => [{ text: name === 'all' ? 'what was kept is forgotten' : `${name} is gone` }]),
    ...shown
      .filter(({ name }) => changed.includes(name))
      .map((setting) => settingLine(setting, Object.hasOwn(kept, setting.name))),
  ];
  await new Outlet(stdout).write(renderLines(lines, styleFor(stdout, env, 'data')));
}
