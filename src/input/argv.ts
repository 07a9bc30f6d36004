/**
 * Folds argument tokens into what a verb was given: options, mode flags, steps and texts, each where it stood.
 * Values are read later, together with those from variables and files; here it is only about form.
 */
import { type Problem, problem } from '../core/problem.js';
import { DEFAULT_STEPS } from '../patterns/index.js';
import type { Pattern } from '../patterns/pattern.js';
import { isPlanning, type Option, type VerbName } from './option.js';
import { findOption, flagOf, hintFor, ownerProblem, patternByFlag, patternsOf } from './options.js';
import { type Step, StepReader, SWITCH_OR_STEP } from './steps.js';
import {
  longName,
  type OptionToken,
  type PositionalToken,
  REPEATABLE,
  type Token,
  valueProblem,
} from './token.js';

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
  /** The name of the run that a pattern's flag carries (`--sprint NAME`). */
  readonly runName?: string;
  /** In the order written. */
  readonly steps: readonly Step[];
  /** In the order written: texts of `run`, names of runs elsewhere. */
  readonly texts: readonly string[];
  readonly problems: readonly Problem[];
}

export function foldArguments(verb: VerbName, tokens: readonly Token[]): Arguments {
  return new Fold(verb, tokens).fold();
}

/** Takes tokens one by one; what a word means depends on the mode, which may stand anywhere. */
class Fold {
  private readonly options = new Map<string, { flag: string; values: string[] }>();
  private readonly patterns = new Map<string, string | undefined>();
  private readonly texts: string[] = [];
  /** What an option took for its value may have been the step that the next text belongs to. */
  private hasSwallowed = false;
  private readonly problems: Problem[] = [];
  private readonly unknown: Problem[] = [];
  private readonly clusters = new Set<number>();
  private readonly mode: Pattern | undefined;
  /** Absent: words that are no options are unknown. */
  private readonly steps: StepReader | undefined;

  constructor(
    private readonly verb: VerbName,
    private readonly tokens: readonly Token[],
  ) {
    this.mode = modeOf(verb, tokens);
    const takes = this.mode?.takes;
    if (takes === 'steps') this.steps = new StepReader(verb, undefined, this.problems);
    else if (takes instanceof RegExp) this.steps = new StepReader(verb, takes, this.problems);
  }

  fold(): Arguments {
    for (const [at, token] of this.tokens.entries()) {
      if (token.kind === 'positional') this.text(token, this.tokens[at - 1]);
      else if (token.kind === 'option') this.option(token, this.tokens[at + 1]);
    }
    const steps = this.steps?.end() ?? [];
    if (this.patterns.size > 1) this.problems.push(twoModes([...this.patterns.keys()]));
    const runName = [...this.patterns.values()].find((value) => value !== undefined);
    return {
      verb: this.verb,
      options: this.options,
      patterns: [...this.patterns.keys()],
      ...(runName === undefined ? {} : { runName }),
      steps,
      texts: this.texts,
      problems: [...this.unknown, ...this.problems],
    };
  }

  private text({ value }: PositionalToken, before: Token | undefined): void {
    if (this.steps === undefined) {
      this.texts.push(value);
      this.problems.push(...textProblems(this.verb, value, this.texts.length));
    } else if (before?.kind === 'option' && this.isSwitch(before)) this.problems.push(noText(before, value));
    else if (!this.steps.text(value) && !this.hasSwallowed)
      this.problems.push(
        problem(`${JSON.stringify(value.slice(0, 60))} belongs to no step`, `it is written --NAME 'TEXT'`),
      );
  }

  private option(token: OptionToken, next: Token | undefined): void {
    const name = longName(token);
    const pattern = patternByFlag(this.verb, name);
    const option = pattern === undefined ? optionOf(this.verb, token) : undefined;
    if (option === undefined && pattern === undefined) this.word(token, name);
    else if (this.isStepToo(token, next)) this.step(token, name);
    else {
      const fault = valueProblem(pattern ?? option, token);
      if (fault !== undefined) {
        this.problems.push(fault);
        this.hasSwallowed ||= token.value !== undefined && token.inlineValue !== true;
      } else if (pattern !== undefined) addPattern(this.patterns, pattern, token, this.problems);
      else if (option !== undefined) addOption(this.options, option, token, this.problems);
    }
  }

