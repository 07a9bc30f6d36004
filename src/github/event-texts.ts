/**
 * What strangers can write into an event: titles, bodies, names of branches. Pasted by `${{ }}` into a command it is a
 * command of theirs, and no quoting helps; it is looked for in what came of that.
 */
import type { WorkflowEvent } from './event.js';

export interface EventText {
  /** As a workflow calls it: `github.event.issue.title`. */
  readonly name: string;
  readonly text: string;
}

const KEYS = new Set([
  ...['title', 'body', 'ref', 'label', 'head_branch', 'display_title', 'message', 'email', 'from'],
  ...['description', 'homepage', 'default_branch', 'page_name'],
]);
/** Names of people are theirs to choose only where commits say them. */
const NAMED = new Set(['author', 'committer']);
/** What only people of the project can change. */
const OURS = new Set(['base', 'repository', 'organization', 'enterprise', 'installation', 'sender']);

/** Shorter words stand in too many commands by chance: the branch may be called `main` or `test`. */
const SHORTEST_WORDS = 8;
/** What means something to a shell is told from a command sooner. */
const SHORTEST_SIGNS = 3;
const SIGNS = /[^\w ./-]/;

/** Which of the event's texts stand in a text of the workflow. */
export function pastedTexts(event: WorkflowEvent, into: string): EventText[] {
  const shown = collapsed(into);
  return textsOf(event).filter(({ text }) => formsOf(text).some((form) => shown.includes(form)));
}

function textsOf({ payload }: WorkflowEvent): EventText[] {
  const texts: EventText[] = [];
  const visit = (value: unknown, name: string, key: string, holder: string): void => {
    if (typeof value === 'string') {
      if (KEYS.has(key) || (key === 'name' && NAMED.has(holder))) texts.push({ name, text: value });
    } else if (typeof value === 'object' && value !== null && !OURS.has(key))
      for (const [inner, content] of Object.entries(value)) visit(content, `${name}.${inner}`, inner, key);
  };
  visit(payload, 'github.event', '', '');
  return texts.filter(({ text }) => isTelling(collapsed(text)));
}

function isTelling(text: string): boolean {
  return text.length >= SHORTEST_WORDS || (text.length >= SHORTEST_SIGNS && SIGNS.test(text));
}

/** As it is, and as `toJSON` writes it. */
function formsOf(text: string): string[] {
  return [...new Set([collapsed(text), collapsed(JSON.stringify(text).slice(1, -1))])];
}

/** YAML and shells change blanks and ends of lines. */
function collapsed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
