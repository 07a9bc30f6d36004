/** Changes what `config` keeps. The file is whole at any time: the old one or the new one. */
import { nearest } from '../core/nearest.js';
import { failure, failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { type ConfigValue, changeConfig, keptNames } from '../input/file-config.js';
import { stateFault } from '../journal/fault.js';
import { openStateDir } from '../journal/folder.js';
import { writeWhole } from '../journal/private-file.js';
import { readConfigFile } from './kept.js';
import type { Surroundings } from './surroundings.js';

export interface Change {
  readonly set: ReadonlyMap<string, ConfigValue>;
  readonly unset: readonly string[];
}

/** Forgets everything, whatever the file holds. */
const EVERYTHING = 'all';

export async function changeKept(
  stateDir: string,
  change: Change,
  around: Surroundings,
): Promise<Result<void>> {
  const found = await readConfigFile(stateDir, around);
  if (!found.ok) return found;
  const text = changedText(found.value, change);
  if (!text.ok) return text;
  const opened = await openStateDir(stateDir);
  if (!opened.ok) return opened;
  try {
    writeWhole(opened.value.config, text.value);
  } catch (error) {
    throw stateFault('write', opened.value.config, error);
  }
  return success(undefined);
}

type Found = Awaited<ReturnType<typeof readConfigFile>> extends Result<infer F> ? F : never;

function changedText(found: Found, { set, unset }: Change): Result<string> {
  if (unset.includes(EVERYTHING)) return changeConfig('', set, []);
  if (found?.unreadable === true)
    return failures([
      ...found.problems,
      problem(
        'what is kept cannot be changed one by one while the file is damaged',
        'mend it, or begin anew with `batchtool config --unset all`',
      ),
    ]);
  const both = unset.find((name) => set.has(name));
  if (both !== undefined) return failure(`${both} is set and unset`, 'leave one of them out');
  const unknown = unknownNames(unset, found?.keys ?? []);
  return unknown.length > 0 ? failures(unknown) : changeConfig(found?.text ?? '', set, unset);
}

/** What stands in the file may go, known or not. */
function unknownNames(unset: readonly string[], keys: readonly string[]): Problem[] {
  const known = [...keptNames(), ...keys];
  return unset
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      const kept = keys.length === 0 ? 'nothing is kept' : `kept now: ${keys.join(', ')}`;
      return problem(
        `--unset: there is no setting ${JSON.stringify(name)}`,
        near === undefined ? kept : `did you mean ${near}?`,
      );
    });
}
