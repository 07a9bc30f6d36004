/** One short line for each tool that an agent uses. */
import { type Fields, fields, text } from './fields.js';

const MOST_CHARACTERS = 120;
/** What a tool is about, by the names that the agents' tools have for it; the first one that is there says most. */
const SUBJECTS = [
  ...['file_path', 'filePath', 'notebook_path', 'path', 'dir_path', 'command', 'cmd', 'pattern', 'query'],
  ...['url', 'description', 'prompt'],
];

/** `Write src/a.ts`, `Bash npm test`: the tool and what it is about. */
export function toolUse(name: string, input: unknown): string {
  const given: Fields = fields(input);
  const subject = SUBJECTS.map((key) => text(given[key])).find((value) => value !== '') ?? '';
  return shortLine(`${name} ${subject}`);
}

/** A text in one line, cut to a width that a log can bear. */
export function shortLine(said: string): string {
  const line = said
    .slice(0, 10 * MOST_CHARACTERS)
    .trim()
    .replace(/\s*[\r\n]\s*/g, ' ');
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS - 1)}…`;
}
