/** From what a schema found wrong to problems for people: the place, what was expected, what stands there, the nearest word. */
import type { z } from 'zod';
import { nearest } from '../core/nearest.js';
import { type Problem, problem } from '../core/problem.js';
import { findOption, flagOf } from './options.js';
import { type Located, type Path, valueAt } from './place.js';

type Issue = z.core.$ZodIssue;

/** Which keys a map at a path may have; undefined where any may stand. */
export type KeysAllowed = (path: Path) => readonly string[] | undefined;

/** More are never read. */
const MAX_ISSUES = 100;

/** The value as the schema understands it, or the issues. */
export function checkShape<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly value: T } | { readonly issues: readonly Issue[] } {
  try {
    const checked = schema.safeParse(value);
    return checked.success ? { value: checked.data } : { issues: checked.error.issues };
  } catch (error) {
    // The library hands on its issues as arguments of a call; a hundred thousand of them are too many.
    if (!(error instanceof RangeError)) throw error;
    return { issues: [{ code: 'custom', message: 'more is wrong here than can be told', path: [] }] };
  }
}

/** `above`: where the value that was checked stands. */
export function schemaProblems(
  issues: readonly Issue[],
  located: Located,
  keysAllowed: KeysAllowed,
  above: Path = [],
): Problem[] {
  const strong = issues.filter((issue) => !isWeak(issue));
  return (strong.length > 0 ? strong : issues)
    .slice(0, MAX_ISSUES)
    .flatMap((issue) => issueProblems(issue, above, located, keysAllowed));
}

/** It only follows from another fault, when there is one: without `run`, because that key is misspelt. */
function isWeak(issue: Issue): boolean {
  return issue.code === 'custom' && (issue.params as { weak?: boolean } | undefined)?.weak === true;
}

function issueProblems(issue: Issue, above: Path, located: Located, keysAllowed: KeysAllowed): Problem[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_ISSUES).map((key) => unknownKey(key, path, located, keysAllowed));
    case 'custom':
      return [customProblem(issue, path, located)];
    case 'invalid_union': {
      const branch = likelyBranch(issue.errors);
      if (branch !== undefined)
        return branch
          .slice(0, MAX_ISSUES)
          .flatMap((inner) => issueProblems(inner, path, located, keysAllowed));
      return [mismatch(issue.message, path, located)];
    }
    case 'invalid_key':
      return issue.issues.flatMap((inner) => issueProblems(inner, path, located, keysAllowed));
    default:
      return [mismatch(issue.message, path, located)];
  }
}

/** The alternative that the user meant: its type was right, and only something in it is wrong. */
function likelyBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.every(
      (issue) => issue.path.length > 0 || (issue.code !== 'invalid_type' && issue.code !== 'invalid_value'),
    ),
  );
}

function customProblem(issue: Extract<Issue, { code: 'custom' }>, path: Path, located: Located): Problem {
  const { hint, key } = (issue.params ?? {}) as { hint?: string; key?: boolean };
  return problem(
    `${where(path)}${issue.message}`,
    hint,
    located.placeOf(path, key === true ? 'key' : 'value'),
  );
}

function mismatch(expected: string, path: Path, located: Located): Problem {
  const value = valueAt(located.value, path);
  return problem(
    `${where(path)}expected ${expected}, found ${describe(value)}`,
    hintFor(path, value),
    located.placeOf(path, value === undefined ? 'key' : 'value'),
  );
}

function hintFor(path: Path, value: unknown): string | undefined {
  const last = path[path.length - 1];
  if (path.length === 2 && path[0] === 'tasks' && typeof value === 'string')
    return `write ${last}: {run: ${JSON.stringify(value.slice(0, 40))}}`;
  if (path.length === 1 && last === 'tasks' && Array.isArray(value))
    return 'a list of tasks is an exported plan, which says "version": 1';
  if (path.length === 1 && last === 'stages') return 'for example [plan, {name: build, isolate: worktree}]';
  if (typeof value === 'number' && /timeout|delay|grace/.test(String(last)))
    return `with its unit, for example ${value}s`;
  if (typeof value === 'number' && path[2] === 'needs') return `an id is a text: write "${value}"`;
  return undefined;
}

