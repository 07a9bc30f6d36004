/** The prompt of one attempt: what the launch says, as the parts that a prompt is made of. */
import { isSuccess } from '../core/exit.js';
import type { ContextEntry, Launch } from '../core/launch.js';
import type { Prompt } from '../core/plan.js';
import { roleOf } from './modes.js';
import { type ContextText, type PromptText, promptText } from './prompt.js';

/**
 * What the agent is told for `work`, the prompt of this launch. `textOf` gives the result of an earlier task; `more` are notes
 * and events, which stand behind all results.
 */
export function briefing(
  { context, briefing: brief, noContext }: Launch,
  work: Prompt,
  textOf: (entry: ContextEntry) => string,
  more: readonly ContextText[] = [],
): PromptText {
  const byTask = new Map(context.map((entry) => [entry.task, entry]));
  const nearest = (brief?.nearest ?? []).flatMap((task) => byTask.get(task) ?? []);
  const results = noContext === true ? [] : nearest.map((entry) => resultOf(entry, textOf(entry)));
  return promptText({
    role: brief?.role ?? roleOf(work.mode) ?? `You work in the mode ${work.mode}.`,
    task: work.text,
    context: [...results, ...more],
    ...(brief?.contextTokens === undefined ? {} : { contextTokens: brief.contextTokens }),
  });
}

function resultOf({ task, exit }: ContextEntry, text: string): ContextText {
  return { kind: 'task', name: task, status: isSuccess(exit) ? 'succeeded' : 'failed', text };
}
