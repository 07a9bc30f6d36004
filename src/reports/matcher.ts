/** Problem matchers in GitHub's own format, read from JSON and made ready to match. */
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';

export type Severity = 'error' | 'warning' | 'notice';

/** One line of a message; groups are numbers of a match's parts. */
export interface MatcherPattern {
  readonly regexp: RegExp;
  readonly groups: Readonly<Partial<Record<Part, number>>>;
  /** The last line may come again and again, each time as one more message. */
  readonly loop: boolean;
  /** Beyond GitHub's format: it may come so many lines later. */
  readonly within?: number;
  /** Beyond GitHub's format: lines that look like it and are not. */
  readonly not?: RegExp;
}

export interface Matcher {
  readonly owner: string;
  /** Of messages that do not say how bad they are. */
  readonly severity: Severity;
  /** The lines of a message, one after the other. */
  readonly patterns: readonly MatcherPattern[];
}

export type Part = 'file' | 'fromPath' | 'line' | 'column' | 'severity' | 'code' | 'message';
const PARTS: readonly Part[] = ['file', 'fromPath', 'line', 'column', 'severity', 'code', 'message'];

/** More lines than this no message has. */
const MOST_PATTERNS = 10;
const MOST_REGEXP_CHARACTERS = 1000;

/** `{"problemMatcher": [{"owner", "severity", "pattern": [{"regexp", "file", "line", …}]}]}`. `source` names it for people. */
export function readMatchers(text: string, source: string): Result<readonly Matcher[]> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return failures([problem(`${source} is no JSON: ${(error as Error).message}`)]);
  }
  const entries = isRecord(document) ? document.problemMatcher : undefined;
  if (!Array.isArray(entries))
    return failures([problem(`${source}: expected {"problemMatcher": [...]}`, EXAMPLE)]);
  const matchers: Matcher[] = [];
  const problems: Problem[] = [];
  entries.forEach((entry: unknown, index) => {
    const read = readMatcher(entry, `${source}: problemMatcher[${index}]`);
    if (read.ok) matchers.push(read.value);
    else problems.push(...read.problems);
  });
  return problems.length > 0 ? failures(problems) : success(matchers);
}

const EXAMPLE =
  'for example {"problemMatcher": [{"owner": "mine", "pattern": [{"regexp": "^(.+):(\\\\d+): (.+)$", "file": 1, "line": 2, "message": 3}]}]}';

function readMatcher(entry: unknown, where: string): Result<Matcher> {
  if (!isRecord(entry)) return failures([problem(`${where}: expected an object`, EXAMPLE)]);
  const { owner, severity = 'error', pattern } = entry;
  const level = severityOf(severity);
  const problems: Problem[] = [];
  if (typeof owner !== 'string' || owner === '')
    problems.push(problem(`${where}: expected an owner, a name`));
  if (level === undefined)
    problems.push(
      problem(`${where}: severity is error, warning or notice, found ${JSON.stringify(severity)}`),
    );
  if (!Array.isArray(pattern) || pattern.length === 0 || pattern.length > MOST_PATTERNS)
    problems.push(problem(`${where}: expected 1 to ${MOST_PATTERNS} entries in "pattern"`, EXAMPLE));
  const patterns: MatcherPattern[] = [];
  for (const [index, one] of (Array.isArray(pattern) ? pattern : []).entries()) {
    const read = readPattern(one, `${where}.pattern[${index}]`, index === (pattern as unknown[]).length - 1);
    if (read.ok) patterns.push(read.value);
    else problems.push(...read.problems);
  }
  if (problems.length === 0 && patterns.at(-1)?.groups.message === undefined)
    problems.push(problem(`${where}: the last pattern must say which group is the message`, EXAMPLE));
  if (problems.length > 0) return failures(problems);
  return success({ owner: owner as string, severity: level as Severity, patterns });
}

function readPattern(entry: unknown, where: string, isLast: boolean): Result<MatcherPattern> {
  if (!isRecord(entry) || typeof entry.regexp !== 'string')
    return failures([problem(`${where}: expected a regexp`, EXAMPLE)]);
  if (entry.regexp.length > MOST_REGEXP_CHARACTERS)
    return failures([problem(`${where}: the regexp is longer than ${MOST_REGEXP_CHARACTERS} characters`)]);
  if (entry.loop === true && !isLast)
    return failures([problem(`${where}: only the last pattern may have "loop"`)]);
  const regexp = compiled(entry.regexp);
  if (regexp instanceof Error)
    return failures([
      problem(`${where}: ${JSON.stringify(entry.regexp)} is no regular expression: ${regexp.message}`),
    ]);
  const groups: Partial<Record<Part, number>> = {};
  for (const part of PARTS) {
    const group = entry[part];
    if (group === undefined) continue;
    if (!Number.isSafeInteger(group) || (group as number) < 0)
      return failures([
        problem(`${where}: ${part} is the number of a group, found ${JSON.stringify(group)}`),
      ]);
    groups[part] = group as number;
  }
  return success({ regexp, groups, loop: entry.loop === true });
}

function compiled(text: string): RegExp | Error {
  try {
    return new RegExp(text);
  } catch (error) {
    return error as Error;
  }
}

/** `Warning`, `WARN`, `info`…; undefined for any other word. */
export function severityOf(word: unknown): Severity | undefined {
  if (typeof word !== 'string') return undefined;
  const lower = word.toLowerCase();
  if (/^(error|err|fatal error|fatal|failure|e|2)$/.test(lower)) return 'error';
  if (/^(warning|warn|w|1)$/.test(lower)) return 'warning';
  return /^(notice|info|information|note|hint|suggestion)$/.test(lower) ? 'notice' : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
