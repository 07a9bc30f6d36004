/** What the user wants to be run, from arguments, variables, plan file and config: everything that `compile` needs. */
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { DEFAULT_PATTERN, DEFAULT_STEPS, GRAPH, PATTERNS } from '../patterns/index.js';
import type { Pattern, Section } from '../patterns/pattern.js';
import type { Arguments } from './argv.js';
import { type DependentText, parseGraph, parseSuffix, parseTask } from './dependencies.js';
import type { KeptMaps } from './file-config-maps.js';
import type { Machine } from './machine.js';
import type { VerbName } from './option.js';
import { flagOf } from './options.js';
import type { PlanFile } from './plan-file.js';
import { type FileSettings, isForced, type KeptSettings, readSettings, type Settings } from './settings.js';
import type { Step } from './steps.js';
import type { Position } from './text.js';
import { isSecretName } from './variables.js';

/** Texts that belong together, not yet understood. */
export interface TextSection {
  readonly id?: string;
  readonly texts: readonly string[];
  readonly needs?: readonly string[] | 'all';
  readonly position: Position;
  /** The step that they belong to. */
  readonly step?: StepSection;
  /** What is wrong with how they are written, told together with what is wrong with the whole graph. */
  readonly faults?: readonly Problem[];
}

/** What a step says about its texts besides its id. */
export interface StepSection {
  /** As typed, without dashes and ending: its words say more than the id of a variant. */
  readonly name: string;
  readonly flag: string;
  readonly flow: Section['flow'];
  /** A group's first text may be its label. */
  readonly group: boolean;
  /** What each text names that it needs. */
  readonly needs?: readonly (readonly string[] | 'all')[];
}

export type Source =
  | { readonly kind: 'texts'; readonly pattern: Pattern; readonly sections: readonly TextSection[] }
  /** `pattern`: the mode flag, if one was given. */
  | { readonly kind: 'file'; readonly file: PlanFile; readonly pattern?: Pattern };

export interface RunRequest {
  readonly source: Source;
  readonly settings: Settings;
  /** What the flag of a pattern calls the run. */
  readonly runName?: string;
  /** Variables of `--env` that are no secrets. They win over those of the plan file. */
  readonly env: Readonly<Record<string, string>>;
  /** Values of secrets given with `--env`: for the tasks' environment, never for the plan. */
  readonly secretValues: Readonly<Record<string, string>>;
  /** What `config` keeps of agents and prices. */
  readonly kept: KeptMaps;
  /** What is wrong with options and their values, told together with what is wrong with the plan. */
  readonly faults: readonly Problem[];
}

export interface RequestSources {
  readonly args: Arguments;
  readonly machine: Machine;
  readonly file?: PlanFile | undefined;
  readonly config?: KeptSettings | undefined;
  readonly kept?: KeptMaps | undefined;
}

/** Where a plan file is to be read from before a request can be made of these arguments. */
export type PlanFileWanted =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stdin' }
  /** Nothing else was given: the usual file, if there is one. */
  | { readonly kind: 'usual' }
  | { readonly kind: 'none' };

/** The file that is read when nothing says what to run. */
export const USUAL_FILE = 'batchtool.yml';

export function planFileWanted({ options, texts, steps }: Arguments): PlanFileWanted {
  const path = options.get('f')?.values[0];
  if (path !== undefined) return path === '-' ? { kind: 'stdin' } : { kind: 'path', path };
  const other =
    texts.length > 0 ||
    steps.length > 0 ||
    ['task', 'tasks', 'dependency-graph'].some((name) => options.has(name));
  return { kind: other ? 'none' : 'usual' };
}

/** The request, faults included; without anything to run, all that is wrong with it. `file` is what `planFileWanted` asked for, read. */
export function readRequest({ args, machine, file, config, kept = {} }: RequestSources): Result<RunRequest> {
  const { settings, problems } = readSettings({ args, machine, file: settingsOf(file), config });
  const source = readSource(args, file);
  const faults = [...args.problems, ...problems];
  if (!source.ok)
    return failures(
      faults.length > 0 && !saysSomething(args, file) ? faults : [...faults, ...source.problems],
    );
  const given = isForced(settings.env) ? Object.entries(settings.env?.value ?? {}) : [];
  return success({
    source: source.value,
    settings,
    ...(args.runName === undefined ? {} : { runName: args.runName }),
    env: Object.fromEntries(given.filter(([name]) => !isSecretName(name))),
    secretValues: Object.fromEntries(given.filter(([name]) => isSecretName(name))),
    kept,
    faults,
  });
}

/** Something to run was given, and read, so that what is wrong with it is worth telling beside other faults. */
function saysSomething(args: Arguments, file: PlanFile | undefined): boolean {
  const { kind } = planFileWanted(args);
  return kind === 'none' || (kind !== 'usual' && file !== undefined);
}

function settingsOf(file: PlanFile | undefined): FileSettings | undefined {
  return file?.kind === 'tasks' ? file.settings : undefined;
}