/** Words of other tools, and what they are here. */
const FOREIGN: Readonly<Record<string, string>> = {
  version: 'leave it out; only an exported plan has one',
  jobs: 'tasks are under "tasks"',
  steps: 'each task has one "run"; make steps tasks of their own with "needs"',
  'runs-on': 'tasks run on this machine; leave it out',
  on: 'leave it out: a plan runs when it is run',
  uses: 'a task has "run" or "prompt"',
  strategy: 'put "matrix" right under the task',
  depends_on: 'did you mean "needs"?',
  'depends-on': 'did you mean "needs"?',
  depends: 'did you mean "needs"?',
  deps: 'did you mean "needs"?',
  dependencies: 'did you mean "needs"?',
  command: 'did you mean "run"?',
  cmd: 'did you mean "run"?',
  script: 'did you mean "run"?',
  cwd: 'did you mean "working-directory"?',
  dir: 'did you mean "working-directory"?',
  workdir: 'did you mean "working-directory"?',
  retries: 'did you mean "retry"?',
  'max-retries': 'did you mean "retry"?',
  'memory-limit': 'did you mean "memory"?',
  when: 'did you mean "if"?',
  allow_failure: 'did you mean "continue-on-error"?',
  parallel: 'did you mean "max-concurrent"?',
  concurrency: 'did you mean "max-concurrent"?',
  'max-parallel': 'did you mean "max-concurrent"?',
  'fail-fast': 'did you mean "on-error: fail-fast"?',
};

function unknownKey(key: string, path: Path, located: Located, keysAllowed: KeysAllowed): Problem {
  const known = keysAllowed(path);
  const near = known === undefined ? undefined : nearest(key, known);
  const foreign = Object.hasOwn(FOREIGN, key) ? FOREIGN[key] : undefined;
  const hint = ofAgent(key, path)
    ? `it is said about an agent: agents: {claude: {${key}: …}}`
    : near !== undefined
      ? `did you mean "${near}"?`
      : (elsewhere(key, path, keysAllowed) ?? ofOption(key, path) ?? foreign ?? listOf(known));
  return problem(
    `${where(path)}unknown key ${JSON.stringify(cut(key))}`,
    hint,
    located.placeOf([...path, key], 'key'),
  );
}

/** How an agent is called cannot hold for every agent alike. */
function ofAgent(key: string, path: Path): boolean {
  const isForAll = path.length === 0 || (path.length === 1 && path[0] === 'defaults');
  return isForAll && ['model', 'permission', 'args'].includes(key);
}

/** At the top people try what they know from the command line. */
function ofOption(key: string, path: Path): string | undefined {
  const option = path.length > 0 ? undefined : findOption('run', key);
  if (option?.variable === undefined) return undefined;
  const [first, second] = option.fileKey?.split('.') ?? [];
  if (first === undefined) return `it is said for one run and has no key: ${flagOf(option.name)}`;
  return second === undefined ? `did you mean "${first}"?` : `did you mean "${second}" under "${first}"?`;
}

/** A key that stands in the wrong map. */
function elsewhere(key: string, path: Path, keysAllowed: KeysAllowed): string | undefined {
  if (path.length === 0 && keysAllowed(['defaults'])?.includes(key) === true)
    return `it belongs to a task, or under "defaults" for all of them`;
  if (path.length > 0 && keysAllowed([])?.includes(key) === true)
    return `"${key}" stands at the top level of the file`;
  return undefined;
}

function listOf(known: readonly string[] | undefined): string | undefined {
  return known === undefined ? undefined : `known keys: ${known.join(', ')}`;
}

/** `task "build", env.STAGE: `, or nothing at the top. */
function where(path: Path): string {
  if (path.length === 0) return '';
  if (path[0] !== 'tasks' || path.length < 2) return `${path.map((step) => cut(String(step))).join('.')}: `;
  const rest = path.slice(2).join('.');
  return `task ${JSON.stringify(cut(String(path[1])))}${rest === '' ? '' : `, ${rest}`}: `;
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the text ${JSON.stringify(cut(value))}`;
  return `${typeof value === 'number' ? 'the number ' : ''}${String(value)}`;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
