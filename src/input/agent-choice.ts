/** Which coding agent the built-in runner calls for a prompt, and how: who says it, and what is there. */
import { AGENTS } from '../agents/index.js';
import type { AgentSettings, ModeSettings, Plan, Prompt } from '../core/plan.js';
import type { Machine } from './machine.js';

/** The first of the built-in agents that is on PATH. */
export function installedAgent({ resolves }: Pick<Machine, 'resolves'>): string | undefined {
  return AGENTS.find(({ program }) => resolves(program))?.name;
}

/** The agent that somebody named for a prompt: its task, its mode, or the plan. */
export function namedAgent({ agent, mode }: Pick<Prompt, 'agent' | 'mode'>, plan: Plan): string | undefined {
  return agent ?? settingsOf(plan.modes, mode)?.agent ?? plan.agent;
}

/** What the task and its mode say about how an agent is called, in their words; nothing where they say nothing. */
export function saidHow(prompt: Prompt, plan: Pick<Plan, 'modes'>): readonly string[] {
  return Object.keys({ ...howCalled(settingsOf(plan.modes, prompt.mode)), ...howCalled(prompt) });
}

/** Whether the plan says how this agent is called. */
export function isProfiled(agent: string, { agents }: Pick<Plan, 'agents'>): boolean {
  return Object.keys(howCalled(settingsOf(agents, agent))).length > 0;
}

/**
 * The prompt for this agent with all that is said about how it is called: by the task, then by its mode, then about the
 * agent. What a task or mode says beside the name of another agent is not meant for this one.
 */
export function forAgent(prompt: Prompt, agent: string, plan: Pick<Plan, 'agents' | 'modes'>): Prompt {
  const { kind, text, mode } = prompt;
  const profile = settingsOf(plan.agents, agent);
  const meant = (settings: ModeSettings | undefined): AgentSettings =>
    settings?.agent === undefined || settings.agent === agent ? howCalled(settings) : {};
  return {
    kind,
    text,
    mode,
    agent,
    ...(profile?.command === undefined ? {} : { command: profile.command }),
    ...howCalled(profile),
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
