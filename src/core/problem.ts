/**
 * Expected failures are values. A Problem is one sentence for a person, with what to type next;
 * a Result carries either a value or all the problems found at once.
 */

/** Where in a file a problem stands. Line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing that is wrong: what was expected and what was found, and in `hint` what to type next. */
export interface Problem {
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
}

/** A value, or every problem that stood in its way (never an empty list). */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failure(message: string, hint?: string, place?: Place): Result<never> {
  return failures([problem(message, hint, place)]);
}

export function failures(problems: readonly Problem[]): Result<never> {
  return { ok: false, problems };
}

export function problem(message: string, hint?: string, place?: Place): Problem {
  return { message, ...(hint === undefined ? {} : { hint }), ...(place === undefined ? {} : { place }) };
}

/** The text of a problem as it stands after `batchtool: `: `file:line:column: message`, then the hint. */
export function problemText({ message, hint, place }: Problem): string {
  const where =
    place === undefined
      ? ''
      : `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(':')}: `;
  return hint === undefined ? `${where}${message}` : `${where}${message}\n  hint: ${hint}`;
}

/**
 * A fault of the world around us that ends the whole run with an exit code of its own
 * (the state folder is full, gone, or not ours). Thrown at the edge, caught once in the CLI.
 */
export class Fatal extends Error {
  constructor(
    readonly exitCode: ExitCode,
    readonly problem: Problem,
  ) {
    super(problemText(problem));
    this.name = 'Fatal';
  }
}

/** 0 all that had to succeed did · 1 a task failed, or standard output could not be written · 2 bad request, nothing started · 3 budget · 4 state folder. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;
