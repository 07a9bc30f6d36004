/** What a plan file says about the run as a whole, under the names of the options that say the same. */
import type { Place } from '../core/problem.js';
import { textsOf } from './file-fields.js';
import type { RawFrame } from './file-schema.js';
import type { Option } from './option.js';
import { OPTIONS, type OptionName } from './options.js';
import { type Located, type Path, valueAt } from './place.js';
import type { FileSettings } from './settings.js';

/** Words of GitHub workflows for what the table of options has a key of its own for. */
const OTHER_KEYS: { readonly [N in OptionName]?: Path } = {
  timeout: ['defaults', 'timeout-minutes'],
  shell: ['defaults', 'run', 'shell'],
};

export function fileSettings(raw: RawFrame, located: Located): FileSettings {
  const said = OPTIONS.flatMap((option: Option) => {
    const path = pathIn(raw, option);
    if (path === undefined) return [];
    const value = option.kind === 'pairs' ? textsOf(located, raw.env, path) : valueAt(raw, path);
    return [[option.name, lazily(value, path, located)] as const];
  });
  return Object.fromEntries(said);
}

/** Where the file says what the option does, if it does. */
function pathIn(raw: RawFrame, { name, fileKey }: Option): Path | undefined {
  const paths = [fileKey?.split('.'), OTHER_KEYS[name as OptionName]];
  return paths.find((path) => path !== undefined && valueAt(raw, path) !== undefined);
}

/** Places cost a second look at the file; they are asked for only where something is shown. */
function lazily(value: unknown, path: Path, located: Located): { value: unknown; readonly place: Place } {
  return {
    value,
    get place() {
      return located.placeOf(path, 'key');
    },
  };
}
