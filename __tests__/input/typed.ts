/** What a user types, up to the plan, without a disk: a machine of our own and the real tokens of node:util. */
import { parseArgs } from 'node:util';
import type { Plan } from '../../src/core/plan.js';
import { type Problem, problemText, type Result } from '../../src/core/problem.js';
import { type Arguments, foldArguments } from '../../src/input/argv.js';
import { compile } from '../../src/input/compile.js';
import { readPlanFile } from '../../src/input/file.js';
import type { KeptMaps } from '../../src/input/file-config-maps.js';
import type { Machine } from '../../src/input/machine.js';
import type { VerbName } from '../../src/input/option.js';
import { parseOptions } from '../../src/input/options.js';
import { type RunRequest, readRequest } from '../../src/input/request.js';

const PROGRAMS = new Set(['node', 'bash', 'ls', 'install', 'npx', './build.sh']);
const FILES = new Set(['/home/me/build.sh', '/home/me', '/home/me/.', '/home/me/sub', '/home/me/sub/.']);

/** Two cores, a few programs, no variables. */
export function machine(rest: Partial<Machine> = {}): Machine {
  return {
    cwd: '/home/me',
    cores: 2,
    env: {},
    platform: 'linux',
    resolves: (word) => PROGRAMS.has(word) || FILES.has(word),
    ...rest,
  };
}

export function typed(verb: VerbName, ...argv: string[]): Arguments {
  const { tokens } = parseArgs({
    args: argv,
    options: parseOptions(verb),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  return foldArguments(verb, tokens);
}

export interface Around {
  readonly machine?: Partial<Machine>;
  /** Text of the plan file, called `plan.yml` unless `name` says otherwise. */
  readonly file?: string;
  readonly name?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly kept?: KeptMaps;
}

export function requestOf(
  argv: readonly string[],
  around: Around = {},
  verb: VerbName = 'run',
): Result<RunRequest> {
  const file = around.file === undefined ? undefined : readPlanFile(around.name ?? 'plan.yml', around.file);
  if (file?.ok === false) return file;
  return readRequest({
    args: typed(verb, ...argv),
    machine: machine(around.machine),
    file: file?.value,
    kept: around.kept,
    config:
      around.config &&
      Object.fromEntries(Object.entries(around.config).map(([name, text]) => [name, { texts: [text] }])),
  });
}

/** `batchtool run ARGV`, up to the plan. */
export function run(argv: readonly string[], around: Around = {}): Result<Plan> {
  return asked('run', argv, around);
}

/** `batchtool VERB ARGV`, up to the plan. */
export function asked(verb: VerbName, argv: readonly string[], around: Around = {}): Result<Plan> {
  const request = requestOf(argv, around, verb);
  return request.ok ? compile(request.value, machine(around.machine)) : request;
}

/** The plan of something that must be right. */
export function planned(argv: readonly string[], around: Around = {}): Plan {
  return right(run(argv, around));
}

/** Messages, with place and hint, of something that must be wrong. */
export function refused(argv: readonly string[], around: Around = {}): string[] {
  return faultsOf(run(argv, around));
}

export function right<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`refused: ${texts(result.problems).join(' | ')}`);
}

export function faultsOf(result: Result<unknown>): string[] {
  return result.ok ? [] : texts(result.problems);
}

function texts(problems: readonly Problem[]): string[] {
  return problems.map(problemText);
}

/** `id` to the ids that it needs, `~` before those of mere order. */
export function needsIn(plan: Plan): Record<string, string[]> {
  return Object.fromEntries(
    plan.tasks.map(({ id, needs }) => [
      id,
      needs.map(({ task, kind }) => (kind === 'order' ? `~${task}` : task)),
    ]),
  );
}

export function textsIn(plan: Plan): string[] {
  return plan.tasks.map(({ work }) => (work.kind === 'integrate' ? '' : work.text));
}
