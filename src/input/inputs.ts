/** The inputs of the action, read and typed once, before anything else: they become words of the command line. */
import { nearest } from '../core/nearest.js';
import { failure, failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { INPUTS, type InputName } from './action-names.js';
import { readRunInput } from './command-line.js';
import type { VerbName } from './option.js';
import { findOption } from './options.js';
import { readValue } from './value.js';

/** What the workflow asks for. */
export interface ActionRequest {
  readonly verb: VerbName;
  /** The words after the verb, as they would be typed. */
  readonly words: readonly string[];
  /** A plan file that stands in the workflow. */
  readonly plan?: string;
  /** Whether the plan is only shown; what the environment says counts where it is left out. */
  readonly dryRun?: boolean;
  /** The folder to work in, as if one had gone there before. */
  readonly folder?: string;
  /** The words that the input `run` itself holds. */
  readonly typed: readonly string[];
  /** Texts that must not be seen. */
  readonly mask: readonly string[];
  readonly summary: boolean;
  readonly annotations: boolean;
  /** Files with problem matchers. */
  readonly problemMatchers: readonly string[];
  /** When to comment on a pull request. */
  readonly comment: (typeof COMMENT_WHEN)[number];
  /** For the API of GitHub; empty if there is none. */
  readonly token: string;
  /** Whether strangers may start nothing that could do harm. */
  readonly trustedOnly: boolean;
  readonly workflowCommands: 'stop' | 'allow';
  /** Whether anything is kept for later runs, and taken from earlier ones. */
  readonly cache: boolean;
  /** When logs and reports are kept. */
  readonly artifact: (typeof ARTIFACT_WHEN)[number];
  /** Whether what the run has merged is put onto a branch of the repository. */
  readonly push: (typeof PUSH)[number];
  /** What tells the legs of the job's matrix apart, as JSON; `null` without one. */
  readonly matrix: string;
}

const COMMENT_WHEN = ['never', 'failure', 'changes', 'always'] as const;
const PUSH = ['never', 'branch'] as const;
const ARTIFACT_WHEN = ['never', 'failure', 'always'] as const;

type Given = ReadonlyMap<string, string>;

/** Inputs that are options of `run`, with the option's name, and how several values are divided. */
export const OPTION_INPUTS: readonly (readonly [InputName, string, RegExp?])[] = [
  ['file', 'f'],
  ['max-concurrent', 'max-concurrent'],
  ['on-error', 'on-error'],
  ['max-retries', 'max-retries'],
  ['timeout', 'timeout'],
  ['idle-timeout', 'idle-timeout'],
  ['memory-limit', 'memory-limit'],
  ['max-cost', 'max-cost'],
  ['agent', 'agent'],
  ['isolate', 'isolate'],
  ['into', 'into'],
  ['namespace', 'namespace'],
  ['tags', 'tag', /[,\n]/],
  ['env', 'env', /\n/],
  ['pass-env', 'pass-env', /[,\n]/],
];

const RUNNING: readonly string[] = ['run', 'orchestrate', 'pipeline', 'sparc'] satisfies readonly VerbName[];
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
  const run = keep<Called>(verbAndWords(given.get('run')), { verb: 'run', words: [] });
  const options = OPTION_INPUTS.flatMap((input) => keep(optionWords(input, given, run), []));
  const flag = (name: InputName, usual: boolean): boolean => keep(readFlag(name, given, usual), usual);
  const dryRun = given.has('dry-run') ? flag('dry-run', false) : undefined;
  if (dryRun === true) options.push('--dry-run');
  if (dryRun === false && run.words.includes('--dry-run')) problems.push(twice('dry-run', '--dry-run'));
  problems.push(...tooManySources(given, run));
  const folder = given.get('working-directory')?.trim();
  const plan = given.get('plan');
  const request: ActionRequest = {
    verb: run.verb,
    words: [...options, ...run.words],
    typed: run.words,
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(plan === undefined ? {} : { plan }),
    ...(folder === undefined ? {} : { folder }),
    mask: (given.get('mask') ?? '').split(/\r?\n/).filter((line) => line.trim() !== ''),
    summary: flag('summary', true),
    annotations: flag('annotations', true),
    problemMatchers: listOf(given.get('problem-matchers')),
    comment: keep(readChoice('comment', COMMENT_WHEN, given, 'failure'), 'failure'),
    token: given.get('github-token')?.trim() ?? '',
    trustedOnly: flag('trusted-only', true),
    workflowCommands: keep(readChoice('workflow-commands', ['stop', 'allow'], given, 'stop'), 'stop'),
    cache: flag('cache', true),
    artifact: keep(readChoice('artifact', ARTIFACT_WHEN, given, 'failure'), 'failure'),
    push: keep(readChoice('push', PUSH, given, 'never'), 'never'),
    matrix: given.get('matrix')?.trim() ?? 'null',
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
  const option = findOption(verb, name);
  // `sparc run` takes no file, which is said where sources are counted.
  if (option === undefined) return success([]);
  const flag = name.length === 1 ? `-${name}` : `--${name}`;
  const parts = divider === undefined ? [text] : text.split(divider);
  const values = parts.map((part) => part.trim()).filter((part) => part !== '');
  const value = readValue(option, values, `input ${input}`);
  if (!value.ok) return value;
  if (divider === undefined && words.some((word) => word === flag || word.startsWith(`${flag}=`)))
    return failures([twice(input, flag)]);
  return success(values.flatMap((each) => (name.length === 1 ? [flag, each] : [`${flag}=${each}`])));
}

function twice(input: InputName, flag: string): Problem {
  return problem(`input ${input}: ${flag} stands in the command line too`, 'leave one of them out');
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

function readChoice<T extends string>(
  name: InputName,
  choices: readonly T[],
  given: Given,
  usual: T,
): Result<T> {
  const text = given.get(name)?.trim() ?? usual;
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return success(choice);
  const known = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return failure(`input ${name}: expected ${known}, found ${JSON.stringify(text)}`);
}

/** Another command line may go with a plan as long as it has no texts itself, which is seen when it is understood. */
function tooManySources(given: Given, { verb, words }: Called): Problem[] {
  const sources = [
    ...(words[0] === '--' || verb === 'sparc' ? ['run'] : []),
    ...(given.has('file') ? ['file'] : []),
    ...(given.has('plan') ? ['plan'] : []),
  ];
  if (sources.length < 2) return [];
  return [problem(`inputs ${sources.join(' and ')} exclude each other`, 'say what to run in one way')];
}
