/** What to type next after an attempt that ended badly. */
import type { Conflict, Exit } from '../core/exit.js';
import type { FailureClass } from '../core/failure.js';
import { sumOf, usedUp } from '../core/ledger.js';
import type { Work } from '../core/plan.js';
import { quotedText } from '../core/shell-word.js';
import { lastAttempt, type RunState, type TaskState, taskOf } from '../core/state.js';
import { landingOf, mergeCommand, shortCommit } from './landing.js';
import { permissionHint } from './permission-hint.js';
import { resumeCommand } from './status.js';
import { nameOf, shortened } from './title.js';
import { branchOf } from './work-left.js';

export interface HintReader {
  /** Stand after the name of a run. */
  readonly stateWords?: string;
  /** He has neither the run nor its branches: they were on a machine that is no more. */
  readonly isElsewhere?: boolean;
}

/** What to type next after a task that failed, or undefined when the reason says it all. */
export function hintFor(state: RunState, ended: TaskState, reader: HintReader = {}): string | undefined {
  const { stateWords = '', isElsewhere = false } = reader;
  const { task, outcome } = ended;
  if (outcome?.kind !== 'failed') return undefined;
  const { exit } = outcome;
  if (exit.kind === 'lost')
    return task.once === true ? lostHint(`${state.id} --rerun ${task.id}${stateWords}`) : undefined;
  if (exit.kind === 'conflict')
    return isElsewhere ? farConflictHint(state) : conflictHint(state, exit, stateWords);
  if (exit.kind === 'contract' && exit.failure === 'budget') return budgetHint(ended, state.ledger.isLimited);
  return exitHint(exit, task.work);
}

/** Whose money was used up: the task's own, its part of the run's budget, or what its provider had of it. */
function budgetHint(ended: TaskState, isRunLimited: boolean): string {
  const { task, spent, outcome } = ended;
  const { reserve, beyond = {}, result = {} } = lastAttempt(ended) ?? {};
  const wasHanded =
    outcome?.kind === 'failed' && outcome.exit.kind === 'contract' && outcome.exit.handed === true;
  if (usedUp(task.budget ?? {}, spent) !== undefined || (wasHanded && !isRunLimited))
    return 'give the task more with "budget" in the plan file';
  if (wasHanded || (reserve !== undefined && usedUp(sumOf(reserve, beyond), result) !== undefined))
    return 'give the run more with --max-cost or --max-tokens';
  return "see the account of the agent's provider: that has no money left for it, whatever the budget here is";
}

/** Of a task with `once`: a resume does not repeat what may have acted. */
function lostHint(again: string): string {
  return `it runs only once and may have done its work: see what it did; \`batchtool resume ${again}\` runs it again`;
}

/** Where all else lies, and the branches that did not fit, one after the other: each may need a hand before the next. */
function conflictHint(
  state: RunState,
  { task, onto, more = [] }: Conflict,
  stateWords: string,
): string | undefined {
  const [first, ...others] = [task, ...more.map((one) => one.task)].flatMap((id) => {
    const branch = branchOf(state, taskOf(state, id));
    return branch === undefined ? [] : [{ name: nameOf(id), merge: mergeCommand(branch) }];
  });
  if (first === undefined) return undefined;
  const landing = landingOf(state);
  const rest = landing?.kind === 'branch' ? landing.branch : shortCommit(onto);
  return [
    `to add ${first.name} by hand: git switch -c merged ${rest} && ${first.merge}`,
    ...others.map(({ name, merge }) => `then ${name}: ${merge}`),
    ...(state.onConflict === 'retry'
      ? []
      : [
          `\`${resumeCommand(state, stateWords)}\` has ${others.length === 0 ? 'it' : 'each'} do its work again on top of the others`,
        ]),
  ].join('; ');
}

function farConflictHint({ onConflict }: RunState): string | undefined {
  if (onConflict === 'retry') return undefined;
  return 'with --on-conflict retry what does not fit is done again on top of the others';
}

/** What to type next after such an end, or undefined when the reason says it all. */
export function exitHint(exit: Exit, work: Work): string | undefined {
  if (exit.kind === 'spawn-error' && exit.message.endsWith(' is not on PATH'))
    return work.kind === 'prompt'
      ? 'the runner was there when the plan was made: install it again, or run the texts anew'
      : '--shell says which shell takes the texts';
  if (exit.kind === 'code' && exit.code === 127 && work.kind === 'command' && work.runner === undefined)
    return missingHint(work.text);
  if (exit.kind === 'memory')
    return 'give it more with --memory-limit, or run fewer at once with --max-concurrent';
  if (exit.kind === 'timeout') return 'give it more time with --timeout';
  if (exit.kind === 'idle') return 'allow longer silence with --idle-timeout';
  if (exit.kind === 'output') return 'allow more with --max-output';
  if (exit.kind === 'rate-limit') return '--rate-limit-wait says how long a provider is waited for';
  if (exit.kind === 'contract' && exit.failure === 'permission') return permissionHint(work);
  if (exit.kind === 'contract' && exit.failure !== undefined) return FAILURE_HINTS[exit.failure];
  return undefined;
}

/** A text that calls a SPARC runner after all (`sh:` keeps it from being taken for such a one) is no prompt. */
function missingHint(text: string): string {
  const runner = /^\s*(?:npx\s+(?:-\S+\s+)*)?([\w./-]+)(?:@[\w.-]+)?\s+sparc\s/.exec(text)?.[1];
  if (runner !== undefined)
    return `the SPARC runner ${runner} is not on PATH: install it; without "sh:" the built-in runner takes such a text where its runner is missing`;
  return `${whose(text)} is not on PATH; if the text is meant for an agent: ${quotedText(`prompt: ${oneLine(text)}`)}`;
}

const FAILURE_HINTS: Readonly<{ [Class in FailureClass]?: string }> = {
  auth: "sign in with the agent's own program, or set the variable that holds its key",
  'context-too-long': 'shorten the prompt, or keep earlier results from it with --no-context',
  unsupported:
    '--runner builtin has an agent of this machine do it without that runner; another version of the runner may know it, too',
  network: 'see whether the provider can be reached from here, and through which proxy',
};

/** Of a text with signs of a shell any program may be the one that is missing. */
function whose(text: string): string {
  return /[;&|<>`\n]|\$\(/.test(text.trim()) ? 'a program that it calls' : 'its program';
}

const MOST_CHARACTERS = 40;

/** The beginning of a text, as it can be typed again by whoever knows how it goes on. */
function oneLine(text: string): string {
  return shortened(text.trim().replace(/\s+/g, ' '), MOST_CHARACTERS);
}
