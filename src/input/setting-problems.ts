/** What is wrong with settings in themselves, whoever said them. */
import { idFault } from '../core/graph.js';
import type { Plan } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import type { Machine } from './machine.js';
import { couldExist, resolvePath } from './paths.js';
import { type Origin, originText, placeOf, type Setting, type Settings } from './settings.js';
import { DEFAULT_SHELL, parseShell } from './shell.js';
import { isVariableName } from './variables.js';

const MAX_NAME = 200;

export function settingProblems(settings: Settings, machine: Machine): Problem[] {
  return [
    ...lineProblems(settings.name, 'name'),
    ...(settings.tag?.value ?? []).flatMap((tag) =>
      lineProblems({ value: tag, origin: originOf(settings.tag) }, 'tag'),
    ),
    ...namespaceProblems(settings.namespace),
    ...shellProblems(settings.shell),
    ...runnerProblems(settings.runners),
    ...passedProblems(settings['pass-env']),
    ...folderProblems(settings.cwd, machine),
    ...authorProblems(settings['commit-author']),
  ];
}

function originOf(setting: Setting<unknown> | undefined): Origin {
  return setting?.origin ?? { kind: 'default' };
}

/** A problem that begins with who said it, or stands at its place in a file. */
export function said(origin: Origin, message: string, hint?: string): Problem {
  const place = placeOf(origin);
  if (place !== undefined) return problem(message, hint, place);
  return problem(`${originText(origin)}: ${message}`, hint);
}

function lineProblems(setting: Setting<string> | undefined, what: string): Problem[] {
  if (setting === undefined) return [];
  const { value, origin } = setting;
  if (value.length > MAX_NAME)
    return [said(origin, `expected a ${what} of at most ${MAX_NAME} characters, found ${value.length}`)];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would break every list that shows the name
  if (value.trim() === '' || /[\u0000-\u001f\u007f]/.test(value))
    return [said(origin, `expected a ${what} in one line, found ${JSON.stringify(value)}`)];
  return [];
}

/** A namespace is the name of a folder. */
export function namespaceProblems(setting: Setting<string> | undefined): Problem[] {
  const fault = setting === undefined ? undefined : idFault(setting.value);
  if (setting === undefined || fault === undefined) return [];
  return [said(setting.origin, `namespace ${JSON.stringify(setting.value.slice(0, 60))} ${fault}`)];
}

function shellProblems(setting: Setting<string> | undefined): Problem[] {
  if (setting === undefined) return [];
  const shell = parseShell(setting.value);
  return shell.ok ? [] : shell.problems.map(({ message, hint }) => said(setting.origin, message, hint));
}

function passedProblems(setting: Setting<readonly string[]> | undefined): Problem[] {
  return (setting?.value ?? [])
    .filter((name) => !isVariableName(name))
    .map((name) =>
      said(
        originOf(setting),
        `${JSON.stringify(name.split('=', 1)[0]?.slice(0, 60))} is no name of a variable`,
        name.includes('=') ? 'a value is given with --env K=V' : 'letters, digits and "_"',
      ),
    );
}

function runnerProblems(setting: Setting<readonly string[]> | undefined): Problem[] {
  return (setting?.value ?? [])
    .filter((name) => !/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(name))
    .map((name) =>
      said(
        originOf(setting),
        `${JSON.stringify(name.slice(0, 60))} is no name of a program`,
        'as it is called on PATH, without a folder',
      ),
    );
}

function folderProblems(setting: Setting<string> | undefined, machine: Machine): Problem[] {
  if (setting === undefined) return [];
  const folder = resolvePath(machine.cwd, setting.value);
  if (machine.platform === 'win32') return [];
  const shown = folder.slice(0, 200);
  if (!couldExist(folder) || !machine.resolves(folder))
    return [said(setting.origin, `the folder ${shown} does not exist`)];
  if (machine.resolves(`${folder}/.`)) return [];
  return [said(setting.origin, `${shown} is not a folder, or may not be entered`)];
}

/** A shell that is not here would fail every task. Where tasks have a PATH of their own, only the system can tell. */
export function missingShell(plan: Plan, setting: Setting<string> | undefined, machine: Machine): Problem[] {
  const shell = setting === undefined ? undefined : parseShell(setting.value);
  const program = shell?.ok === true ? shell.value[0] : undefined;
  if (setting === undefined || program === undefined || machine.platform === 'win32') return [];
  const isPath = program.includes('/');
  const isUsed = plan.tasks.some(
    ({ work, env, cwd }) =>
      work.kind === 'command' &&
      work.shell?.[0] === program &&
      (isPath ? cwd === undefined : env.PATH === undefined && plan.env.PATH === undefined),
  );
  const place = isPath ? resolvePath(plan.cwd, program) : program;
  if (!isUsed || (couldExist(place) && machine.resolves(place))) return [];
  const shown = place.slice(0, 200);
  return [
    said(
      setting.origin,
      isPath ? `the program ${shown} does not exist` : `the program ${shown} is not on PATH`,
      `when no shell is named, tasks run in \`${DEFAULT_SHELL}\``,
    ),
  ];
}

function authorProblems(setting: Setting<string> | undefined): Problem[] {
  if (setting === undefined || /^[^<>\s\p{Cc}][^<>\p{Cc}]* <[^<>\s\p{Cc}]+>$/u.test(setting.value)) return [];
  const shown = JSON.stringify(setting.value.slice(0, MAX_NAME));
  return [
    said(
      setting.origin,
      `expected a name and an address, found ${shown}`,
      "for example 'Ada Lovelace <ada@example.org>'",
    ),
  ];
}
