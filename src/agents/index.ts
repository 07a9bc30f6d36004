/** All agents that are built in, in the order in which they are looked for. */
import type { Agent } from './agent.js';
import { claude } from './claude.js';
import { codex } from './codex.js';
import { gemini } from './gemini.js';
import { opencode } from './opencode.js';

/** The first that is installed is taken when nobody chose one. */
export const AGENTS: readonly Agent[] = [claude, codex, opencode, gemini];

/** The built-in agent of this name. */
export function agentNamed(name: string): Agent | undefined {
  return AGENTS.find((agent) => agent.name === name);
}
