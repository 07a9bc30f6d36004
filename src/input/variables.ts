/** Names and values of environment variables that the user sets, and which of them are secret. */
import { type Problem, problem, type Result, success } from '../core/problem.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SECRET = /_(KEY|TOKEN|SECRET|PASSWORD)$/i;
const OURS =
  /^BATCHTOOL_(RUN_ID|TASK_ID|ATTEMPT|ROUND|NAMESPACE|CONTEXT|OUTPUT|SUMMARY|OUTPUT_\w+|MATRIX_\w+|MARK_\w+)$/i;

/** True for names whose values are never stored and always masked. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

export function isVariableName(name: string): boolean {
  return NAME.test(name);
}

/** Why this variable cannot be set, or undefined. */
export function variableProblem(name: string, value: string): Problem | undefined {
  if (!NAME.test(name))
    return problem(
      `${JSON.stringify(cut(name))} is no name of a variable`,
      'letters, digits and "_", not beginning with a digit',
    );
  if (OURS.test(name)) return problem(`batchtool sets ${name} itself`, 'choose another name');
  if (value.includes('\0')) return problem(`the value of ${name} holds a NUL character`);
  return undefined;
}

/** Variables from `K=V` texts. The value is everything after the first `=`. */
export function readPairs(texts: readonly string[]): Result<Readonly<Record<string, string>>> {
  const problems: Problem[] = [];
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? '' : text.slice(equals + 1);
    const fault = equals < 0 ? withoutValue(name) : variableProblem(name, value);
    if (fault !== undefined) problems.push(fault);
    else if (pairs.has(name)) problems.push(problem(`${name} is given twice`, 'leave one of them out'));
    else pairs.set(name, value);
  }
  return problems.length > 0 ? { ok: false, problems } : success(Object.fromEntries(pairs));
}

function withoutValue(name: string): Problem {
  return problem(
    `expected K=V, found ${JSON.stringify(/^\w*/.exec(name)?.[0].slice(0, 60))} and no "="`,
    isVariableName(name)
      ? `"${name}=" is the empty value; --pass-env ${name} passes on ours`
      : 'for example --env STAGE=test',
  );
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
