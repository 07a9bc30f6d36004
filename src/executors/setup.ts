/** What makes the worktree of an attempt ready before its work. */
import type { Launch } from '../core/launch.js';

/** The command that makes its worktree ready, by the task's own shell and under its limits. */
export function setupOf(
  { expect: _, context: __, namespace: ___, briefing: ____, ...launch }: Launch,
  text: string,
): Launch {
  const shell = launch.work.kind === 'command' ? launch.work.shell : undefined;
  const work = { kind: 'command', text, ...(shell === undefined ? {} : { shell }) } as const;
  return { ...launch, work, context: [], keep: false };
}

/** Its setup counts as a part of it. */
export function withTimeLeft(launch: Launch, elapsedMillis: number): Launch {
  const { timeoutMillis } = launch.limits;
  if (timeoutMillis === undefined) return launch;
  return {
    ...launch,
    limits: { ...launch.limits, timeoutMillis: Math.max(1, timeoutMillis - elapsedMillis) },
  };
}
