/** The inputs of the action, read and typed once, before anything else: they become words of the command line. */
import { nearest } from '../core/graph.js';
import { failure, failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { INPUTS, type InputName } from './action-names.js';
import { readRunInput } from './command-line.js';
import type { Option, VerbName } from './option.js';
import { findOption } from './options.js';
import { readValue } from './value.js';

/** What the workflow asks for. */
export interface ActionRequest {
  readonly verb: VerbName;
  /** The words after the verb, as they would be typed. */
  readonly words: readonly string[];
  /** A plan file that stands in the workflow. */
  readonly plan?: string;
  /** The folder to work in, as if one had gone there before. */
  readonly folder?: string;
  /** Texts that must not be seen. */
  readonly mask: readonly string[];
  readonly summary: boolean;
  readonly annotations: boolean;
  /** Files with problem matchers. */
  readonly problemMatchers: readonly string[];
  readonly workflowCommands: 'stop' | 'allow';
  /** Whether anything is kept for later runs, and taken from earlier ones. */
  readonly cache: boolean;
  /** When logs and reports are kept. */
  readonly artifact: 'never' | 'failure' | 'always';
}

type Given = ReadonlyMap<string, string>;

/** Inputs that are options of `run`, with the option's name, and how several values are divided. */
const OPTION_INPUTS: readonly (readonly [InputName, string, RegExp?])[] = [
  ['file', 'f'],
  ['max-concurrent', 'max-concurrent'],
  ['on-error', 'on-error'],
  ['max-retries', 'max-retries'],
  ['timeout', 'timeout'],
  ['idle-timeout', 'idle-timeout'],
  ['memory-limit', 'memory-limit'],
  ['namespace', 'namespace'],
  ['tags', 'tag', /[,\n]/],
  ['env', 'env', /\n/],
  ['pass-env', 'pass-env', /[,\n]/],
];

const RUNNING: readonly string[] = ['run', 'orchestrate', 'pipeline'] satisfies readonly VerbName[];
/** Options of a command line that have no sense in a step of a workflow. */
const NOT_HERE: Readonly<Record<string, string>> = {
  '--detach': 'the runner ends what is left when the step is over',
  '--json': 'the output results has the results as JSON',
  '--output': 'the log of a step is always grouped by task',
  '--help': 'docs/action.md lists the inputs',
};

/** Inputs by name as the runner hands them over; an empty one was not given. Tells all that is wrong at once. */
export function readInputs(all: Given): Result<ActionRequest> {
  const given = new Map([...all].filter(([, value]) => value.trim() !== ''));
  const problems = unknownInputs(given);
  const keep = <T>(result: Result<T>, otherwise: T): T => {
    if (!result.ok) problems.push(...result.problems);
    return result.ok ? result.value : otherwise;
  };
  const run = keep(verbAndWords(given.get('run')), { verb: 'run', words: [] });
  const options = OPTION_INPUTS.flatMap((input) => keep(optionWords(input, given, run), []));
  const flag = (name: InputName, usual: boolean): boolean => keep(readFlag(name, given, usual), usual);
  const word = <T extends string>(name: InputName, words: readonly [T, ...T[]]): T =>
    keep(readWord(name, given, words), words[0]);
  if (flag('dry-run', false)) options.push('--dry-run');
  problems.push(...tooManySources(given, run.words));
  const folder = given.get('working-directory')?.trim();
  const plan = given.get('plan');
  const request: ActionRequest = {
    verb: run.verb,
    words: [...options, ...run.words],
    ...(plan === undefined ? {} : { plan }),
    ...(folder === undefined ? {} : { folder }),
    mask: (given.get('mask') ?? '').split(/\r?\n/).filter((line) => line.trim() !== ''),
    summary: flag('summary', true),
    annotations: flag('annotations', true),
    problemMatchers: listOf(given.get('problem-matchers')),
    workflowCommands: word('workflow-commands', ['stop', 'allow']),
    cache: flag('cache', true),
    artifact: word('artifact', ['failure', 'never', 'always']),
  };
  return problems.length > 0 ? failures(problems) : success(request);
}

function unknownInputs(given: Given): Problem[] {
  return [...given.keys()]
    .filter((name) => !(INPUTS as readonly string[]).includes(name))
    .map((name) => {
      const near = nearest(name, INPUTS);
      return problem(
        `unknown input ${name}`,
        near === undefined ? `inputs: ${INPUTS.join(', ')}` : `did you mean ${near}?`,
      );
    });
}

interface Called {
  readonly verb: VerbName;
  readonly words: readonly string[];
}

function verbAndWords(text: string | undefined): Result<Called> {
  if (text === undefined) return success({ verb: 'run', words: [] });
  const read = readRunInput(text);
  if (!read.ok) return read;
  if (read.value.kind === 'texts') return success({ verb: 'run', words: ['--', ...read.value.texts] });
  const [verb = '', ...words] = read.value.words;
  if (!RUNNING.includes(verb))
    return failure(
      `input run: ${verb === '' ? 'batchtool has no verb' : `batchtool ${JSON.stringify(verb)} runs nothing`}`,
      `verbs that run something: ${RUNNING.join(', ')}`,
    );
  const odd = words.map((word) => word.split('=')[0] as string).find((word) => Object.hasOwn(NOT_HERE, word));
  if (odd !== undefined)
    return failure(`input run: ${odd} has no place in a workflow`, `leave it out: ${NOT_HERE[odd]}`);
  return success({ verb: verb as VerbName, words });
}

function optionWords(
  [input, name, divider]: (typeof OPTION_INPUTS)[number],
  given: Given,
  { verb, words }: Called,
) {
  const text = given.get(input);
  if (text === undefined) return success([]);
  const option = findOption(verb, name) as Option;
  const flag = name.length === 1 ? `-${name}` : `--${name}`;
  const parts = divider === undefined ? [text] : text.split(divider);
  const values = parts.map((part) => part.trim()).filter((part) => part !== '');
  const value = readValue(option, values, `input ${input}`);
  if (!value.ok) return value;
  if (divider === undefined && words.some((word) => word === flag || word.startsWith(`${flag}=`)))
    return failure(`input ${input}: ${flag} stands in the command line too`, 'leave one of them out');
  return success(values.flatMap((each) => (name.length === 1 ? [flag, each] : [`${flag}=${each}`])));
}

function listOf(text = ''): string[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** As YAML 1.2 writes them, which is what other actions take. */
function readFlag(name: InputName, given: Given, usual: boolean): Result<boolean> {
  const text = given.get(name)?.trim();
  if (text === undefined) return success(usual);
  if (/^(true|True|TRUE)$/.test(text)) return success(true);
  if (/^(false|False|FALSE)$/.test(text)) return success(false);
  return failure(`input ${name}: expected true or false, found ${JSON.stringify(text)}`);
}

/** The first of the words is the usual one. */
function readWord<T extends string>(name: InputName, given: Given, words: readonly [T, ...T[]]): Result<T> {
  const text = given.get(name)?.trim() ?? words[0];
  const found = words.find((word) => word === text);
  if (found !== undefined) return success(found);
  return failure(`input ${name}: expected ${words.join(' or ')}, found ${JSON.stringify(text)}`);
}

/** A command line may go with a plan as long as it has no texts itself, which is seen when it is understood. */
function tooManySources(given: Given, words: readonly string[]): Problem[] {
  const sources = [
    ...(words[0] === '--' ? ['run'] : []),
    ...(given.has('file') ? ['file'] : []),
    ...(given.has('plan') ? ['plan'] : []),
  ];
  if (sources.length < 2) return [];
  return [problem(`inputs ${sources.join(' and ')} exclude each other`, 'say what to run in one way')];
}
