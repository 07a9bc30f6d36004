/** Why an attempt ended, and what became of a task. */
import type { FailureClass } from './failure.js';
import type { TaskId } from './plan.js';

/** Exactly one per started attempt. The kinds are the words that users see in `exit.kind`. */
export type Exit =
  /** The process ended by itself with this code. */
  | { readonly kind: 'code'; readonly code: number }
  /** A signal that we did not send ended it (SIGKILL often means the kernel's out-of-memory killer). */
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'timeout'; readonly limitMillis: number }
  /** No byte of output for this long. */
  | { readonly kind: 'idle'; readonly limitMillis: number }
  | { readonly kind: 'memory'; readonly limitBytes: number; readonly peakBytes: number }
  | { readonly kind: 'output'; readonly limitBytes: number }
  /** The process could not be started at all. */
  | { readonly kind: 'spawn-error'; readonly message: string }
  /** It did not deliver what was promised, though it exited well or said itself why not. */
  | BrokenContract
  /** The provider sent it away. Does not count as an attempt. */
  | { readonly kind: 'rate-limit'; readonly retryAfterMillis?: number }
  /** The changes of a task could not be merged. */
  | ({ readonly kind: 'conflict' } & Conflict)
  /** batchtool, or its process that had started it, died while it ran; nobody saw its end. Does not count as an attempt. */
  | { readonly kind: 'lost' };

/** What was promised is not there, or there was no success to begin with. */
export interface BrokenContract {
  readonly kind: 'contract';
  readonly reason: string;
  readonly failure?: FailureClass;
  /** The plan is at fault: no other attempt would do better. */
  readonly final?: true;
  /** A run within it stopped, for what it was handed of the budget is used up. */
  readonly handed?: true;
}

/** Two tasks changed the same in different ways. */
export interface Conflict {
  /** Paths from the top of the repository. */
  readonly files: readonly string[];
  /** The one that came later in the order of merging. */
  readonly task: TaskId;
  /** Those before it that changed the same files. */
  readonly against: readonly TaskId[];
  /** The commit with all that was merged before it. */
  readonly onto: string;
  /** The others after it that do not fit either, in the order of merging. */
  readonly more?: readonly LeftOut[];
}

/** A task whose changes are not in a merge that goes on after a conflict. */
export interface LeftOut {
  readonly task: TaskId;
  /** Both are absent where it builds on another that is left out. */
  readonly files?: readonly string[];
  readonly against?: readonly TaskId[];
}

/** The same attempt would meet the same refusal. */
const FINAL_FAILURES: readonly FailureClass[] = [
  'auth',
  'permission',
  'context-too-long',
  'budget',
  'unsupported',
];

/** Why a task never ran. */
export type Because =
  /** A task that it needs failed, was skipped or was cancelled. */
  | { readonly kind: 'need'; readonly task: TaskId }
  /** `when: failure`, and nothing before it failed. */
  | { readonly kind: 'nothing-failed' }
  /** `when: any-success`, and nothing before it succeeded. Fails the run, for what was wanted is not there. */
  | { readonly kind: 'none-succeeded' }
  /** The run stopped first. */
  | { readonly kind: 'stopped'; readonly by: 'failure' | 'budget' | 'deadline' };

export type Outcome =
  | { readonly kind: 'succeeded'; readonly cached?: boolean }
  | { readonly kind: 'failed'; readonly exit: Exit }
  | { readonly kind: 'skipped'; readonly because: Because }
  | { readonly kind: 'cancelled' };

/** Did not keep its promise, in words, and might keep it another time. */
export function brokenContract(reason: string): BrokenContract {
  return { kind: 'contract', reason };
}

/** An attempt that exited like this did what it was asked to. */
export function isSuccess(exit: Exit): boolean {
  return exit.kind === 'code' && exit.code === 0;
}

/** Trying again cannot help: the same merge meets the same conflict, the same key the same closed door. */
export function isFinal(exit: Exit): boolean {
  if (exit.kind !== 'contract') return exit.kind === 'conflict';
  return exit.final === true || (exit.failure !== undefined && FINAL_FAILURES.includes(exit.failure));
}

/** The agent's program ended badly: by itself, or somebody else ended it. */
export function isCrash(exit: Exit): boolean {
  return exit.kind === 'signal' || (exit.kind === 'contract' && exit.failure === 'crash');
}

/** An agent was broken off in its work, and neither this work nor its limits are why: what it did until then is worth going on with. */
export function isBrokenOff(exit: Exit): boolean {
  if (exit.kind === 'contract' && exit.failure === 'network') return true;
  return exit.kind === 'rate-limit' || isCrash(exit);
}

/** Ends that are not the task's own doing use up no attempt. */
export function countsAsAttempt(exit: Exit): boolean {
  return exit.kind !== 'rate-limit' && exit.kind !== 'lost';
}

/** The same end, with what is said of it in words changed. */
export function reworded(exit: Exit, change: (words: string) => string): Exit {
  if (exit.kind === 'contract') return { ...exit, reason: change(exit.reason) };
  if (exit.kind === 'spawn-error') return { ...exit, message: change(exit.message) };
  return exit;
}
