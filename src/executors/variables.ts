/** The environment of an attempt: what it inherits, what the plan sets, what batchtool says about it. Pure. */
import { delimiter, dirname } from 'node:path';
import { variableName } from '../core/graph.js';
import { LEFT_COST, LEFT_TOKENS } from '../core/handed.js';
import type { Launch } from '../core/launch.js';
import type { Budget } from '../core/plan.js';

export type Variables = Record<string, string>;

/** In two parts, for the first is large and one and the same object for many processes. */
export interface Environment {
  readonly base: Variables;
  /** Wins over `base`. */
  readonly own: Variables;
}

/** A longer value reaches a task only through `context.json`: one variable may hold 128 kB on Linux. */
export const MAX_VALUE_BYTES = 32_768;
/** Outputs beyond this in all are left to `context.json` as well: all variables share 1 to 2 MB with the arguments. */
export const MAX_VALUES_BYTES = 262_144;

/** Where a run within a task tells the run around it what it spends. */
export const BILL = 'BATCHTOOL_BILL';

/** How many runs of batchtool there are around a process. */
export const DEPTH = 'BATCHTOOL_DEPTH';

const CLEAN = ['PATH', 'HOME', 'LANG', 'TMPDIR'];
/** Nothing starts on Windows without these. */
const CLEAN_WINDOWS = [
  'PATHEXT',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'TEMP',
  'TMP',
  'USERPROFILE',
];

/**
 * What tasks take over from our environment: all of it, or with `passEnv` a small clean one, `BATCHTOOL_*`
 * (the marks of runs around us among them) and the named ones. Computed once for a run.
 */
export function inherited(
  environment: NodeJS.ProcessEnv,
  passEnv: readonly string[] | undefined,
  platform: NodeJS.Platform,
): Variables {
  const same = platform === 'win32' ? (name: string) => name.toUpperCase() : (name: string) => name;
  const clean = platform === 'win32' ? [...CLEAN, ...CLEAN_WINDOWS] : CLEAN;
  const passed = passEnv && new Set([...clean, ...passEnv].map(same));
  const variables: Variables = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || OWN.has(same(name))) continue;
    if (passed === undefined || passed.has(same(name)) || same(name).startsWith('BATCHTOOL_'))
      variables[name] = value;
  }
  variables[DEPTH] = String(depthOf(environment) + 1);
  return variables;
}

/** With these, as a hook of git has them, what works in a worktree would write to the user's own tree and index. */
const OF_A_REPOSITORY = [
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR', 'GIT_NAMESPACE'],
  ...['GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH', 'GIT_SHALLOW_FILE'],
];

/** The same object where there is nothing to leave out. */
export function withoutRepository(base: Variables): Variables {
  if (!OF_A_REPOSITORY.some((name) => name in base)) return base;
  return Object.fromEntries(Object.entries(base).filter(([name]) => !OF_A_REPOSITORY.includes(name)));
}

/** 0 for a batchtool that runs in no task of another. */
export function depthOf(environment: NodeJS.ProcessEnv): number {
  const depth = Number(environment[DEPTH] ?? 0);
  return Number.isSafeInteger(depth) && depth > 0 ? depth : 0;
}

/** What only the executor knows about an attempt. */
export interface Surroundings {
  /** From `inherited`. */
  readonly base: Variables;
  /** Values of the names in `launch.secrets`. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** The whole name of the attempt's mark. */
  readonly mark: string;
  readonly context: string;
  readonly output: string;
  readonly summary: string;
  readonly bill: string;
}

/** What an attempt has of its own. Ours win over those of the plan, and all of them over `base`. */
export function ownVariables(launch: Launch, around: Surroundings): Variables {
  const result: Variables = {};
  for (const name in launch.env) result[name] = launch.env[name] as string;
  for (const name of launch.secrets) {
    const value = around.secrets[name];
    if (value !== undefined) result[name] = value;
  }
  if (launch.worktree !== undefined) addCeiling(result, launch, around.base);
  if (launch.context.length > 0) addOutputs(result, launch);
  result.BATCHTOOL_RUN_ID = launch.run;
  result.BATCHTOOL_TASK_ID = launch.task;
  result.BATCHTOOL_ATTEMPT = String(launch.attempt);
  result.BATCHTOOL_ROUND = String(launch.round);
  if (launch.namespace !== undefined) result.BATCHTOOL_NAMESPACE = launch.namespace;
  result.BATCHTOOL_CONTEXT = around.context;
  result.BATCHTOOL_OUTPUT = around.output;
  result.BATCHTOOL_SUMMARY = around.summary;
  result[BILL] = around.bill;
  if (launch.allowance !== undefined) addAllowance(result, launch, launch.allowance);
  result[DEPTH] = around.base[DEPTH] ?? '1';
  result[around.mark] = '1';
  return result;
}

/** Git does not look for a repository in these folders when it comes from below. */
const CEILINGS = 'GIT_CEILING_DIRECTORIES';

/** Without its `.git` a worktree would be nothing but a folder in the user's tree, and git would work on that. */
function addCeiling(result: Variables, launch: Launch, base: Variables): void {
  const { BATCHTOOL_WORKTREE: worktree } = launch.env;
  if (worktree === undefined) return;
  const others = result[CEILINGS] ?? base[CEILINGS] ?? '';
  result[CEILINGS] = [dirname(worktree), ...(others === '' ? [] : [others])].join(delimiter);
}

/** All variables of a process. */
export function together({ base, own }: Environment, platform: NodeJS.Platform): Variables {
  const all = { ...base, ...own };
  return platform === 'win32' ? lastOfEachName(all) : all;
}

/** Names that an attempt always gets from its own run, never from one around it. */
const OWN = new Set([
  'BATCHTOOL_RUN_ID',
  'BATCHTOOL_TASK_ID',
  'BATCHTOOL_ATTEMPT',
  'BATCHTOOL_ROUND',
  'BATCHTOOL_NAMESPACE',
  'BATCHTOOL_CONTEXT',
  'BATCHTOOL_OUTPUT',
  'BATCHTOOL_SUMMARY',
  BILL,
  LEFT_COST,
  LEFT_TOKENS,
  // A run inside a task would write over the file of the run around it.
  'BATCHTOOL_PROGRESS_TRACKING',
]);

/** A run within the task may spend what it is handed and no more, whatever it says itself. */
function addAllowance(result: Variables, { allowUnmetered }: Launch, { costUsd, tokens }: Budget): void {
  if (costUsd !== undefined) result[LEFT_COST] = (Math.floor(costUsd * 1e6) / 1e6).toFixed(6);
  if (tokens !== undefined) result[LEFT_TOKENS] = String(Math.floor(tokens));
  if (allowUnmetered === true) result.BATCHTOOL_ALLOW_UNMETERED = '1';
}

function addOutputs(result: Variables, launch: Launch): void {
  let left = MAX_VALUES_BYTES;
  for (const { task, outputs } of launch.context) {
    const prefix = `BATCHTOOL_OUTPUT_${variableName(task)}_`;
    for (const [key, value] of Object.entries(outputs)) {
      const bytes = Buffer.byteLength(value);
      // No process can be handed a NUL.
      if (bytes > MAX_VALUE_BYTES || bytes > left || value.includes('\0')) continue;
      result[prefix + variableName(key)] = value;
      left -= bytes;
    }
  }
}

/** Windows knows `Path` and `PATH` as one: what was set last counts. */
function lastOfEachName(all: Variables): Variables {
  const names = new Map(Object.keys(all).map((name) => [name.toUpperCase(), name]));
  return Object.fromEntries([...names.values()].map((name) => [name, all[name] as string]));
}
