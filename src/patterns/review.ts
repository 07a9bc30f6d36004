/** A review looks at what a task has done, and sends it back while it finds something: a loop of the two. */
import type { Loop, TaskId, Work } from '../core/plan.js';
import { type Draft, dataNeed } from './pattern.js';

/** Once sent back, as a rule: an agent that did not understand it then will not understand it later. */
export const DEFAULT_REVIEW_ROUNDS = 2;

const VERDICT = `Do not change anything yourself. End with a line "VERDICT: accept", or with what has to change and then a line "VERDICT: reject".`;

export function reviewId(task: TaskId): TaskId {
  return `${task}-review`;
}

/** The task that looks at another one, in its place and under its limits. */
export function reviewOf(reviewed: Draft, work: Work): Draft {
  const { keep: _keep, once: _once, expect: _expect, when: _when, ...alike } = reviewed;
  const asked: Work = work.kind === 'prompt' ? { ...work, text: `${work.text}\n\n${VERDICT}` } : work;
  return {
    ...alike,
    id: reviewId(reviewed.id),
    label: `review of ${reviewed.label}`,
    work: asked,
    needs: [dataNeed(reviewed.id)],
    // A review that has something to say is no failure that another try would mend.
    retry: { max: 0 },
    ...(work.kind === 'prompt' ? { expect: { verdict: true } } : {}),
  };
}

/** `rounds`: how often the task is done at most. */
export function reviewLoop(task: TaskId, rounds: number): Loop {
  const reviewer = reviewId(task);
  return { id: reviewer, tasks: [task, reviewer], again: { kind: 'failed', tasks: [reviewer] }, max: rounds };
}
