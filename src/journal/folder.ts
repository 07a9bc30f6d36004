/** The state folder and the folders of runs in it: where they are, whether they may be trusted, how the first is made. */
import { chmodSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { idFault } from '../core/graph.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';
import { Fatal, failure, problem, type Result, success } from '../core/problem.js';
import { shellWord } from '../core/shell-word.js';
import { unreachable } from '../core/unreachable.js';
import { codeOf, stateFault } from './fault.js';
import { FOLDER_MODE, makeFolder, writeNew } from './private-file.js';
import { repositoryOf } from './repository.js';
import { trackedByGit } from './tracked.js';

/** A state folder that was looked at and may be read. Only `openStateDir` and `lookIntoStateDir` give one. */
export interface StateDir {
  readonly path: string;
  /** One folder for each run. */
  readonly runs: string;
  /** What is known of tasks from earlier runs. */
  readonly history: string;
  /** Defaults that the user keeps for the project. */
  readonly config: string;
}

/** The paths of one run. It says nothing about whether the files are there. */
export class RunFolder {
  readonly plan: string;
  readonly meta: string;
  readonly journal: string;
  /** One file for each request to the process that writes this run. */
  readonly inbox: string;
  readonly tasks: string;
  readonly report: string;
  /** The figures of the earlier run that it is compared with, where somebody has put them there. */
  readonly baseline: string;

  constructor(
    readonly id: string,
    readonly path: string,
  ) {
    this.plan = join(path, 'plan.json');
    this.meta = join(path, 'meta.json');
    this.journal = join(path, 'events.jsonl');
    this.inbox = join(path, 'inbox');
    this.tasks = join(path, 'tasks');
    this.report = join(path, 'report');
    this.baseline = join(this.report, 'baseline.json');
  }

  /** Never outside of the run's folder: an id that is no file name ends the run. */
  files({ task, attempt }: AttemptRef): AttemptFiles {
    const fault = idFault(task);
    if (fault !== undefined)
      throw new Fatal(
        4,
        problem(
          `the stored plan ${this.plan} is damaged: task id ${JSON.stringify(task)} ${fault}`,
          'start the run anew',
        ),
      );
    // One folder for all: a new folder for each task costs more than all else that is written for it.
    const base = join(this.tasks, `${task}.${attempt}`);
    return {
      log: `${base}.log`,
      result: `${base}.md`,
      prompt: `${base}.prompt.md`,
      raw: `${base}.raw`,
      output: `${base}.output`,
      summary: `${base}.summary.md`,
      bill: `${base}.bill`,
      context: `${base}.context`,
      patch: `${base}.patch`,
    };
  }
}

const FOLDER_NAME = '.batchtool';
const CONFIG_FILE = 'config.yml';
const IGNORE_FILE = '.gitignore';
/** Shows that a folder is ours: one that merely holds files is somebody's project. */
const IGNORE_MARK = '# The state of batchtool.';
const IGNORE_TEXT = `${IGNORE_MARK} Never commit it: it is read as a plan to run.\n*\n`;
const OWN_NAMES = new Set(['runs', 'history', 'namespaces', 'worktrees', CONFIG_FILE, IGNORE_FILE]);

/** `--state-dir` if given, else `.batchtool` beside the nearest `.git` upwards, else in the current folder. */
export function findStateDir({ cwd, stateDir }: { cwd: string; stateDir?: string }): string {
  if (stateDir !== undefined && stateDir !== '') return resolve(cwd, stateDir);
  return join(repositoryOf(cwd), FOLDER_NAME);
}

/** The state folder, made if it is missing. Throws `Fatal` if the disk says no; fails if it must not be used. */
export async function openStateDir(dir: string): Promise<Result<StateDir>> {
  const path = resolve(dir);
  try {
    const refused = (await refusal(path)) ?? notOurs(path);
    if (refused !== undefined) return refused;
    makeStateDir(path);
  } catch (error) {
    throw stateFault('use the state folder', path, error);
  }
  return success(stateDirAt(path));
}

/** The state folder for those who only look: nothing is made. Undefined if there is none. */
export async function lookIntoStateDir(dir: string): Promise<Result<StateDir | undefined>> {
  const path = resolve(dir);
  try {
    if (statOf(path) === undefined) return success(undefined);
    return (await refusal(path)) ?? success(stateDirAt(path));
  } catch (error) {
    throw stateFault('read the state folder', path, error);
  }
}

/** Where a state folder keeps settings; nothing was looked at. */
export function configIn(stateDir: string): string {
  return join(stateDir, CONFIG_FILE);
}

function stateDirAt(path: string): StateDir {
  return { path, runs: join(path, 'runs'), history: join(path, 'history'), config: configIn(path) };
}

async function refusal(path: string): Promise<Result<never> | undefined> {
  const elsewhere = 'or choose another state folder with --state-dir';
  const tracked = await trackedByGit(path);
  switch (tracked) {
    case 'yes':
      return failure(
        `git tracks files in ${path}: state that may have come with a repository is never read`,
        `take it out of the repository and keep it on disk (\`git rm -r --cached ${shellWord(basename(path))}\`), ${elsewhere}`,
      );
    case 'unclear':
      return failure(
        `cannot find out whether git tracks files in ${path}: \`git ls-files\` failed there`,
        `see what \`git -C ${dirname(path)} ls-files\` says, ${elsewhere}`,
      );
    case 'no':
      return undefined;
    default:
      return unreachable(tracked);
  }
}

function makeStateDir(path: string): void {
  const found = statOf(path);
  if (found === undefined) {
    if (statOf(dirname(path)) === undefined) throw missingParent(path);
    makeFolder(path);
  } else if (!found.isDirectory()) {
    throw new Fatal(
      4,
      problem(
        `the state folder ${path} is a file`,
        'move it away, or choose another state folder with --state-dir',
      ),
    );
  } else {
    closeToOthers(path, found);
  }
  writeIgnoreFile(join(path, IGNORE_FILE));
  makeFolder(join(path, 'runs'));
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function missingParent(path: string): Fatal {
  const parent = dirname(path);
  return new Fatal(
    4,
    problem(
      `cannot make the state folder ${path}: the folder ${parent} does not exist`,
      `\`mkdir -p ${parent}\` makes it`,
    ),
  );
}

/** `--state-dir .` would make git ignore a whole project, and close it to others. */
function notOurs(path: string): Result<never> | undefined {
  if (statOf(path)?.isDirectory() !== true || hasOurMark(join(path, IGNORE_FILE))) return undefined;
  const foreign = readdirSync(path).find((name) => !OWN_NAMES.has(name));
  if (foreign === undefined) return undefined;
  return failure(
    `${path} is no state folder: it holds ${JSON.stringify(foreign)}`,
    `give it a folder of its own: --state-dir ${join(path, FOLDER_NAME)}`,
  );
}

function hasOurMark(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').startsWith(IGNORE_MARK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function closeToOthers(path: string, { mode }: Stats): void {
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') chmodSync(path, FOLDER_MODE);
}

function writeIgnoreFile(path: string): void {
  if (statOf(path) !== undefined) return;
  try {
    writeNew(path, IGNORE_TEXT);
  } catch (error) {
    // Another process makes the same folder at this moment.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}
