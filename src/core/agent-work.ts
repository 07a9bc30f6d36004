/** Which work is done by a coding agent, and which of that is ours to start one for. */
import type { Prompt, Work } from './plan.js';

/** A prompt that no SPARC runner takes: the built-in runner hands it to an agent. */
export function isForAgent(work: Work): work is Prompt {
  return work.kind === 'prompt' && work.runner === undefined;
}

/** A model is asked and its answer is what counts, whoever starts the agent: any prompt, and commands of SPARC runners. */
export function isAgentWork(work: Work): boolean {
  return work.kind !== 'integrate' && (work.kind === 'prompt' || work.runner !== undefined);
}
