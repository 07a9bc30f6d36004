/**
 * One value for each option from all who may say it: flag, variable, plan file, config, default; the first wins.
 * Each value remembers where it came from, so that it can be shown and so that a flag can beat a task's own words.
 */
import { DEFAULT_KEEP_MILLIS, DEFAULT_RATE_LIMIT_WAIT_MILLIS } from '../core/plan.js';
import { type Place, type Problem, problem } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import type { Arguments } from './argv.js';
import type { Machine } from './machine.js';
import { isPlanning, type Option } from './option.js';
import { isKept, type OptionName, type OptionValue, optionsOf } from './options.js';
import { readValue } from './value.js';

export type Origin =
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly place: Place }
  | { readonly kind: 'config'; readonly place?: Place }
  | { readonly kind: 'default' };

export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

export type Settings = { readonly [N in OptionName]?: Setting<OptionValue<N>> };

/** What a plan file says about the whole run, already read, each with its place. */
export type FileSettings = {
  readonly [N in OptionName]?: { readonly value: OptionValue<N>; readonly place: Place };
};

export interface Sources {
  readonly args: Arguments;
  readonly machine: Machine;
  readonly file?: FileSettings | undefined;
  readonly config?: KeptSettings | undefined;
}

/** What `config` keeps for the project, by option name: not yet read, each with its place. */
export type KeptSettings = Readonly<
  Record<string, { readonly texts: readonly string[]; readonly place?: Place }>
>;

export interface Resolved {
  readonly settings: Settings;
  readonly problems: readonly Problem[];
}

/** Retries of `--on-error retry` when nobody says how many. */
const RETRIES_ON_ERROR = 3;

function defaultsOf({ cores, env }: Machine): { readonly [N in OptionName]?: OptionValue<N> } {
  return {
    'max-concurrent': Math.max(4, cores),
    'on-error': 'skip',
    'max-retries': 0,
    'retry-delay': 1000,
    priority: 0,
    shell: 'sh -c',
    'max-iterations': 3,
    grace: 5000,
    'rate-limit-wait': DEFAULT_RATE_LIMIT_WAIT_MILLIS,
    runner: 'auto',
    isolate: 'none',
    // Nobody looks at the tree of a job in CI, and a branch can be pushed. Of the worktree of a task all is kept.
    into: isCi(env) && env.BATCHTOOL_WORKTREE === undefined ? 'branch' : 'worktree',
    'on-conflict': 'fail',
    'keep-work': DEFAULT_KEEP_MILLIS,
  };
}

function isCi({ CI = '' }: Machine['env']): boolean {
  return !/^(|0|false|no|off)$/i.test(CI);
}

/** All settings of a verb, and everything that is wrong with what was said. */
export function readSettings(sources: Sources): Resolved {
  const problems: Problem[] = [];
  const settings: Record<string, Setting<unknown>> = {};
  const defaults: Readonly<Record<string, unknown>> = isPlanning(sources.args.verb)
    ? defaultsOf(sources.machine)
    : {};
  for (const option of optionsOf(sources.args.verb)) {
    const setting =
      option.kind === 'pairs' ? mergedPairs(option, sources, problems) : first(option, sources, problems);
    if (setting !== undefined) {
      settings[option.name] = setting;
      problems.push(...notYet(option, setting));
    } else if (Object.hasOwn(defaults, option.name)) {
      settings[option.name] = { value: defaults[option.name], origin: { kind: 'default' } };
    }
  }
  return { settings: withRetries(settings as Settings), problems };
}

/** Said for this one call, by flag or variable: it beats what a plan file says, for single tasks too. */
export function isForced(setting: Setting<unknown> | undefined): boolean {
  return setting !== undefined && (setting.origin.kind === 'flag' || setting.origin.kind === 'variable');
}

/** Where a value came from, for people: `--timeout`, `BATCHTOOL_TIMEOUT`, `batchtool.yml:3`, `config`, `default`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
      return origin.flag;
    case 'variable':
      return origin.name;
    case 'file':
      return origin.place.line === undefined
        ? origin.place.file
        : `${origin.place.file}:${origin.place.line}`;
    case 'config':
    case 'default':
      return origin.kind;
  }
}

/** What the user wrote to say it: `--timeout`, `BATCHTOOL_TIMEOUT`, `"defaults.timeout"`. */
export function wordFor(origin: Origin, { name, fileKey = name }: Pick<Option, 'name' | 'fileKey'>): string {
  switch (origin.kind) {
    case 'file':
      return `"${fileKey}"`;
    case 'config':
    case 'default':
      return `"${name}"`;
    case 'flag':
    case 'variable':
      return originText(origin);
    default:
      return unreachable(origin);
  }
}

