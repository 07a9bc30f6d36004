/** What a step's plan was made of, for who wants to run a part of it again in a checkout. */
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Plan } from '../core/plan.js';
import type { Arguments } from '../input/argv.js';
import type { ActionRequest } from '../input/inputs.js';
import { findOption } from '../input/options.js';
import { isSecretName } from '../input/variables.js';
import { repositoryOf } from '../journal/repository.js';
import { trackedByGit } from '../journal/tracked.js';
import type { PlanSource } from '../reports/material.js';
import { planFileOf } from './action-plan.js';
import { foldVerb } from './arguments.js';

/** Options that change what a task does; the others say when it starts, or who hears of it. */
const TELLING = [
  ...['shell', 'agent', 'runner', 'runners', 'timeout', 'idle-timeout', 'memory-limit', 'max-output', 'env'],
  ...['pass-env', 'no-context', 'context-tokens', 'max-cost', 'max-tokens', 'allow-unmetered'],
  ...['isolate', 'isolate-setup', 'isolate-copy', 'include-dirty'],
];

/** `cwd`: where the step worked. A mode beside a file may have added tasks that only it knows. */
export async function planSource(
  request: ActionRequest,
  plan: Pick<Plan, 'cwd'>,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<PlanSource> {
  const args = foldVerb(request.verb, request.words);
  const file = planFileOf(request, args);
  if (file === undefined || args.patterns.length > 0) return { kind: 'other' };
  const top = repositoryOf(cwd);
  const path = relative(top, resolve(cwd, file));
  const folder = relative(top, plan.cwd);
  // Nobody else has what an earlier step has made.
  if ([path, folder].some(leadsOut) || (await trackedByGit(join(top, path))) === 'no')
    return { kind: 'other' };
  const isAtTop = cwd === top && folder === '' && !args.options.has('cwd');
  const options = TELLING.flatMap((name) => wordsOf(name, args, env));
  return { kind: 'file', path, options: [...(isAtTop ? [] : ['--cwd', folder || '.']), ...options] };
}

function leadsOut(path: string): boolean {
  return isAbsolute(path) || path.split(/[\\/]/)[0] === '..';
}

/** As it was typed, else as its variable says. Values of secrets are no part of it. */
function wordsOf(name: string, { verb, options }: Arguments, env: NodeJS.ProcessEnv): string[] {
  const { kind, variable = '' } = findOption(verb, name) ?? {};
  const typed = options.get(name)?.values;
  if (kind === 'switch') return typed === undefined ? [] : [`--${name}`];
  const said = kind === 'pairs' ? undefined : env[variable];
  const values = typed ?? (said === undefined || said === '' ? [] : [said]);
  const open = kind === 'pairs' ? values.filter((pair) => !isSecretName(pair.replace(/=.*/s, ''))) : values;
  return open.map((value) => `--${name}=${value}`);
}
