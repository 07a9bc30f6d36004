/**
 * Folds argument tokens into what a verb was given: options, mode flags and texts, each where it stood.
 * Values are read later, together with those from variables and files; here it is only about form.
 */
import { type Problem, problem } from '../core/problem.js';
import type { Option, VerbName } from './option.js';
import { findOption, flagOf, hintFor, patternByFlag, verbsWith } from './options.js';

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

/** An option as it was typed; a switch has no values. */
export interface GivenOption {
  readonly flag: string;
  readonly values: readonly string[];
}

export interface Arguments {
  readonly verb: VerbName;
  /** By the option's own name, whatever alias was typed. */
  readonly options: ReadonlyMap<string, GivenOption>;
  /** Names of patterns whose flags were given, each once. */
  readonly patterns: readonly string[];
  /** In the order written: texts of `run`, names of runs elsewhere. */
  readonly texts: readonly string[];
  readonly problems: readonly Problem[];
}

const REPEATABLE: readonly Option['kind'][] = ['texts', 'names', 'pairs'];
/** Steps that `--ab-test` will take. */
const VARIANT = /^variant-[a-z]$/;

export function foldArguments(verb: VerbName, tokens: readonly Token[]): Arguments {
  const options = new Map<string, { flag: string; values: string[] }>();
  const patterns = new Set<string>();
  const texts: string[] = [];
  const problems: Problem[] = [];
  const unknown: Problem[] = [];
  const clusters = new Set<number>();
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      texts.push(token.value);
      problems.push(...textProblems(verb, token.value, texts.length));
      continue;
    }
    const pattern = verb === 'run' ? patternByFlag(longName(token)) : undefined;
    const option = pattern === undefined ? optionOf(verb, token) : undefined;
    if (pattern !== undefined) patterns.add(pattern.name);
    if (option !== undefined || pattern !== undefined) {
      const fault = valueProblem(option, token);
      if (fault !== undefined) problems.push(fault);
      if (fault === undefined && option !== undefined) addOption(options, option, token, problems);
    } else if (!clusters.has(token.index)) {
      clusters.add(token.index);
      unknown.push(unknownOption(verb, token));
    }
  }
  if (patterns.size > 1) problems.push(twoModes(patterns));
  // A mode that is refused as a whole would have taken them as steps.
  if (!options.has('component-parallel')) problems.unshift(...unknown);
  return { verb, options, patterns: [...patterns], texts, problems };
}

type OptionToken = Extract<Token, { kind: 'option' }>;

/** The name of an option typed with two dashes; short forms name no mode. */
function longName(token: OptionToken): string {
  return token.rawName.startsWith('--') ? token.name : '';
}

function optionOf(verb: VerbName, token: OptionToken): Option | undefined {
  const option = findOption(verb, token.name);
  const short = !token.rawName.startsWith('--');
  if (option === undefined || option.name === 'help') return option;
  return short === (option.name.length === 1) ? option : undefined;
}

function addOption(
  options: Map<string, { flag: string; values: string[] }>,
  option: Option,
  token: OptionToken,
  problems: Problem[],
): void {
  const given = options.get(option.name);
  const values = token.value === undefined ? [] : [token.value];
  if (given === undefined) {
    options.set(option.name, { flag: token.rawName, values });
  } else if (REPEATABLE.includes(option.kind)) {
    given.values.push(...values);
  } else if (option.kind !== 'switch') {
    const also = given.flag === token.rawName ? '' : ` (${given.flag} is the same)`;
    problems.push(problem(`${token.rawName} is given twice${also}`, 'leave one of them out'));
  }
}

/** Why a token is not how this option (or, without one, a mode flag) is written. */
function valueProblem(option: Option | undefined, token: OptionToken): Problem | undefined {
  const { rawName, value } = token;
  if (option === undefined || option.kind === 'switch') {
    if (value === undefined) return undefined;
    return problem(
      `${rawName} takes no value, found ${JSON.stringify(value)}`,
      `write ${rawName} alone, or leave it out`,
    );
  }
  const form = `${rawName} ${option.value ?? 'VALUE'}`;
  if (value === undefined || value === '') return problem(`${rawName} has no value`, `it is written ${form}`);
  if (token.inlineValue === true || !looksLikeOption(value)) return undefined;
  if (/^-\d/.test(value) && !REPEATABLE.includes(option.kind)) return undefined;
  return problem(
    `${rawName} has no value: ${JSON.stringify(value)} looks like an option`,
    rawName.startsWith('--') ? `if it is the value, write ${rawName}=${value}` : `it is written ${form}`,
  );
}

function looksLikeOption(value: string): boolean {
  return value.length > 1 && value.startsWith('-');
}

function unknownOption(verb: VerbName, token: OptionToken): Problem {
  const long = token.rawName.startsWith('--');
  if (verb === 'run' && long && VARIANT.test(token.name))
    return problem(`${token.rawName} is not part of this version`, 'it belongs to --ab-test');
  const others = long === token.name.length > 1 ? verbsWith(token.name) : [];
  if (others.length > 0)
    return problem(
      `${token.rawName} is an option of ${others.join(', ')}, not of ${verb}`,
      `"batchtool ${verb} --help" lists the options`,
    );
  return problem(`unknown option ${token.rawName}`, hintFor(verb, token.name));
}

function textProblems(verb: VerbName, text: string, count: number): Problem[] {
  if (text.trim() === '')
    return [problem(`text ${count} is empty`, 'leave it out, or write what is to be run')];
  if (text === '-' && verb === 'run')
    return [problem('"-" is no text', '"-f -" reads a plan file from standard input')];
  if (text.includes('\0')) return [problem(`text ${count} holds a NUL character`, 'leave it out')];
  return [];
}

function twoModes(patterns: ReadonlySet<string>): Problem {
  const flags = [...patterns].map((name) => flagOf(name));
  return problem(`${flags.join(' and ')} exclude each other`, 'choose one mode');
}
