/** From the texts of a section to work, or to what is wrong with them. */
import type { Command, Prompt } from '../core/plan.js';
import { failure, failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import type { Item, Section } from '../patterns/pattern.js';
import { modeOfPrompt } from '../sparc/mode-of.js';
import { labelOf } from './label.js';
import type { Machine } from './machine.js';
import type { TextSection } from './request.js';
import { commandOf } from './sparc-work.js';
import { classify, isPrefixed, unusable } from './text.js';

/** Adds what is wrong to `problems`; such a text stands as a command, so that the graph can be looked at all the same. */
export function understand(section: TextSection, machine: Machine, problems: Problem[]): Section {
  const { id, texts, needs, step, faults } = section;
  problems.push(...(faults ?? []));
  const label = labelOfGroup(section, machine);
  const items: Item[] = [];
  for (const [index, text] of texts.entries()) {
    if (index === 0 && label !== undefined) continue;
    const stand: Command = { kind: 'command', text };
    const found = isTold(text, section) ? stand : workOf(text, section, machine, whereIs(section, index));
    if ('message' in found) problems.push(found);
    const work = 'message' in found ? stand : found;
    const own = step?.needs?.[index];
    items.push({ work, label: labelOf(work.text), ...(own === undefined ? {} : { needs: own }) });
  }
  if (label !== undefined && texts.length === 1) problems.push(onlyLabel(label, section));
  return {
    items,
    ...(id === undefined ? {} : { id }),
    ...(needs === undefined ? {} : { needs }),
    ...(step?.flow === undefined ? {} : { flow: step.flow }),
    ...(label === undefined ? {} : { label }),
  };
}

/** What is wrong with how it is written was told when it was read; texts that stand bare or in steps were looked at too. */
function isTold(text: string, { id, step, faults }: TextSection): boolean {
  return faults !== undefined || ((id === undefined || step !== undefined) && unusable(text) !== undefined);
}

function whereIs({ id, texts, step }: TextSection, index: number): string {
  if (step !== undefined) return texts.length === 1 ? step.flag : `${step.flag}, text ${index + 1}`;
  return id === undefined ? `text ${index + 1}` : `task ${id}`;
}

/** The first text of a group, if it is neither prefixed nor a command and every other one is. */
function labelOfGroup({ texts, position, step }: TextSection, machine: Machine): string | undefined {
  const [first, ...others] = texts;
  if (step?.group !== true || first === undefined || isPrefixed(first, machine)) return undefined;
  if (classify(first, position, machine).kind !== 'prompt') return undefined;
  const isSaid = (text: string): boolean =>
    isPrefixed(text, machine) || classify(text, position, machine).kind === 'command';
  return others.every(isSaid) ? first : undefined;
}

function onlyLabel(label: string, { step }: TextSection): Problem {
  return problem(
    `${step?.flag}: ${JSON.stringify(labelOf(label))} reads as the label of a group that has no texts`,
    `write the texts after it; if it is the text, leave the ending of ${step?.flag} out`,
  );
}

/** One text that can only be a command, whatever is wrong with it said of `where`. */
export function understandCommand(text: string, where: string, machine: Machine): Result<Item> {
  const work = workOf(text, { texts: [text], position: 'step' }, machine, where);
  if ('message' in work) return failures([work]);
  if (work.kind === 'command') return success({ work, label: labelOf(work.text) });
  return failure(`${where} takes a command, found a prompt`, `for example ${where} 'sh: npm test'`);
}

function workOf(
  text: string,
  { id, position, step }: TextSection,
  machine: Machine,
  where: string,
): Command | Prompt | Problem {
  const what = classify(text, position, machine);
  switch (what.kind) {
    case 'refused':
      return { ...what.problem, message: `${where}: ${what.problem.message}` };
    case 'prompt':
      return {
        kind: 'prompt',
        text: what.text,
        mode: what.mode ?? modeOfPrompt(step?.name ?? id, what.text),
      };
    case 'command':
      return commandOf(what.text, what.runner);
    default:
      return unreachable(what);
  }
}
