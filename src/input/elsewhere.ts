/** A plan that is only looked at here and run elsewhere: variables that it hands on need not be set here. */
import type { Machine } from './machine.js';
import type { RunRequest } from './request.js';

/** This machine, with every variable set that the request names. */
export function withNamedVariables(request: RunRequest, machine: Machine): Machine {
  const { source, settings } = request;
  const named = [
    ...(settings['pass-env']?.value ?? []),
    ...(source.kind === 'file' && source.file.kind === 'plan' ? source.file.plan.secrets : []),
  ];
  const unset = named.filter((name) => machine.env[name] === undefined).map((name) => [name, '']);
  return { ...machine, env: { ...machine.env, ...Object.fromEntries(unset) } };
}
