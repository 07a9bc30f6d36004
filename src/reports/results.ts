/** The output `results` of the action: how each task ended, as JSON that GitHub takes. */
import type { RunState, TaskState } from '../core/state.js';
import { lastAttempt } from '../core/state.js';
import { usedBy } from './cost.js';
import { failureReason } from './reason.js';
import { type RunWord, runWord } from './status.js';

/**
 * All outputs of a job share 1 MiB, as GitHub counts: two bytes for each UTF-16 unit. The rest is for other outputs.
 */
export const MOST_CHARACTERS = 400_000;

export interface ResultsDocument {
  readonly status: RunWord;
  /** What had to be left out, so that all fits: outputs of tasks first, then tasks that succeeded, then the last ones. */
  readonly omitted: readonly ('outputs' | 'succeeded' | 'tasks')[];
  readonly tasks: readonly ResultDocument[];
}

export interface ResultDocument {
  readonly id: string;
  readonly label: string;
  readonly status: string;
  readonly attempts: number;
  /** Of the newest attempt, milliseconds. */
  readonly durationMs: number | null;
  /** Of all attempts, US dollars; null when none told it. */
  readonly costUsd: number | null;
  readonly reason: string | null;
  readonly outputs?: Readonly<Record<string, string>>;
}

/** The document as text, never longer than `most` as long as that has room for one task. */
export function resultsText(state: RunState, interrupted = false, most = MOST_CHARACTERS): string {
  const word = runWord(state, interrupted);
  const whole = state.tasks.map((task) => resultOf(state, task));
  const text = documentText(word, [], whole);
  if (text.length <= most) return text;
  const bare = whole.map(({ outputs: _, ...rest }) => rest);
  const short = documentText(word, ['outputs'], bare);
  if (short.length <= most) return short;
  const unsuccessful = bare.filter(({ status }) => status !== 'succeeded');
  const bad = documentText(word, ['outputs', 'succeeded'], unsuccessful);
  return bad.length <= most ? bad : firstOnes(word, unsuccessful, most);
}

function firstOnes(word: RunWord, tasks: readonly ResultDocument[], most: number): string {
  let left = most - documentText(word, ['outputs', 'succeeded', 'tasks'], []).length;
  const end = tasks.findIndex((task) => {
    left -= JSON.stringify(task).length + 1;
    return left < 0;
  });
  return documentText(word, ['outputs', 'succeeded', 'tasks'], tasks.slice(0, end));
}

function documentText(
  status: RunWord,
  omitted: ResultsDocument['omitted'],
  tasks: readonly ResultDocument[],
): string {
  return JSON.stringify({ status, omitted, tasks } satisfies ResultsDocument);
}

function resultOf(state: RunState, task: TaskState): ResultDocument {
  const attempt = lastAttempt(task);
  const took = attempt?.endedAt === undefined ? null : attempt.endedAt - attempt.startedAt;
  return {
    id: task.task.id,
    label: task.task.label,
    status: task.status,
    attempts: task.attempts.length,
    durationMs: took,
    costUsd: usedBy(task).costUsd ?? null,
    reason: task.outcome?.kind === 'failed' ? failureReason(state, task, task.outcome.exit) : null,
    ...(attempt?.outputs === undefined ? {} : { outputs: attempt.outputs }),
  };
}
