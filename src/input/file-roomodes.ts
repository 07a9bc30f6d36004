/**
 * A project's `.roomodes`: SPARC modes of its own, in JSON or YAML as the editors write it that know this file. Loads a YAML
 * parser: import it only when there is such a file. Keys that are not ours are left alone, for they are those of others.
 */
import { cleanText } from '../core/clean-text.js';
import { type Problem, problem, type Result } from '../core/problem.js';
import { withoutInvisible } from '../sparc/invisible.js';
import type { OwnMode } from '../sparc/modes.js';
import { readYaml } from './file-yaml.js';
import { readJson } from './json.js';
import type { Machine, OwnModes } from './machine.js';
import { type Located, type Path, valueAt } from './place.js';

const MOST_MODES = 200;
const MOST_CHARACTERS = 50_000;
const MOST_NAME = 80;
const MOST_REGEX = 300;
const FORM =
  'for example {"customModes": [{"slug": "my-mode", "name": "My mode", "roleDefinition": "You are …"}]}';

/** The machine with the modes of its project. Without a `.roomodes` nothing is done. */
export function withOwnModes(machine: Machine): Machine {
  const { roomodes } = machine;
  if (roomodes === undefined) return machine;
  const { file, content } = roomodes;
  return {
    ...machine,
    ownModes: content.ok ? readRoomodes(file, content.value) : { modes: [], problems: content.problems },
  };
}

/** All modes that can be used, and what is wrong with the others. `file` is what messages call it. */
export function readRoomodes(file: string, text: string): OwnModes {
  const located = locate(file, text.replace(/^\uFEFF/, ''));
  if (!located.ok) return { modes: [], problems: located.problems };
  const listed = valueAt(located.value.value, ['customModes']);
  if (!Array.isArray(listed))
    return {
      modes: [],
      problems: [
        problem('expected a list "customModes"', FORM, located.value.placeOf(['customModes'], 'value')),
      ],
    };
  return new ModeReader(located.value, listed.length).read();
}

function locate(file: string, text: string): Result<Located> {
  const json = /^\s*\{/.test(text) ? readJson(text, file) : undefined;
  if (json?.ok === true) return json;
  const yaml = readYaml(text, file);
  return yaml.ok ? yaml : (json ?? yaml);
}

class ModeReader {
  private readonly modes = new Map<string, OwnMode>();
  private readonly problems: Problem[] = [];

  constructor(
    private readonly located: Located,
    private readonly count: number,
  ) {}

  read(): OwnModes {
    if (this.count > MOST_MODES)
      this.fault(['customModes', MOST_MODES], `only ${MOST_MODES} modes are read, found ${this.count}`);
    for (let index = 0; index < Math.min(this.count, MOST_MODES); index++) this.mode(['customModes', index]);
    return { modes: [...this.modes.values()], problems: this.problems };
  }

  private mode(path: Path): void {
    const found = this.problems.length;
    const slug = this.text(path, 'slug', true);
    const role = this.text(path, 'roleDefinition', true);
    const instructions = this.text(path, 'customInstructions');
    const name = oneLine(this.text(path, 'name') || slug);
    const purpose = oneLine(this.text(path, 'description')) || name;
    const allowed = this.allowed([...path, 'groups']);
    if (slug !== '' && !/^[a-z0-9-]+$/i.test(slug))
      this.fault([...path, 'slug'], `expected letters, digits and "-", found ${JSON.stringify(cut(slug))}`);
    else if (this.modes.has(slug)) this.fault([...path, 'slug'], `there are two modes ${slug}`);
    if (this.problems.length > found) return;
    const text = [role, instructions, allowed].filter((part) => part !== '').join('\n\n');
    this.modes.set(slug, { slug, name, purpose, role: text });
  }

  /** Without what nobody sees: hidden characters in such a file could tell the agent what no reviewer has read. */
  private text(path: Path, key: string, needed = false): string {
    const at = [...path, key];
    const value = valueAt(this.located.value, at);
    if (value === undefined || value === null) {
      if (needed) this.fault(at, `the mode has no "${key}"`, FORM);
      return '';
    }
    const text = typeof value === 'string' ? withoutInvisible(cleanText(value)).trim() : '';
    if (typeof value !== 'string' || (needed && text === '')) this.fault(at, `"${key}": expected a text`);
    else if (text.length > MOST_CHARACTERS)
      this.fault(at, `"${key}" is longer than ${MOST_CHARACTERS.toLocaleString('en')} characters`);
    return text;
  }

  /** What the file allows the mode to do, in words: no agent is kept to it. */
  private allowed(path: Path): string {
    const groups = valueAt(this.located.value, path);
    if (groups === undefined || groups === null) return '';
    if (!Array.isArray(groups)) {
      this.fault(path, '"groups": expected a list, for example ["read", "edit"]');
      return '';
    }
    const words = groups.map((group, index) => this.group(group, [...path, index]));
    return words.length === 0 ? '' : `What you may do here: ${words.join('; ')}. Nothing else.`;
  }

  private group(group: unknown, path: Path): string {
    const [name, limit] = Array.isArray(group) ? (group as unknown[]) : [group];
    if (typeof name !== 'string') {
      this.fault(path, 'expected the name of a group, for example "edit"');
      return '';
    }
    const regex = valueAt(limit, ['fileRegex']);
    const word = Object.hasOwn(GROUPS, name) ? (GROUPS[name] as string) : oneLine(name);
    return typeof regex === 'string' ? `${word} whose path matches ${oneLine(regex, MOST_REGEX)}` : word;
  }

  private fault(path: Path, message: string, hint?: string): void {
    this.problems.push(problem(message, hint, this.located.placeOf(path, 'value')));
  }
}

const GROUPS: Readonly<Record<string, string>> = {
  read: 'read files',
  edit: 'edit files',
  command: 'run commands',
  browser: 'use a browser',
  mcp: 'use services over MCP',
};

function oneLine(text: string, most = MOST_NAME): string {
  const line = withoutInvisible(cleanText(text)).replace(/\s+/g, ' ').trim();
  return [...line].slice(0, most).join('');
}

function cut(text: string): string {
  return text.slice(0, 60);
}
