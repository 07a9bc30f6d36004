/** Checks the word for what an agent may do before its program would refuse it. */
import { failure, type Result, success } from '../core/problem.js';
import type { AgentCall } from './agent.js';

/** The call, unless the agent does not know the word. */
export function allowed(
  name: string,
  permissions: readonly string[],
  permission: string,
  call: AgentCall,
): Result<AgentCall> {
  if (permissions.includes(permission)) return success(call);
  return failure(
    `agent ${name} has no permission mode ${JSON.stringify(permission)}`,
    `those of ${name} are ${permissions.join(', ')}`,
  );
}
