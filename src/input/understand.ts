/** From the texts of a section to work, or to what is wrong with them. */
import type { Command, Prompt } from '../core/plan.js';
import type { Problem } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import type { Item, Section } from '../patterns/pattern.js';
import { modeOfPrompt } from '../sparc/mode-of.js';
import { labelOf } from './label.js';
import type { Machine } from './machine.js';
import type { TextSection } from './request.js';
import { commandOf } from './sparc-work.js';
import { classify } from './text.js';

/** Adds what is wrong to `problems`; the section then holds the other texts. */
export function understand(section: TextSection, machine: Machine, problems: Problem[]): Section {
  const { id, texts, needs } = section;
  const items: Item[] = [];
  for (const [index, text] of texts.entries()) {
    const where = id === undefined ? `text ${index + 1}` : `task ${id}`;
    const work = workOf(text, section, machine, where);
    if ('message' in work) problems.push(work);
    else items.push({ work, label: labelOf(work.text) });
  }
  return { items, ...(id === undefined ? {} : { id }), ...(needs === undefined ? {} : { needs }) };
}

function workOf(
  text: string,
  { id, position }: TextSection,
  machine: Machine,
  where: string,
): Command | Prompt | Problem {
  const what = classify(text, position, machine);
  switch (what.kind) {
    case 'refused':
      return { ...what.problem, message: `${where}: ${what.problem.message}` };
    case 'prompt':
      return { kind: 'prompt', text: what.text, mode: what.mode ?? modeOfPrompt(id, what.text) };
    case 'command':
      return commandOf(what.text, what.sparc);
    default:
      return unreachable(what);
  }
}
