/** What settings and plan file say about runner, agents and modes, as a plan has it. */
import type { ModeSettings, Plan, Prompt, Task } from '../core/plan.js';
import { modeNamed } from '../sparc/modes.js';
import { agentPool } from './agent-pools.js';
import type { Machine } from './machine.js';
import type { TaskFile } from './plan-file.js';
import type { RunRequest } from './request.js';
import { isForced, type Setting, type Settings } from './settings.js';

type AgentPart = Pick<Plan, 'runner' | 'agent' | 'agents' | 'modes' | 'contextTokens'>;

/** For a plan that is made here and now: from every origin. */
export function agentPart(
  { settings, kept }: Pick<RunRequest, 'settings' | 'kept'>,
  file: TaskFile | undefined,
  machine: Machine,
): AgentPart {
  const { modes = {} } = file ?? {};
  const agents = merged(kept.agents, file?.agents);
  const own = machine.ownModes?.modes;
  const named = Object.entries(modes).map(([name, said]) => [modeNamed(name, own) ?? name, said]);
  return {
    ...saidBy(settings, () => true),
    ...(Object.keys(agents).length === 0 ? {} : { agents }),
    ...(named.length === 0 ? {} : { modes: Object.fromEntries(named) }),
  };
}

/** What the second says about an agent stands before what the first does. */
function merged(first: Plan['agents'] = {}, second: Plan['agents'] = {}): NonNullable<Plan['agents']> {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries([...names].map((name) => [name, { ...first[name], ...second[name] }]));
}

/** The plan with what flags and variables say, which beats all that it says itself. */
export function withForced(plan: Plan, settings: Settings): Plan {
  const { runner: _, ...rest } = plan;
  const forced = { ...(isForced(settings.runner) ? rest : plan), ...saidBy(settings, isForced) };
  return isForced(settings.agent) && settings.agent !== undefined
    ? withAgent(forced, settings.agent.value)
    : forced;
}

function saidBy(
  settings: Settings,
  counts: (setting: Setting<unknown> | undefined) => boolean,
): Pick<AgentPart, 'runner' | 'agent' | 'contextTokens'> {
  const { runner, agent, 'context-tokens': tokens } = settings;
  return {
    ...(runner === undefined || runner.value === 'auto' || !counts(runner) ? {} : { runner: runner.value }),
    ...(agent === undefined || !counts(agent) ? {} : { agent: agent.value }),
    ...(tokens === undefined || !counts(tokens) ? {} : { contextTokens: tokens.value }),
  };
}

/** With this agent for every prompt, whatever tasks and modes say. */
function withAgent(plan: Plan, agent: string): Plan {
  const { modes } = plan;
  const kept = Object.entries(modes ?? {}).map(([name, said]) => [name, withoutOther(said, agent)]);
  return {
    ...plan,
    ...(modes === undefined ? {} : { modes: Object.fromEntries(kept) }),
    tasks: plan.tasks.map((task) => forAgentAlone(task, agent)),
  };
}

/** A stored plan has put the task into the pool of the agent that it was for. */
function forAgentAlone(task: Task, agent: string): Task {
  const { work, pools } = task;
  if (work.kind !== 'prompt') return task;
  const left = work.agent === undefined || work.agent === agent ? undefined : agentPool(work.agent);
  return {
    ...task,
    work: { ...withoutOther(work, agent), agent },
    pools: pools.filter((pool) => pool !== left),
  };
}

/** Without the name of another agent, and without what is said beside it. */
function withoutOther<T extends ModeSettings | Prompt>(settings: T, agent: string): T {
  if (settings.agent === undefined || settings.agent === agent) return settings;
  const beside: ReadonlySet<string> = new Set(['agent', 'model', 'permission', 'args', 'command']);
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !beside.has(key))) as T;
}

/** With the project's own words for the modes of prompts that no runner takes: the plan must not depend on a file that changes. */
export function withRoles(plan: Plan, { ownModes }: Machine): Plan {
  const roles = new Map(ownModes?.modes.map(({ slug, role }) => [slug, role]));
  if (roles.size === 0) return plan;
  const modes: Record<string, ModeSettings> = { ...plan.modes };
  for (const { work } of plan.tasks) {
    if (work.kind !== 'prompt' || work.runner !== undefined) continue;
    const role = roles.get(work.mode);
    const said = Object.hasOwn(modes, work.mode) ? modes[work.mode] : undefined;
    if (role !== undefined && said?.role === undefined) modes[work.mode] = { ...said, role };
  }
  return Object.keys(modes).length === 0 ? plan : { ...plan, modes };
}