/** Where in a file a value was said, if it was in one. */
export function placeOf(origin: Origin): Place | undefined {
  return origin.kind === 'file' || origin.kind === 'config' ? origin.place : undefined;
}

function first(option: Option, sources: Sources, problems: Problem[]): Setting<unknown> | undefined {
  const flag = fromFlag(option, sources, problems);
  if (flag !== undefined) return flag;
  const variable = fromVariable(option, sources, problems);
  if (variable !== undefined) return variable;
  return fromFile(option, sources) ?? fromConfig(option, sources, problems);
}

/** Finding a place is work, so it is found when it is shown. */
function fromFile({ name }: Option, { file }: Sources): Setting<unknown> | undefined {
  const said = (file as Readonly<Record<string, { value: unknown; place: Place }>> | undefined)?.[name];
  if (said === undefined) return undefined;
  return {
    value: said.value,
    origin: {
      kind: 'file',
      get place() {
        return said.place;
      },
    },
  };
}

function fromConfig(option: Option, { config }: Sources, problems: Problem[]): Setting<unknown> | undefined {
  const kept = config !== undefined && Object.hasOwn(config, option.name) ? config[option.name] : undefined;
  if (kept === undefined || !isKept(option)) return undefined;
  const { texts, place } = kept;
  const faults: Problem[] = [];
  const origin: Origin = { kind: 'config', ...(place === undefined ? {} : { place }) };
  const setting = read(option, texts, option.name, origin, faults);
  problems.push(...faults.map((fault) => ({ ...fault, ...(place === undefined ? {} : { place }) })));
  return setting;
}

/** Variables add up: those of a flag win over those of a variable with the same name. Those of a file stand in its plan. */
function mergedPairs(option: Option, sources: Sources, problems: Problem[]): Setting<unknown> | undefined {
  const variable = fromVariable(option, sources, problems);
  const flag = fromFlag(option, sources, problems);
  if (variable === undefined || flag === undefined) return flag ?? variable ?? fromFile(option, sources);
  return {
    value: { ...(variable.value as Record<string, string>), ...(flag.value as Record<string, string>) },
    origin: flag.origin,
  };
}

function fromFlag(option: Option, { args }: Sources, problems: Problem[]): Setting<unknown> | undefined {
  const given = args.options.get(option.name);
  if (given === undefined) return undefined;
  const origin: Origin = { kind: 'flag', flag: given.flag };
  if (option.kind === 'switch') return { value: true, origin };
  return read(option, given.values, given.flag, origin, problems);
}

function fromVariable(
  option: Option,
  { machine }: Sources,
  problems: Problem[],
): Setting<unknown> | undefined {
  const name = option.variable;
  const text = name === undefined ? undefined : machine.env[name];
  if (name === undefined || text === undefined || text === '') return undefined;
  return read(option, listOf(option, text), name, { kind: 'variable', name }, problems);
}

function read(
  option: Option,
  texts: readonly string[],
  where: string,
  origin: Origin,
  problems: Problem[],
): Setting<unknown> | undefined {
  const result = readValue(option, texts, where);
  if (result.ok) return { value: result.value, origin };
  problems.push(...result.problems);
  return undefined;
}

/** Several values in one variable: with commas, but for `K=V`, one in a line. */
function listOf(option: Option, text: string): readonly string[] {
  if (option.kind === 'pairs') return text.split('\n').filter((line) => line !== '');
  if (option.kind === 'texts') return text.split(',').map((part) => part.trim());
  return [text];
}

function notYet(option: Option, { value, origin }: Setting<unknown>): Problem[] {
  const { later, choices = [] } = option;
  if (later === undefined || value === false) return [];
  if (later !== true && !later.includes(String(value))) return [];
  const said = wordFor(origin, option);
  const place = placeOf(origin);
  if (later === true)
    return [problem(`${said} is not part of this version (${option.help})`, 'leave it out', place)];
  const possible = choices.filter((choice) => !later.includes(choice));
  return [
    problem(`${said} ${value} is not part of this version`, `possible now: ${possible.join(', ')}`, place),
  ];
}

/** `--on-error retry` is three retries unless somebody said how many. */
function withRetries(settings: Settings): Settings {
  if (settings['on-error']?.value !== 'retry' || settings['max-retries']?.origin.kind !== 'default')
    return settings;
  return { ...settings, 'max-retries': { value: RETRIES_ON_ERROR, origin: settings['on-error'].origin } };
}
