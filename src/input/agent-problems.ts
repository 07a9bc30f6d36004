/** What is wrong with the agents that a plan speaks of: nobody knows them, they are not there, or cannot be asked for that. */
import type { Agent } from '../agents/agent.js';
import { AGENTS } from '../agents/index.js';
import { agentOf } from '../agents/of-prompt.js';
import { isForAgent } from '../core/agent-work.js';
import { nearest } from '../core/nearest.js';
import type { Plan, Prompt, Task } from '../core/plan.js';
import { type Place, type Problem, problem } from '../core/problem.js';
import { howCalled, saidHow } from './agent-choice.js';
import type { Machine } from './machine.js';
import type { Places } from './place.js';
import { said } from './setting-problems.js';
import type { Setting } from './settings.js';
import { someIds, somePrograms, whichAre } from './sparc-work.js';

/** What must be known of the machine. */
type Words = Pick<Machine, 'resolves' | 'moreRunners'>;

const BUILT_IN = AGENTS.map(({ name }) => name);

/** Names that nobody knows, in tasks or in what the plan says about agents and modes; `setting` is who said the plan's own. */
export function unknownAgents(
  plan: Pick<Plan, 'agent' | 'agents' | 'modes' | 'tasks'>,
  setting?: Setting<string>,
  placeOf: Places = () => undefined,
): Problem[] {
  const { agents = {}, modes = {} } = plan;
  const own = Object.keys(agents).filter((name) => agents[name]?.command !== undefined);
  const names = [...BUILT_IN, ...own];
  const unknown = (where: string, name: string | undefined, place?: Place): Problem[] =>
    name === undefined || names.includes(name) ? [] : [unknownAgent(where, name, names, place)];
  return [
    ...unknown('', plan.agent).map((fault) =>
      setting !== undefined && setting.value === plan.agent
        ? said(setting.origin, fault.message, fault.hint)
        : fault,
    ),
    ...own
      .filter((name) => BUILT_IN.includes(name))
      .map((name) =>
        problem(
          `agents: ${name} is built in and takes no command`,
          'call an agent of your own otherwise',
          placeOf(['agents', name, 'command'], 'key'),
        ),
      ),
    ...Object.keys(agents).flatMap((name) => unknown('agents: ', name, placeOf(['agents', name], 'key'))),
    ...Object.entries(modes).flatMap(([mode, { agent }]) =>
      unknown(`modes.${mode}: `, agent, placeOf(['modes', mode, 'agent'], 'value')),
    ),
    ...plan.tasks.flatMap(({ id, work }) =>
      work.kind === 'prompt' && work.agent !== plan.agent
        ? unknown(`task ${id}: `, work.agent, placeOf(['tasks', id, 'agent'], 'value'))
        : [],
    ),
  ];
}

function unknownAgent(where: string, name: string, names: readonly string[], place?: Place): Problem {
  const near = nearest(name, names);
  return problem(
    `${where}unknown agent ${JSON.stringify(name.slice(0, 60))}`,
    near !== undefined
      ? `did you mean ${near}?`
      : `agents: ${names.join(', ')}; in a plan file one of your own, agents: {NAME: {command: …}}`,
    place,
  );
}

/** Agents that are not there for the prompts that no runner takes. Tasks that ask for the same are told together. */
export function missingAgents(plan: Plan, machine: Words): Problem[] {
  const byAgent = grouped(plan, (work) => work.agent ?? JSON.stringify(saidHow(work, plan)));
  return byAgent.flatMap((users) => missing(users, plan, machine));
}

/** Prompts that their agents cannot be given in the way that is asked for. */
export function impossibleCalls(plan: Plan): Problem[] {
  return grouped(plan, (work) => JSON.stringify([work.agent, howCalled(work)])).flatMap(impossible);
}

/** The tasks whose prompts no runner takes. */
function grouped({ tasks }: Plan, keyOf: (work: Prompt) => string): readonly Task[][] {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const { work } = task;
    if (!isForAgent(work)) continue;
    const key = keyOf(work);
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  return [...groups.values()];
}

/** Nothing is said of it that only an agent could heed. */
function mayHaveRunner(work: Prompt, plan: Plan): boolean {
  return plan.runner === undefined && saidHow(work, plan).length === 0;
}

/** `users` name the same agent, or none, and then a SPARC runner might take them as well. */
function missing(users: readonly Task[], plan: Plan, { resolves, moreRunners }: Words): Problem[] {
  const work = users[0]?.work as Prompt;
  const said = saidHow(work, plan);
  if (work.agent === undefined) {
    const hint = [
      'install one; `batchtool doctor` says which are there',
      ...AGENTS.map(howToInstall),
      ...(mayHaveRunner(work, plan)
        ? [`or put a SPARC runner on PATH (not installed: ${somePrograms(moreRunners)})`]
        : []),
      'a text that is a command takes "sh:" before it, in a plan file "run"',
    ];
    const why = said.length === 0 ? '' : ` (${said.join(', ')} ${said.length === 1 ? 'is' : 'are'} said)`;
    return [
      problem(`${whichAre(users)} for a coding agent${why}, and none is installed`, hint.join('\n    ')),
    ];
  }
  const agent = agentOf(work);
  if (agent === undefined || resolves(agent.program)) return [];
  return [
    problem(
      `${whichAre(users)} for the agent ${agent.name}, and ${agent.program} is not on PATH`,
      work.command === undefined ? `install ${howToInstall(agent)}` : agent.install,
    ),
  ];
}

function howToInstall({ name, install, keys }: Agent): string {
  return `${name}: \`${install}\`; its key is ${keys.join(' or ')}`;
}

/** `users` call the same agent in the same way. What is added to their prompts comes later. */
function impossible(users: readonly Task[]): Problem[] {
  const work = users[0]?.work as Prompt;
  const { args: extraArguments = [], ...settings } = howCalled(work);
  const prompt = users
    .map((user) => (user.work as Prompt).text)
    .reduce((a, b) => (b.length > a.length ? b : a), '');
  const call = agentOf(work)?.call({ prompt, ...settings, extraArguments });
  if (call === undefined || call.ok) return [];
  const who = `${users.length === 1 ? 'task' : 'tasks'} ${someIds(users)}`;
  return call.problems.map(({ message, hint }) => problem(`${who}: ${message}`, hint));
}
