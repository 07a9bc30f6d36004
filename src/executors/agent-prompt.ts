/** What an agent is told in one attempt. Pure. */
import { type Exit, isSuccess } from '../core/exit.js';
import type { ContextEntry, Launch } from '../core/launch.js';
import type { Note } from '../core/note.js';
import type { Prompt } from '../core/plan.js';
import { unreachable } from '../core/unreachable.js';
import type { MentionPlace } from '../sparc/mention.js';
import { type ContextText, promptText } from '../sparc/prompt.js';
import { builtInRole } from '../sparc/roles.js';

/** What an attempt and its agent bring along. */
export interface PromptSurroundings {
  readonly notes: readonly Note[];
  /** Reads the result of an earlier task. */
  readonly resultOf: (entry: ContextEntry) => string;
  readonly mentions: MentionPlace;
  /** What the agent may do, in words. */
  readonly rights?: string;
  /** BATCHTOOL_CONTEXT, if the agent may read it. */
  readonly folder?: string;
}

/** The whole prompt of an attempt: the nearest results first. */
export function promptOf(
  work: Prompt,
  { context, noContext, briefing = { nearest: [] } }: Pick<Launch, 'context' | 'noContext' | 'briefing'>,
  { notes, resultOf, ...told }: PromptSurroundings,
): string {
  const { nearest, role, contextTokens } = briefing;
  const byTask = new Map(noContext === true ? [] : context.map((entry) => [entry.task, entry]));
  const earlier = nearest.flatMap((task): ContextText[] => {
    const entry = byTask.get(task);
    if (entry === undefined) return [];
    if (isSuccess(entry.exit))
      return [{ kind: 'task', name: task, status: 'succeeded', text: resultOf(entry) }];
    // Why it failed may be in words of the task itself, so it stands with them.
    const text = `How it ended: ${endOf(entry.exit)}\n\n${resultOf(entry)}`;
    return [{ kind: 'task', name: task, status: 'failed', text }];
  });
  const noted = notes.map(({ key, text }): ContextText => ({ kind: 'note', name: key, text }));
  return promptText({
    role: role ?? builtInRole(work.mode) ?? '',
    task: work.text,
    context: [...earlier, ...noted],
    ...told,
    ...(contextTokens === undefined ? {} : { contextTokens }),
  }).text;
}

/** What an agent has to know of it: no more than helps to do better. */
function endOf(exit: Exit): string {
  switch (exit.kind) {
    case 'contract':
      return exit.reason;
    case 'code':
      return `it exited with code ${exit.code}`;
    case 'signal':
      return `${exit.signal} killed it`;
    case 'timeout':
      return 'it took too long';
    case 'idle':
      return 'it wrote nothing for too long';
    case 'memory':
      return 'it used too much memory';
    case 'output':
      return 'it wrote too much';
    case 'spawn-error':
      return `it could not be started: ${exit.message}`;
    case 'rate-limit':
      return 'its provider sent it away';
    case 'conflict':
      return `the changes of ${exit.task} conflict with those of ${exit.against.join(', ')} in ${exit.files.join(', ')}`;
    case 'lost':
      return 'nobody saw its end';
    default:
      return unreachable(exit);
  }
}
