/** Which coding agent the built-in runner calls for a prompt, and how: who says it, and what is there. */
import { nearest } from '../core/graph.js';
import type { AgentSettings, ModeSettings, Plan, Prompt, Task } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import type { Machine } from './machine.js';
import { said } from './setting-problems.js';
import type { Setting } from './settings.js';
import { whichAre } from './sparc-work.js';

/** An agent as the choice sees it. */
export interface KnownAgent {
  readonly name: string;
  /** The word on PATH. */
  readonly program: string;
  /** What to type to install it. */
  readonly install: string;
  /** Variables that hold its key. */
  readonly keys: readonly string[];
}

/** In the order in which they are looked for when nobody names one. */
export const KNOWN_AGENTS: readonly KnownAgent[] = [
  {
    name: 'claude',
    program: 'claude',
    install: 'npm install -g @anthropic-ai/claude-code',
    keys: ['ANTHROPIC_API_KEY'],
  },
  { name: 'codex', program: 'codex', install: 'npm install -g @openai/codex', keys: ['OPENAI_API_KEY'] },
  {
    name: 'opencode',
    program: 'opencode',
    install: 'npm install -g opencode-ai',
    keys: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  },
  {
    name: 'gemini',
    program: 'gemini',
    install: 'npm install -g @google/gemini-cli',
    keys: ['GEMINI_API_KEY'],
  },
];

/** The first agent of the list that is on PATH. */
export function installedAgent(
  { resolves }: Pick<Machine, 'resolves'>,
  agents: readonly KnownAgent[] = KNOWN_AGENTS,
): KnownAgent | undefined {
  return agents.find(({ program }) => resolves(program));
}

/** The agent that somebody named for a prompt: its task, its mode, or the plan. */
export function namedAgent({ agent, mode }: Pick<Prompt, 'agent' | 'mode'>, plan: Plan): string | undefined {
  return agent ?? settingsOf(plan.modes, mode)?.agent ?? plan.agent;
}

/**
 * The prompt for this agent with all that is said about how it is called: by the task, then by its mode, then about the
 * agent. What a task or mode says beside the name of another agent is not meant for this one.
 */
export function forAgent(prompt: Prompt, agent: string, plan: Plan): Prompt {
  const { kind, text, mode } = prompt;
  const meant = (settings: ModeSettings | undefined): AgentSettings =>
    settings?.agent === undefined || settings.agent === agent ? howCalled(settings) : {};
  return {
    kind,
    text,
    mode,
    agent,
    ...howCalled(settingsOf(plan.agents, agent)),
    ...meant(settingsOf(plan.modes, mode)),
    ...meant(prompt),
  };
}

/** Of some settings those that say how an agent is called. */
export function howCalled(settings: Unset<AgentSettings> = {}): AgentSettings {
  const { model, permission, args } = settings;
  return {
    ...(model === undefined ? {} : { model }),
    ...(permission === undefined ? {} : { permission }),
    ...(args === undefined ? {} : { args }),
  };
}

type Unset<T> = { readonly [K in keyof T]?: T[K] | undefined };

function settingsOf<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Agents that nobody knows, in tasks or in what the plan says about agents and modes; `setting` is who said the plan's own. */
export function unknownAgents(
  plan: Plan,
  setting?: Setting<string>,
  agents: readonly KnownAgent[] = KNOWN_AGENTS,
): Problem[] {
  const names = agents.map(({ name }) => name);
  const unknown = (where: string, name: string | undefined): Problem[] => {
    if (name === undefined || names.includes(name)) return [];
    const near = nearest(name, names);
    return [
      problem(
        `${where}unknown agent ${JSON.stringify(name.slice(0, 60))}`,
        near === undefined ? `agents: ${names.join(', ')}` : `did you mean ${near}?`,
      ),
    ];
  };
  return [
    ...unknown('', plan.agent).map(({ message, hint }) =>
      setting !== undefined && setting.value === plan.agent
        ? said(setting.origin, message, hint)
        : problem(message, hint),
    ),
    ...Object.keys(plan.agents ?? {}).flatMap((name) => unknown('agents: ', name)),
    ...Object.entries(plan.modes ?? {}).flatMap(([mode, { agent }]) => unknown(`modes.${mode}: `, agent)),
    ...plan.tasks.flatMap(({ id, work }) =>
      work.kind === 'prompt' && work.agent !== plan.agent ? unknown(`task ${id}: `, work.agent) : [],
    ),
  ];
}

/** Agents that prompts without a runner need and that are not on this machine, each once, with how to get them. */
export function missingAgents(
  { tasks }: Plan,
  { resolves }: Pick<Machine, 'resolves'>,
  agents: readonly KnownAgent[] = KNOWN_AGENTS,
): Problem[] {
  const byAgent = new Map<string | undefined, Task[]>();
  for (const task of tasks) {
    const { work } = task;
    if (work.kind !== 'prompt' || work.runner !== undefined) continue;
    byAgent.set(work.agent, [...(byAgent.get(work.agent) ?? []), task]);
  }
  return [...byAgent].flatMap(([name, users]) => {
    if (name === undefined) {
      const all = agents.map(howTo).join(' · ');
      return [problem(`${whichAre(users)} for a coding agent, and none is installed`, `install one: ${all}`)];
    }
    const agent = agents.find((one) => one.name === name);
    if (agent === undefined || resolves(agent.program)) return [];
    return [
      problem(
        `${whichAre(users)} for the agent ${name}, and ${agent.program} is not on PATH`,
        `install ${howTo(agent)}`,
      ),
    ];
  });
}

function howTo({ name, install, keys }: KnownAgent): string {
  const key = keys.length === 0 ? '' : `; its key is ${keys.join(' or ')}`;
  return `${name}: \`${install}\`${key}`;
}
