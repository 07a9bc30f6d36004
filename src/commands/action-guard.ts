/**
 * Who may run what. Some events can be caused by anybody, and run with the token and the secrets of the project; then
 * agents and secrets are for people who may write to it, what tells a run what to do comes from the base branch, and no
 * text of the event stands in a command.
 */

import { existsSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { isAgentWork } from '../core/agent-work.js';
import type { Plan } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { unreachable } from '../core/unreachable.js';
import { accessWith } from '../github/api.js';
import { basesOf, readEvent, type Standing, standingOf, type WorkflowEvent } from '../github/event.js';
import { pastedLines, pastedTexts } from '../github/event-texts.js';
import type { InputName } from '../input/action-names.js';
import type { ActionRequest } from '../input/inputs.js';
import { isSecretName } from '../input/variables.js';
import { someOf } from '../reports/reason.js';

export interface Guarded {
  readonly request: ActionRequest;
  readonly plan: Plan;
  /** The file that the plan was read from, as it was named. */
  readonly planFile: string | undefined;
  /** What tasks may be given. */
  readonly env: NodeJS.ProcessEnv;
  /** Of the step. */
  readonly runnerEnv: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** Inputs that are run, and may hold what the event says. */
const RUN_INPUTS = ['run', 'plan'] as const satisfies readonly InputName[];

/** Whether the workflow pasted texts of strangers into what is run or set. Looked at before that is taken for commands. */
export function pastedProblems(inputs: ReadonlyMap<string, string>, runnerEnv: NodeJS.ProcessEnv): Problem[] {
  const event = readEvent(runnerEnv);
  if (standingOf(event) === 'own') return [];
  const inRun = RUN_INPUTS.flatMap((input) =>
    pastedTexts(event, inputs.get(input) ?? '').map(({ name }) =>
      problem(
        `input ${input}: it holds the text of ${name}, which anybody can write, as part of what is run`,
        `give it to the tasks in a variable: ${ofStep(name)}, and "$TEXT" in the command`,
      ),
    ),
  );
  const inEnv = pastedLines(event, inputs.get('env') ?? '').map(({ name }) =>
    problem(
      `input env: it holds the text of ${name}, which anybody can write, and each of its lines may set a variable`,
      `give it to the tasks from the step: ${ofStep(name)}, and where pass-env is given, TEXT there`,
    ),
  );
  return [...inRun, ...inEnv];
}

/** What to write instead of pasting it. */
function ofStep(name: string): string {
  return `"env: { TEXT: \${{ ${name} }} }" for the step`;
}

/** Why this run may not be started by this event. */
export async function guardProblems(guarded: Guarded): Promise<Problem[]> {
  const event = readEvent(guarded.runnerEnv);
  const standing = standingOf(event);
  if (standing === 'own' || !guarded.request.trustedOnly) return [];
  const stakes = stakesOf(guarded);
  const distrust = stakes.length === 0 ? undefined : await distrustOf(event, stakes, guarded);
  return distrust === undefined ? fileProblems(event, standing, stakes, guarded) : [distrust];
}

/** What a stranger must not get hold of, in words. */
function stakesOf({ plan, env }: Guarded): string[] {
  const agents = plan.tasks.filter(({ work }) => isAgentWork(work)).map(({ id }) => id);
  // Without a list tasks get all variables of the step.
  const given = plan.passEnv === undefined ? Object.keys(env).filter(isSecretName) : [];
  const secrets = [...new Set([...plan.secrets, ...given])].filter((name) => env[name] !== '');
  return [
    ...(agents.length === 0 ? [] : [`agents (task ${someOf(agents, 8)})`]),
    ...(secrets.length === 0 ? [] : [`secrets (${someOf(secrets, 8)})`]),
  ];
}

/** Why those who caused the event are not trusted with these. All of them must be. */
async function distrustOf(
  { name, actors, repository }: WorkflowEvent,
  stakes: readonly string[],
  { request, runnerEnv }: Guarded,
): Promise<Problem | undefined> {
  const refused = (why: string): Problem =>
    problem(
      `input trusted-only: on ${name}, ${stakes.join(' and ')} are for people who may write to ${repository}; ${why}`,
      'somebody who may can start it; "trusted-only: false" lets anybody, if nothing here can be abused',
    );
  if (actors.length === 0) return refused('who caused the event is not known');
  if (request.token === '') return refused('input github-token is empty, and it takes one to ask who may');
  const { mayWrite } = await import('../github/permission.js');
  for (const actor of actors) {
    const answer = await mayWrite(accessWith(request.token, runnerEnv), repository, actor);
    if (answer.kind === 'fault')
      return refused(`whether ${actor} may cannot be told: ${answer.fault.message}`);
    if (!answer.value) return refused(`${actor} may not`);
  }
  return undefined;
}

/**
 * Files that say what is run, or what an agent is to do. A fork's own pull request brings its own workflow and has no
 * rights; there the files of agents matter only if there is something at stake.
 */
async function fileProblems(
  event: WorkflowEvent,
  standing: Standing,
  stakes: readonly string[],
  { plan, planFile, cwd, env, request, runnerEnv }: Guarded,
): Promise<Problem[]> {
  const agentFiles = standing === 'anybody' || stakes.length > 0;
  if (!agentFiles && planFile === undefined) return [];
  const { compareWithBase } = await import('../github/base-files.js');
  const { git } = await import('../github/git.js');
  const { localPrograms } = await import('./local-programs.js');
  const programs = localPrograms(plan, env, runnerEnv.GITHUB_WORKSPACE ?? cwd);
  const server = runnerEnv.GITHUB_SERVER_URL ?? 'https://github.com';
  const compared = await compareWithBase(git(runnerEnv, { server, token: request.token }), {
    folders: foldersOf(plan, cwd, programs),
    bases: basesOf(event),
    agentFiles,
    remote: `${server}/${event.repository}`,
    ...(planFile === undefined ? {} : { planFile }),
    ...(programs === undefined ? {} : { programs }),
  });
  switch (compared.kind) {
    case 'same':
      return [];
    case 'differs':
      return [strangersFiles(event.name, compared.files)];
    case 'unknown':
      return [unknownFiles(event.name, compared.why)];
    default:
      return unreachable(compared);
  }
}

/** That of the step, those of tasks, and those of programs. One that is not there has no files. */
function foldersOf(
  { cwd, tasks }: Plan,
  stepFolder: string,
  programs: readonly string[] = [],
): [string, ...string[]] {
  const others = new Set([
    ...tasks.map((task) => resolve(cwd, task.cwd ?? '.')),
    ...programs.filter((path) => isAbsolute(path)).map((path) => dirname(path)),
  ]);
  others.delete(stepFolder);
  return [stepFolder, ...[...others].filter((folder) => existsSync(folder))];
}

const FROM_BASE =
  'check the base branch out for this step (actions/checkout without "ref"); "trusted-only: false" takes the files as they are';

function strangersFiles(event: string, files: readonly string[]): Problem {
  const differ = files.length === 1 ? 'is not what it is' : 'are not what they are';
  return problem(
    `input trusted-only: ${someOf(files, 8)} ${differ} in the base branch, and ${event} can be caused by anybody`,
    FROM_BASE,
  );
}

function unknownFiles(event: string, why: string): Problem {
  return problem(
    `input trusted-only: ${event} can be caused by anybody, so what tells a run what to do must come from the base branch; ${why}`,
    FROM_BASE,
  );
}
