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
  'page_name',
]);
/** What the owner of a fork says of it stands in a workflow by chance where it is but words. */
const OF_FORKS = new Set(['default_branch', 'description', 'homepage']);
/** Names of people are theirs to choose only where commits say them. */
const NAMED = new Set(['author', 'committer']);
/** What only people of the project can change. */
const OURS = new Set(['base', 'repository', 'organization', 'enterprise', 'installation', 'sender']);

/** Nothing shorter stands in a command by chance as a part of it, unless it is one word: the branch may be called `coverage`. */
const LONG = 12;
/** What means something to a shell can do harm from here on, and is looked for as a whole. */
const SHORTEST_SIGNS = 3;
/** They do what they do also where the text touches a word. */
const ACTS = /[;&|<>$`()'"\\\n\r*?{}]/;
/** A shell reads nothing but words in it. A line's end is the end of a command, and what begins with a dash an option. */
const PLAIN = /^(?!-)[\p{L}\p{N}_ \t.,:@/+-]*$/u;

/** Which of the event's texts stand in a text of the workflow and can do harm there: one plain word cannot. */
export function pastedTexts(event: WorkflowEvent, into: string): EventText[] {
  const shown = collapsed(into);
  return textsOf(event).filter(({ text }) => formsOf(text).some((form) => standsIn(shown, form)));
}

/** Which of them bring an end of a line into a text that is divided at these. As `toJSON` writes them they do not. */
export function pastedLines(event: WorkflowEvent, into: string): EventText[] {
  const shown = collapsed(into);
  return textsOf(event).filter(({ text }) => {
    const form = collapsed(withoutBlanks(text).trimEnd());
    return form.length >= SHORTEST_SIGNS && form.includes('\n') && shown.includes(form);
  });
}

/** A short form in which nothing acts counts only where it is no part of a longer word. */
function standsIn(shown: string, form: string): boolean {
  const anywhere = form.length >= LONG || ACTS.test(form);
  for (let at = shown.indexOf(form); at >= 0; at = shown.indexOf(form, at + 1)) {
    const end = at + form.length;
    if (anywhere || !(isInWord(shown, at) || isInWord(shown, end))) return true;
  }
  return false;
}

/** There are letters or digits on both sides of this place. */
function isInWord(shown: string, at: number): boolean {
  return /^[\p{L}\p{N}_]{2}$/u.test(shown.slice(Math.max(0, at - 1), at + 1));
}

function textsOf({ payload }: WorkflowEvent): EventText[] {
  const texts: EventText[] = [];
  const visit = (value: unknown, name: string, key: string, holder: string): void => {
    if (typeof value === 'string') {
      if (isFree(key, holder) || (OF_FORKS.has(key) && !PLAIN.test(value.trim())))
        texts.push({ name, text: value });
    } else if (typeof value === 'object' && value !== null && !OURS.has(key))
      for (const [inner, content] of Object.entries(value)) visit(content, `${name}.${inner}`, inner, key);
  };
  visit(payload, 'github.event', '', '');
  return texts;
}

function isFree(key: string, holder: string): boolean {
  return KEYS.has(key) || (key === 'name' && NAMED.has(holder));
}

function isHarmful(text: string): boolean {
  return PLAIN.test(text) ? text.includes(' ') && text.length >= LONG : text.length >= SHORTEST_SIGNS;
}

/** What is harmful of it, as it is and as `toJSON` writes it. Ends of lines around it are some of it, or were cut off with the input's. */
function formsOf(text: string): string[] {
  const whole = withoutBlanks(text);
  const parts = [whole.trim(), whole.trimEnd(), whole.trimStart()].filter((part) =>
    isHarmful(collapsed(part)),
  );
  return [...new Set(parts.flatMap((part) => [part, JSON.stringify(part).slice(1, -1)].map(collapsed)))];
}

/** Without those around it, but with the ends of lines. */
function withoutBlanks(text: string): string {
  return text.replace(/^[^\S\r\n]+|(?<![^\S\r\n])[^\S\r\n]+$/g, '');
}

/** YAML and shells change blanks and empty lines, but a line's end stays one. */
function collapsed(text: string): string {
  return text.replace(/\s+/g, (blanks) => (/[\r\n]/.test(blanks) ? '\n' : ' '));
}
