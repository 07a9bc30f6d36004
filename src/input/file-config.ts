/**
 * `config.yml`: what `config` keeps for a project. Read into settings, and changed so that comments, order and keys of
 * others stay. Loads a YAML parser: import it only when there is a file, or one is to be made.
 */
import { type Document, parseDocument } from 'yaml';
import { nearest } from '../core/nearest.js';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { readYaml } from './file-yaml.js';
import type { Option } from './option.js';
import { findOption, isKept, OPTIONS } from './options.js';
import { type Located, valueAt } from './place.js';
import type { KeptSettings } from './settings.js';

/** What could be read, and what is wrong with the rest. */
export interface ConfigFile {
  readonly settings: KeptSettings;
  readonly problems: readonly Problem[];
  /** All that stands at its top, known or not. */
  readonly keys: readonly string[];
  /** The file, if it holds maps, which are no settings and which `readMaps` reads. */
  readonly withMaps?: Located;
  /** Nothing in it can be told apart, so that single settings cannot be changed. */
  readonly unreadable?: true;
}

/** What cannot be typed as an option, under the words of a plan file. */
const MAPS: readonly string[] = ['agents', 'prices'];

const NOTHING: ConfigFile = { settings: {}, problems: [], keys: [] };

/** The names of all settings that may be kept. */
export function keptNames(): readonly string[] {
  return OPTIONS.filter((option: Option) => isKept(option)).map(({ name }) => name);
}

/** `file` is what messages call it. */
export function readConfig(file: string, text: string): ConfigFile {
  if (text.trim() === '') return NOTHING;
  const located = readYaml(text, file);
  if (!located.ok) return { ...NOTHING, problems: located.problems, unreadable: true };
  const { value } = located.value;
  if (value === null) return NOTHING;
  if (typeof value !== 'object' || Array.isArray(value))
    return {
      ...NOTHING,
      problems: [problem('expected settings, for example "max-concurrent: 5"', undefined, { file, line: 1 })],
      unreadable: true,
    };
  return readKeys(located.value);
}

function readKeys(located: Located): ConfigFile {
  const settings: Record<string, KeptSettings[string]> = {};
  const problems: Problem[] = [];
  const keys = located.keysAt([]);
  for (const key of keys) {
    if (MAPS.includes(key)) continue;
    const option = findOption('run', key);
    if (option === undefined || option.name !== key || !isKept(option)) {
      problems.push(unknownKey(key, option, located));
      continue;
    }
    const texts = textsAt(key, located);
    const place = located.placeOf([key], 'value');
    if (texts === undefined || (texts.length !== 1 && option.kind !== 'texts' && option.kind !== 'names'))
      problems.push(problem(`${key}: expected ${option.value ?? 'true or false'}`, undefined, place));
    else settings[key] = { texts, place };
  }
  const hasMaps = keys.some((key) => MAPS.includes(key));
  return { settings, problems, keys, ...(hasMaps ? { withMaps: located } : {}) };
}

function unknownKey(key: string, option: Option | undefined, located: Located): Problem {
  const place = located.placeOf([key], 'key');
  const near = option !== undefined && isKept(option) ? option.name : nearest(key, [...keptNames(), ...MAPS]);
  const hint =
    near === undefined
      ? `\`batchtool config --unset ${key}\` takes it out`
      : `did you mean "${near}"? \`batchtool config --unset ${key}\` takes it out`;
  return problem(`${JSON.stringify(key)} is no setting that is kept`, hint, place);
}

/** What stands there, as it would be typed; undefined when it is nothing, or a map. */
function textsAt(key: string, located: Located): readonly string[] | undefined {
  const value = valueAt(located.value, [key]);
  const items = Array.isArray(value) ? value.map((item, index) => ({ item, path: [key, index] })) : undefined;
  const texts = (items ?? [{ item: value, path: [key] }]).map(({ item, path }) => {
    if (typeof item === 'number') return located.writtenAt(path) ?? String(item);
    return typeof item === 'string' || typeof item === 'boolean' ? String(item) : undefined;
  });
  return texts.some((text) => text === undefined) ? undefined : (texts as string[]);
}

export type ConfigValue = string | number | boolean | readonly string[];

/** The text of the file with these settings said, those of `unset` gone, and all else as it was. */
export function changeConfig(
  text: string,
  set: ReadonlyMap<string, ConfigValue>,
  unset: readonly string[],
): Result<string> {
  const doc: Document = parseDocument(text, { schema: 'core', prettyErrors: false });
  if (doc.errors.length > 0) return failures(doc.errors.map(({ message }) => problem(message)));
  for (const name of unset) doc.delete(name);
  for (const [name, value] of set) doc.set(name, value);
  return success(doc.toString({ lineWidth: 0 }));
}
