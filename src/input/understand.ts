/** From the texts of a section to work, or to what is wrong with them. */
import type { Work } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import type { Item, Section } from '../patterns/pattern.js';
import { labelOf } from './label.js';
import type { Machine } from './machine.js';
import type { TextSection } from './request.js';
import { classify } from './text.js';

/** Adds what is wrong to `problems`; the section then holds the other texts. */
export function understand(section: TextSection, machine: Machine, problems: Problem[]): Section {
  const { id, texts, needs, position } = section;
  const items: Item[] = [];
  for (const [index, text] of texts.entries()) {
    const where = id === undefined ? `text ${index + 1}` : `task ${id}`;
    const work = workOf(text, position, machine, where);
    if ('message' in work) problems.push(work);
    else items.push({ work, label: labelOf(work.text) });
  }
  return { items, ...(id === undefined ? {} : { id }), ...(needs === undefined ? {} : { needs }) };
}

type TextWork = Exclude<Work, { kind: 'integrate' }>;

function workOf(
  text: string,
  position: TextSection['position'],
  machine: Machine,
  where: string,
): TextWork | Problem {
  const what = classify(text, position, machine);
  switch (what.kind) {
    case 'refused':
      return { ...what.problem, message: `${where}: ${what.problem.message}` };
    case 'prompt':
      return promptProblem(where, what.text);
    case 'command':
      if (what.sparc?.npx === true && !isInstalled(what.sparc.runner, machine))
        return notInstalled(where, what.sparc.runner);
      return { kind: 'command', text: what.text };
    default:
      return unreachable(what);
  }
}

/** Prompts are understood but nobody can carry them out yet. */
export function promptProblem(where: string, text: string): Problem {
  return problem(
    `${where}: ${JSON.stringify(labelOf(text))} is a prompt; prompts need an agent, and this version runs commands`,
    'prefix it with "sh:" if it is a command',
  );
}

/** `npx` would download it, and the names are free for anyone to register. */
function isInstalled(runner: string, machine: Machine): boolean {
  return machine.resolves(runner) || machine.resolves(`node_modules/.bin/${runner}`);
}

function notInstalled(where: string, runner: string): Problem {
  return problem(
    `${where}: ${runner} is not installed, and batchtool never lets npx download it`,
    'install it, or prefix the text with "sh:" to run it as it is',
  );
}
