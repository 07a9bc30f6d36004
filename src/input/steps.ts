/**
 * Steps: any `--word TEXT…` that is no option, in the order written. What could be a mistyped or misplaced option is
 * refused, for as a step it would start work, and cost money, under a wrong name.
 */
import { idFault } from '../core/graph.js';
import { type Problem, problem } from '../core/problem.js';
import { nearEnding, nearOption } from './near.js';
import type { VerbName } from './option.js';
import { foreignHint, ownerProblem } from './options.js';

export interface Step {
  /** Without dashes and ending: the id of its task, or what the ids of its tasks begin with. */
  readonly name: string;
  /** As typed. */
  readonly flag: string;
  readonly flow: 'in-order' | 'side-by-side';
  /** Written with an ending, so that its first value may be a label. */
  readonly group: boolean;
  readonly texts: readonly string[];
}

type OpenStep = Omit<Step, 'texts'> & { readonly texts: string[]; readonly counts: boolean };

/** Takes names and texts as they come, and finds what is wrong with them. */
export class StepReader {
  /** By name, in the order written. */
  private readonly read = new Map<string, OpenStep>();
  private current: OpenStep | undefined;

  constructor(
    private readonly verb: VerbName,
    /** Names that the mode knows; absent: any. */
    private readonly names: RegExp | undefined,
    private readonly problems: Problem[],
  ) {}

  begin(word: string, flag: string): void {
    this.close();
    const { name, flow, group } = splitName(word);
    const fault =
      nameFault(this.verb, word, flag) ?? this.modeFault(name, flag) ?? this.formFault(name, flag);
    if (fault !== undefined) this.problems.push(fault);
    const counts = fault === undefined;
    this.current = { name, flag, flow, group, texts: [], counts };
    if (counts) this.read.set(name, this.current);
  }

  /** False when no step has begun yet. */
  text(value: string): boolean {
    if (this.current === undefined) return false;
    const { texts, flag, counts } = this.current;
    texts.push(value);
    const fault = counts ? textFault(value, flag, texts.length) : undefined;
    if (fault !== undefined) this.problems.push(fault);
    return true;
  }

  end(): readonly Step[] {
    this.close();
    return [...this.read.values()].map(({ counts, ...step }) => step);
  }

  private close(): void {
    if (this.current?.counts === true && this.current.texts.length === 0)
      this.problems.push(withoutText(this.verb, this.current));
    this.current = undefined;
  }

  private modeFault(name: string, flag: string): Problem | undefined {
    if (this.names === undefined || this.names.test(name)) return undefined;
    return problem(`unknown option ${flag}`, 'this mode takes --variant-a to --variant-z and --compare');
  }

  private formFault(name: string, flag: string): Problem | undefined {
    const twin = this.read.get(name);
    if (twin !== undefined)
      return problem(
        `the step ${name} is given twice (${twin.flag}, ${flag})`,
        `a step takes several texts: ${twin.flag} 'TEXT' 'TEXT'`,
      );
    const fault = idFault(name);
    return fault === undefined
      ? undefined
      : problem(`the step name ${JSON.stringify(name.slice(0, 60))} ${fault}`, '--build-api works');
  }
}

function splitName(word: string): Pick<Step, 'name' | 'flow' | 'group'> {
  const match = /^(.+)-(parallel|sequential)$/.exec(word);
  if (match === null) return { name: word, flow: 'in-order', group: false };
  return { name: match[1] ?? word, flow: match[2] === 'parallel' ? 'side-by-side' : 'in-order', group: true };
}

/** Both a switch and, with a text, a step. */
export const SWITCH_OR_STEP: ReadonlySet<string> = new Set(['monitor', 'debug']);

/** Why a word may not be a step: it is an option, ours or that of others, or nearly one. */
function nameFault(verb: VerbName, word: string, flag: string): Problem | undefined {
  const { name } = splitName(word);
  const otherwise = 'if it is a step, call it otherwise';
  const foreign = foreignHint(name);
  if (foreign !== undefined)
    return problem(
      `${flag} is no option here and no name of a step`,
      `${foreign}${foreign.endsWith('?') ? '' : ';'} ${otherwise}`,
    );
  const owner =
    ownerProblem(verb, word, flag) ?? (word === name ? undefined : ownerProblem(verb, name, flag));
  if (owner !== undefined && !SWITCH_OR_STEP.has(name))
    return { ...owner, hint: `${owner.hint}; ${otherwise}` };
  const near = nearOption(verb, word);
  if (near !== undefined && near !== `--${word}`)
    return problem(`unknown option ${flag}`, `did you mean ${near}? ${otherwise}`);
  const ending = nearEnding(word);
  if (ending === undefined) return undefined;
  return problem(`unknown option ${flag}`, `did you mean --${ending}? ${otherwise}`);
}

const VALUE = /^[+-]?\d[\d.,_]*\s*(%|ms|s|sec|m|min|h|d|b|[kmgt]i?b?)?$|^(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$/i;

function textFault(text: string, flag: string, count: number): Problem | undefined {
  const trimmed = text.trim();
  if (trimmed === '')
    return problem(`text ${count} of ${flag} is empty`, 'leave it out, or write what is to be done');
  if (text.includes('\0')) return problem(`text ${count} of ${flag} holds a NUL character`, 'leave it out');
  if (trimmed === '-') return problem(`"-" is no text of ${flag}`, 'write what is to be done');
  if (!VALUE.test(trimmed) && !isJson(trimmed)) return undefined;
  return problem(
    `${JSON.stringify(text.slice(0, 60))} is a value, not a text of the step ${flag}`,
    `${flag} is no option; if it is a step, say what to do, or prefix the text with "sh:" or "prompt:"`,
  );
}

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function withoutText(verb: VerbName, { flag, name }: OpenStep): Problem {
  const hint = `it is written ${flag} 'TEXT'; if it was meant as an option, "batchtool ${verb} --help" lists them`;
  return problem(`the step ${name} has no text`, hint);
}
