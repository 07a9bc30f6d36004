import { join, relative, sep } from 'node:path';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { USUAL_FILE } from '../input/request.js';
import { repositoryOf } from '../journal/repository.js';
import { isEnding, understand } from './arguments.js';
import { STARTER_PLAN, starterWorkflow } from './init-files.js';
import { isThere, writePublic } from './public-file.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';
import { version } from './version.js';

export const initVerb: Verb = { run };

const WORKFLOW = join('.github', 'workflows', 'batchtool.yml');

interface InitFile {
  readonly path: string;
  /** As seen from where we are. */
  readonly shown: string;
  readonly text: string;
}

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = understand('init', words, around, 0);
  if (isEnding(given)) return given;
  const files = filesFor(around.cwd);
  const taken = given.settings.force?.value === true ? [] : files.filter(({ path }) => isThere(path));
  if (taken.length > 0) return refuse(around, taken.map(inTheWay));
  const written = writeAll(files);
  if (!written.ok) return refuse(around, written.problems);
  const lines = files.map(({ shown }) => `wrote ${shown}`);
  around.stdout.write(
    `${lines.join('\n')}\n\nnext: batchtool run --dry-run   shows the plan\n` +
      `      batchtool run             runs it; put your own commands into ${USUAL_FILE}\n`,
  );
  return 0;
}

/** Workflows stand at the root of a repository, the plan where we are. */
function filesFor(cwd: string): InitFile[] {
  const root = repositoryOf(cwd);
  const folder = relative(root, cwd).split(sep).join('/');
  const workflow = join(root, WORKFLOW);
  return [
    { path: join(cwd, USUAL_FILE), shown: USUAL_FILE, text: STARTER_PLAN },
    { path: workflow, shown: relative(cwd, workflow), text: starterWorkflow(version, folder) },
  ];
}

function inTheWay({ shown }: InitFile): Problem {
  return problem(`${shown} is there already; nothing was written`, '`batchtool init --force` writes over it');
}

/** The last one first: its folders may be what cannot be made, and then nothing else is there either. */
function writeAll(files: readonly InitFile[]): Result<void> {
  for (const { path, shown, text } of files.toReversed()) {
    const written = writePublic(path, shown, text);
    if (!written.ok) return failures(written.problems);
  }
  return success(undefined);
}
