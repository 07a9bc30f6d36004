/** What `config` keeps for this project: found, known not to have come with a repository, and read. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type Result, success } from '../core/problem.js';
import type { Arguments } from '../input/argv.js';
import type { ConfigFile } from '../input/file-config.js';
import type { KeptMaps } from '../input/file-config-maps.js';
import { stateFault } from '../journal/fault.js';
import { configIn, findStateDir, lookIntoStateDir } from '../journal/folder.js';
import type { Surroundings } from './surroundings.js';

/** The state folder that these words mean. */
export function stateFolderOf({ options }: Arguments, { cwd, env }: Surroundings): string {
  const stateDir = options.get('state-dir')?.values[0] ?? env.BATCHTOOL_STATE_DIR;
  return findStateDir(stateDir === undefined ? { cwd } : { cwd, stateDir });
}

/** What is kept, and what is wrong with it. */
export type Kept = Pick<ConfigFile, 'settings' | 'problems'> & { readonly maps?: KeptMaps };

const NOTHING_KEPT: Kept = { settings: {}, problems: [] };

/** Defaults for a run; costs one look when there are none. What is wrong with them is a fault of the request. */
export async function keptSettings(args: Arguments, around: Surroundings): Promise<Result<Kept>> {
  const config = await readConfigFile(stateFolderOf(args, around), around);
  return config.ok ? success(config.value ?? NOTHING_KEPT) : config;
}

/** The file as it stands; undefined if there is none. Throws `Fatal` when it is there and cannot be read. */
export async function readConfigFile(
  stateDir: string,
  around: Surroundings,
): Promise<Result<(ConfigFile & Kept & { readonly text: string }) | undefined>> {
  const path = configIn(stateDir);
  if (!existsSync(path)) return success(undefined);
  const looked = await lookIntoStateDir(stateDir);
  if (!looked.ok) return looked;
  const text = readText(path);
  const { readConfig } = await import('../input/file-config.js');
  const config = readConfig(shownPath(path, around), text);
  if (config.withMaps === undefined) return success({ ...config, text });
  const { readMaps } = await import('../input/file-config-maps.js');
  const { maps, problems } = readMaps(config.withMaps);
  return success({ ...config, text, maps, problems: [...config.problems, ...problems] });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw stateFault('read', path, error);
  }
}

/** As short as it can be typed here. */
export function shownPath(path: string, { cwd }: Surroundings): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
