/** From the name in a plan to the agent. */
import type { Prompt } from '../core/plan.js';
import type { Agent } from './agent.js';
import { customAgent } from './custom.js';
import { agentNamed } from './index.js';

/** The agent that a prompt names: one of the plan's own, which brings its command along, or a built-in one. */
export function agentOf({ agent, command }: Pick<Prompt, 'agent' | 'command'>): Agent | undefined {
  if (agent === undefined) return undefined;
  return command === undefined ? agentNamed(agent) : customAgent(agent, command);
}