  /** A word that is neither an option nor a mode. */
  private word(token: OptionToken, name: string): void {
    if (name !== '' && this.steps !== undefined) this.step(token, name);
    else if (!this.clusters.has(token.index)) {
      this.clusters.add(token.index);
      this.unknown.push(unknownOption(this.verb, token));
    }
  }

  private step({ rawName, value }: OptionToken, name: string): void {
    this.steps?.begin(name, rawName);
    if (value !== undefined) this.steps?.text(value);
  }

  /** `--monitor` and `--debug` with a text are steps of `orchestrate`; in a mode of `run` they are always switches. */
  private isStepToo(token: OptionToken, next: Token | undefined): boolean {
    if (this.steps === undefined || this.mode?.verb === 'run' || !SWITCH_OR_STEP.has(longName(token)))
      return false;
    return token.value !== undefined || next?.kind === 'positional';
  }

  /** It takes no value, so a text right after it would belong to nothing. */
  private isSwitch(token: OptionToken): boolean {
    const pattern = patternByFlag(this.verb, longName(token));
    if (pattern !== undefined) return pattern.value === undefined;
    return !this.isStepToo(token, STANDS_THERE) && optionOf(this.verb, token)?.kind === 'switch';
  }
}

const STANDS_THERE: Token = { kind: 'positional', index: 0, value: '' };

/** The mode that was chosen, or that a verb has without one. Of two that exclude each other the first. */
function modeOf(verb: VerbName, tokens: readonly Token[]): Pattern | undefined {
  const flags = tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  for (const token of flags) {
    const chosen = patternByFlag(verb, longName(token));
    if (chosen !== undefined) return chosen;
  }
  if (verb === 'orchestrate' || verb === 'pipeline') return DEFAULT_STEPS;
  // Without a mode, steps are what tells an orchestration from texts.
  const hasSteps =
    (verb === 'export' || verb === 'validate') &&
    flags.some((token) => longName(token) !== '' && optionOf(verb, token) === undefined);
  return hasSteps ? DEFAULT_STEPS : undefined;
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

function addPattern(
  patterns: Map<string, string | undefined>,
  pattern: Pattern,
  { rawName, value }: OptionToken,
  problems: Problem[],
): void {
  if (value !== undefined && patterns.has(pattern.name))
    problems.push(problem(`${rawName} is given twice`, 'leave one of them out'));
  else patterns.set(pattern.name, value);
}

function unknownOption(verb: VerbName, token: OptionToken): Problem {
  const { name, rawName } = token;
  const long = longName(token) !== '';
  const mode = long && isPlanning(verb) ? patternsOf(verb).find(({ takes }) => isIn(takes, name)) : undefined;
  if (mode !== undefined)
    return problem(`${rawName} belongs to ${flagOf(mode.name)}`, `add ${flagOf(mode.name)}`);
  const owner = long ? ownerProblem(verb, name, rawName) : undefined;
  return owner ?? problem(`unknown option ${rawName}`, hintFor(verb, name));
}

function isIn(takes: Pattern['takes'], name: string): boolean {
  return takes instanceof RegExp && takes.test(name);
}

function noText({ rawName }: OptionToken, text: string): Problem {
  const shown = JSON.stringify(text.slice(0, 60));
  const hint = SWITCH_OR_STEP.has(rawName.slice(2))
    ? `in a mode of run ${rawName} is always the switch; call the step otherwise`
    : `${rawName} is no step; a text stands right after the name of its step`;
  return problem(`${rawName} takes no text, found ${shown}`, hint);
}

function textProblems(verb: VerbName, text: string, count: number): Problem[] {
  // An empty text takes a note away.
  if (text.trim() === '' && verb !== 'memory')
    return [
      isPlanning(verb)
        ? problem(`text ${count} is empty`, 'leave it out, or write what is to be run')
        : problem('the name of the run is empty', 'leave it out for the newest run that fits'),
    ];
  if (text === '-' && isPlanning(verb) && verb !== 'validate')
    return [problem('"-" is no text', '"-f -" reads a plan file from standard input')];
  if (text.includes('\0')) return [problem(`text ${count} holds a NUL character`, 'leave it out')];
  return [];
}

function twoModes(patterns: readonly string[]): Problem {
  const flags = patterns.map((name) => flagOf(name));
  return problem(`${flags.join(' and ')} exclude each other`, 'choose one mode');
}
