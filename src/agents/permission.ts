/** What an agent may do: the word for it, checked before its program would refuse it, and what its prompt says of it. */
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

/** Stands after what an agent may not: it would try otherwise, for its role may well ask it to run something. */
export const DO_NOT_TRY =
  'do not try, for one refusal fails your whole task: say in your report what you would have done.';

/** Whether one of these options is among the arguments, with its value after `=` or without. */
export function hasOption(args: readonly string[], names: readonly string[]): boolean {
  return args.some((arg) => names.includes(arg.split('=')[0] ?? ''));
}

/** All values of these options: after `=`, or the words that follow until the next option. */
export function valuesOf(args: readonly string[], names: readonly string[]): string[] {
  let isValue = false;
  return args.flatMap((arg) => {
    if (!arg.startsWith('-')) return isValue ? [arg] : [];
    const [name = '', ...value] = arg.split('=');
    isValue = names.includes(name);
    return isValue && value.length > 0 ? [value.join('=')] : [];
  });
}
