/** One token of the command line: what `parseArgs` of `node:util` gives, and whether it is written as it must be. */
import { type Problem, problem } from '../core/problem.js';
import type { Pattern } from '../patterns/pattern.js';
import type { Option } from './option.js';

/** A token as `parseArgs` of `node:util` gives it. */
export type Token =
  | {
      readonly kind: 'option';
      readonly index: number;
      readonly name: string;
      readonly rawName: string;
      readonly value?: string | undefined;
      readonly inlineValue?: boolean | undefined;
    }
  | { readonly kind: 'positional'; readonly index: number; readonly value: string }
  | { readonly kind: 'option-terminator'; readonly index: number };

/** A word with dashes. */
export type OptionToken = Extract<Token, { kind: 'option' }>;
/** A word without. */
export type PositionalToken = Extract<Token, { kind: 'positional' }>;

/** Kinds of options that may be given more than once. */
export const REPEATABLE: readonly Option['kind'][] = ['texts', 'names', 'pairs'];

/** The name of an option typed with two dashes; short forms name no mode. */
export function longName(token: OptionToken): string {
  return token.rawName.startsWith('--') ? token.name : '';
}

/** Why a token is not how this option or mode flag is written. */
export function valueProblem(meant: Option | Pattern | undefined, token: OptionToken): Problem | undefined {
  const { rawName, value } = token;
  const option = meant !== undefined && 'kind' in meant ? meant : undefined;
  if (option === undefined ? meant?.value === undefined : option.kind === 'switch') {
    if (value === undefined) return undefined;
    return problem(
      `${rawName} takes no value, found ${JSON.stringify(value)}`,
      `write ${rawName} alone, or leave it out`,
    );
  }
  const form = `${rawName} ${meant?.value ?? 'VALUE'}`;
  if (value === undefined || value === '') return problem(`${rawName} has no value`, `it is written ${form}`);
  if (token.inlineValue === true || !looksLikeOption(value)) return undefined;
  if (/^-\d/.test(value) && option !== undefined && !REPEATABLE.includes(option.kind)) return undefined;
  return problem(
    `${rawName} has no value: ${JSON.stringify(value)} looks like an option`,
    rawName.startsWith('--') ? `if it is the value, write ${rawName}=${value}` : `it is written ${form}`,
  );
}

function looksLikeOption(value: string): boolean {
  return value.length > 1 && value.startsWith('-');
}
