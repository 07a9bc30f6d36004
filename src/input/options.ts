/** How an option is found: by name for typed settings, by verb for parsing, help and hints. */
import { wordMeant } from '../core/nearest.js';
import { type Problem, problem } from '../core/problem.js';
import { PATTERNS } from '../patterns/index.js';
import type { Pattern } from '../patterns/pattern.js';
import { ISOLATION_OPTIONS } from './isolation-options.js';
import { isPlanning, type Option, type VerbName } from './option.js';
import { RUN_OPTIONS } from './run-options.js';
import { SOURCE_OPTIONS } from './source-options.js';
import { VIEW_OPTIONS } from './view-options.js';

/** All options, once: for parsing, help, hints, variables, plan-file keys and precedence. */
export const OPTIONS = [...SOURCE_OPTIONS, ...RUN_OPTIONS, ...ISOLATION_OPTIONS, ...VIEW_OPTIONS] as const;

/** Where something runs `output` is a style. The file of `export` has the same name and is no setting. */
type Entry = Exclude<(typeof OPTIONS)[number], { name: 'output'; kind: 'text' }>;
export type OptionName = Entry['name'];

interface KindValue {
  switch: boolean;
  text: string;
  count: number;
  priority: number;
  size: number;
  duration: number;
  cost: number;
  tokens: number;
  texts: readonly string[];
  names: readonly string[];
  pairs: Readonly<Record<string, string>>;
}

type EntryValue<E extends Entry> = E extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : E extends { kind: keyof KindValue }
    ? KindValue[E['kind']]
    : never;

/** The type of an option's value, read off the table. */
export type OptionValue<N extends OptionName> = EntryValue<Extract<Entry, { name: N }>>;

/** Said anew each time: they name, choose or place one run, or what is done with it. */
const EACH_TIME: ReadonlySet<OptionName> = new Set<OptionName>([
  ...(['name', 'only', 'skip', 'env', 'cwd', 'progress-tracking'] as const),
  ...(['loop-back-on', 'until', 'max-iterations'] as const),
  ...(['dry-run', 'detach', 'json', 'state-dir'] as const),
]);

/** True for a setting of runs that `config` keeps as a default of the project. */
export function isKept({ name, variable, verbs }: Option): boolean {
  return verbs.includes('run') && variable !== undefined && !EACH_TIME.has(name as OptionName);
}

function takes(verb: VerbName, option: Option): boolean {
  return option.verbs.includes(verb) || (verb === 'config' && isKept(option));
}

/** The options that a verb takes, in the order of the table. */
export function optionsOf(verb: VerbName): readonly Option[] {
  return OPTIONS.filter((option: Option) => takes(verb, option));
}