function readSource(args: Arguments, file: PlanFile | undefined): Result<Source> {
  const graph = args.options.has('tasks') || args.options.has('dependency-graph');
  const tasks = args.options.has('task');
  const pattern = PATTERNS.find(({ name }) => name === args.patterns[0]);
  const ways = [
    ...(args.options.has('f') ? ['-f'] : []),
    ...(tasks ? ['--task'] : []),
    ...(graph ? ['--dependency-graph and --tasks'] : []),
    // A text may be no more than the value of a word that is not known.
    ...(args.texts.length > 0 && args.problems.length === 0 ? ['texts'] : []),
    ...(args.steps.length > 0 ? ['steps'] : []),
  ];
  if (ways.length > 1)
    return failures([problem(`${ways.join(' and ')} exclude each other`, 'say what to run in one way')]);
  if (tasks || graph) return dependent(args, pattern);
  if (args.steps.length > 0) return namedSteps(args, pattern ?? DEFAULT_STEPS);
  if (args.texts.length > 0) return plainTexts(args, pattern ?? DEFAULT_PATTERN);
  if (file !== undefined) return fromFile(file, pattern);
  return failures([nothingToRun(args.verb)]);
}

function nothingToRun(verb: VerbName): Problem {
  if (verb === 'export')
    return problem(
      `nothing to export: no text, no -f, no run yet, and no ${USUAL_FILE} here`,
      "what would run: batchtool export --parallel 'npm run lint' 'npm test' · a plan file: batchtool export -f FILE · " +
        'the newest run: batchtool export, after a run',
    );
  if (verb === 'validate')
    return problem(
      `nothing to check: no text, no file, no run yet, and no ${USUAL_FILE} here`,
      `a plan file: batchtool validate FILE · \`batchtool init\` writes a ${USUAL_FILE}`,
    );
  const takesSteps = verb === 'orchestrate' || verb === 'pipeline';
  return problem(
    `nothing to run: no ${takesSteps ? 'step' : 'text'}, no -f, and no ${USUAL_FILE} here`,
    takesSteps
      ? `for example batchtool ${verb} --build 'npm run build' --test 'npm test'`
      : `for example batchtool ${verb} --parallel 'npm run lint' 'npm test'`,
  );
}

function fromFile(file: PlanFile, pattern: Pattern | undefined): Result<Source> {
  if (pattern !== undefined && file.kind === 'plan')
    return failures([
      problem(
        `${JSON.stringify(file.file)} is an exported plan, which is run as it is`,
        `leave ${flagOf(pattern.name)} out`,
      ),
    ]);
  if (pattern !== undefined && pattern.arrange === undefined)
    return failures([
      problem(
        `${flagOf(pattern.name)} takes steps, not a plan file`,
        'in a plan file, "stages", "needs" and "if" say the same',
      ),
    ]);
  return success({ kind: 'file', file, ...(pattern === undefined ? {} : { pattern }) });
}

function namedSteps({ steps }: Arguments, pattern: Pattern): Result<Source> {
  const sections = steps.map((step): TextSection => {
    if (pattern.suffixes === true) return withSuffixes(step);
    // Where only variants can be named they are called by their letter.
    const id = pattern.takes instanceof RegExp ? step.name.replace(/^variant-/, '') : step.name;
    return { ...sectionOf(step), id };
  });
  return success({ kind: 'texts', pattern, sections });
}

function sectionOf({ name, flag, flow, group, texts }: Step, needs?: StepSection['needs']): TextSection {
  const step = { name, flag, flow, group, ...(needs === undefined ? {} : { needs }) };
  return { id: name, texts, position: 'step', step };
}

function withSuffixes(step: Step): TextSection {
  const read = step.texts.map((text) => parseSuffix(text));
  const problems = read.flatMap((text) => (text.ok ? [] : text.problems));
  if (problems.length > 0) {
    const faults = problems.map((fault) => ({ ...fault, message: `${step.flag}: ${fault.message}` }));
    return { ...sectionOf(step), faults };
  }
  const texts = read.flatMap((text) => (text.ok ? [text.value] : []));
  return sectionOf(
    { ...step, texts: texts.map(({ text }) => text) },
    texts.map(({ needs }) => needs),
  );
}

function plainTexts({ texts }: Arguments, pattern: Pattern): Result<Source> {
  if (pattern.takes === 'tasks')
    return failures([
      problem(
        `${flagOf(pattern.flags[0] ?? pattern.name)} takes its texts with ids`,
        `for example --task 'build:npm run build' --task 'test:npm test:depends=build'`,
      ),
    ]);
  return success({ kind: 'texts', pattern, sections: [{ texts, position: 'command' }] });
}

function dependent({ options }: Arguments, chosen: Pattern | undefined): Result<Source> {
  const pattern = chosen ?? GRAPH;
  const how = options.has('task') ? '--task' : '--tasks';
  if (pattern.takes !== 'tasks') {
    const flag = flagOf(pattern.flags[0] ?? pattern.name);
    return failures([
      pattern.takes === 'texts'
        ? problem(`${flag} takes texts without ids, not ${how}`, 'use --dependency-aware')
        : problem(`${flag} takes steps, not ${how}`, `leave ${flag} out`),
    ]);
  }
  const sections = readDependent(options).map(
    ({ id, text, needs, faults }): TextSection => ({
      ...(id === '' ? { texts: [] } : { id, texts: [text], needs }),
      position: 'command',
      ...(faults === undefined ? {} : { faults }),
    }),
  );
  return success({ kind: 'texts', pattern, sections });
}

function readDependent(options: Arguments['options']): readonly DependentText[] {
  const said = (name: string): string | undefined => options.get(name)?.values[0];
  return options.get('task')?.values.map(parseTask) ?? parseGraph(said('dependency-graph'), said('tasks'));
}