/** As it is typed: `--timeout`, `-f`. */
export function flagOf(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** The modes or patterns that a verb can choose by a flag. */
export function patternsOf(verb: VerbName): readonly Pattern[] {
  if (verb === 'export' || verb === 'validate') return PATTERNS;
  return PATTERNS.filter((pattern) => pattern.verb === verb);
}

/** The mode or pattern of a verb, by its flag without dashes. */
export function patternByFlag(verb: VerbName, word: string): Pattern | undefined {
  return patternsOf(verb).find((pattern) => pattern.flags.includes(word));
}

interface ParseOption {
  type: 'string' | 'boolean';
  short?: string;
  multiple: true;
}

/** The `options` for `parseArgs` of `node:util` (with `strict: false, tokens: true, allowPositionals: true`). */
export function parseOptions(verb: VerbName): Record<string, ParseOption> {
  const config: Record<string, ParseOption> = {};
  for (const option of optionsOf(verb)) {
    const type = option.kind === 'switch' ? 'boolean' : 'string';
    const short = option.name === 'help' ? 'h' : option.name.length === 1 ? option.name : undefined;
    for (const name of [option.name, ...(option.aliases ?? [])])
      config[name] = { type, multiple: true, ...(short === undefined ? {} : { short }) };
  }
  for (const { flags, value } of patternsOf(verb))
    for (const flag of flags)
      config[flag] = { type: value === undefined ? 'boolean' : 'string', multiple: true };
  return config;
}

/** The option that a verb knows by this name or alias. */
export function findOption(verb: VerbName, name: string): Option | undefined {
  return OPTIONS.find(
    (option: Option) =>
      takes(verb, option) && (option.name === name || option.aliases?.includes(name) === true),
  );
}

/** Words that other programs use, and ours for them. Those of `NEVER_STEPS` would be taken for options by anyone. */
const FOREIGN: Readonly<Record<string, string>> = {
  file: '-f FILE',
  config: '-f FILE',
  limit: '--max-concurrent',
  jobs: '--max-concurrent',
  j: '--max-concurrent',
  workers: '--max-concurrent',
  concurrency: '--max-concurrent',
  'max-workers': '--max-concurrent',
  parallelism: '--max-concurrent',
  retries: '--max-retries',
  retry: '--max-retries',
  memory: '--memory-limit',
  dir: '--cwd',
  directory: '--cwd',
  'working-directory': '--cwd',
  'continue-on-error': '--on-error continue',
  'fail-fast': '--on-error fail-fast',
  n: '--dry-run',
  q: '--output quiet',
  quiet: '--output quiet',
  v: '--verbose',
};
const NEVER_STEPS: readonly string[] = [
  'model',
  'concurrency',
  'jobs',
  'workers',
  'retries',
  'limit',
  'config',
  'file',
];

/** What to type for a word that may not be a step, because other programs use it as an option. */
export function foreignHint(name: string): string | undefined {
  return NEVER_STEPS.includes(name) ? hintForForeign(name) : undefined;
}

/** Our option for a word of other programs, unless this version would refuse that too. */
function hintForForeign(name: string): string | undefined {
  if (name === 'model')
    return 'a plan file says the model, or for all runs .batchtool/config.yml: agents: {claude: {model: NAME}}; --agent NAME says who';
  const ours = Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
  if (ours === undefined) return undefined;
  const isLater = OPTIONS.some((option: Option) => option.later === true && flagOf(option.name) === ours);
  return isLater ? 'no option of this version says that: leave it out' : `did you mean ${ours}?`;
}

/** What to type instead of an option that does not exist, as the hint of the problem. */
export function hintFor(verb: VerbName, name: string): string {
  const foreign = hintForForeign(name);
  if (foreign !== undefined && (isPlanning(verb) || (verb === 'config' && name === 'model'))) return foreign;
  const known = optionsOf(verb).flatMap((option) => [option.name, ...(option.aliases ?? [])]);
  const flags = patternsOf(verb).flatMap((pattern) => pattern.flags);
  const near = name.length < 2 ? undefined : wordMeant(name, [...known, ...flags]);
  if (near !== undefined) return `did you mean ${flagOf(near)}?`;
  const dashed = 'a text that begins with "-" goes after "--"';
  const steps = verb === 'run' ? "; steps (--NAME 'TEXT') belong to orchestrate" : '';
  return `"batchtool ${verb} --help" lists the options; ${dashed}${steps}`;
}

/** A word with two dashes that means something to another verb or in another mode, as a problem. */
export function ownerProblem(verb: VerbName, name: string, flag: string): Problem | undefined {
  const pattern = PATTERNS.find(({ flags }) => flags.includes(name));
  if (pattern !== undefined) {
    const kind = pattern.verb === 'run' ? 'mode' : 'pattern';
    return problem(
      `${flag} is a ${kind} of ${pattern.verb}, not of ${verb}`,
      `it is written batchtool ${pattern.verb} ${flagOf(name)}`,
    );
  }
  const verbs = verbsWith(name);
  if (verbs.length === 0) return undefined;
  return problem(
    findOption(verb, name) !== undefined
      ? `${flag} is an option and no step`
      : `${flag} is an option of ${verbs.join(', ')}, not of ${verb}`,
    `"batchtool ${verb} --help" lists the options`,
  );
}

/** Verbs that take an option. */
function verbsWith(name: string): readonly VerbName[] {
  return OPTIONS.filter(
    (option: Option) =>
      option.name.length > 1 && (option.name === name || option.aliases?.includes(name) === true),
  ).flatMap((option: Option) => option.verbs);
}
