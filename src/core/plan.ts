/**
 * A Plan is a graph of tasks as plain JSON: what every pattern compiles to, what is stored as
 * plan.json, exported, and read back. It says *what* is to be done; nothing in it changes while it runs.
 */
import type { ExpectPolicy } from './expect.js';
import type { Prices } from './prices.js';

/** A file name and a key: letters, digits, `.`, `_`, `-`; unique in its plan, also as a variable name. */
export type TaskId = string;
/** Something that holds a number of slots: `main` (max-concurrent), one per agent, any that a plan names. */
export type PoolId = string;

/** The pool that `--max-concurrent` sizes. */
export const MAIN_POOL: PoolId = 'main';

/** `data` needs the result and can never be let go; mere `order` is let go by `--on-error continue`. */
export interface Need {
  readonly task: TaskId;
  readonly kind: 'data' | 'order';
}

/**
 * When a task runs, once all that it needs has ended:
 * `success` every need succeeded (or failed and may fail) · `failure` something before it failed ·
 * `always` in any case, even after a failure has stopped the run · `any-success` one need at least succeeded.
 */
export type When = 'success' | 'failure' | 'always' | 'any-success';

/** A text for a shell, exactly as the user wrote it. */
export interface Command {
  readonly kind: 'command';
  readonly text: string;
  /** Program and arguments before the text; default `['sh', '-c']`. */
  readonly shell?: readonly string[];
  /** The SPARC runner that the text calls. Such programs exit 0 on failure, so their words are looked at too. */
  readonly runner?: string;
  /** A program that the text calls and that spends money: `batchtool`, which tells its bill, or an agent, which tells nobody. */
  readonly calls?: string;
}

/** How a coding agent is called. What is left out, the agent decides. */
export interface AgentSettings {
  readonly model?: string;
  /** What it may do without asking, in its own words: `acceptEdits`, `workspace-write`. */
  readonly permission?: string;
  /** More arguments for its program. */
  readonly args?: readonly string[];
}

/** What a plan says about an agent. */
export interface AgentProfile extends AgentSettings {
  /** Of an agent of the plan's own: its program and arguments, with places for prompt and model. */
  readonly command?: readonly string[];
}

/** What holds for all prompts of a mode that do not say otherwise. */
export interface ModeSettings extends AgentSettings {
  /** The agent that takes them. What stands beside it here is for this agent alone. */
  readonly agent?: string;
  /** What a project tells the agent to be, where the mode is its own. */
  readonly role?: string;
}

/** A text for a coding agent, through no shell. A runner gets it as one argument; without one, the built-in runner has it. */
export interface Prompt extends AgentSettings {
  readonly kind: 'prompt';
  readonly text: string;
  readonly mode: string;
  /** The agent that the built-in runner calls. What stands beside it here is for this agent alone. */
  readonly agent?: string;
  /** The command of this agent, where it is one of the plan's own. */
  readonly command?: readonly string[];
  /** The SPARC runner that carries it out: a program on PATH, or its absolute path. */
  readonly runner?: string;
}

/** Where the work of a run ends: on a branch of its own, in the user's tree if that can simply move on, or on the tasks' branches. */
export type Into = 'branch' | 'worktree' | 'none';

/** One of several that do the same: its tasks build on each other. */
export interface Variant {
  readonly name: string;
  readonly tasks: readonly TaskId[];
}

/** Of several variants one is taken: the one that `judge` named as its output `winner`, or by rule where nobody did. */
export interface Pick {
  readonly judge?: TaskId;
  readonly among: readonly Variant[];
}

/** Merges the changes of isolated tasks one after the other, in the order of `members`; with `pick`, only those of the winner. */
export interface Integrate {
  readonly kind: 'integrate';
  readonly members: readonly TaskId[];
  readonly pick?: Pick;
  /** Of the last one of a run. */
  readonly into?: Into;
}

export type Work = Command | Prompt | Integrate;

/** Attempts of one round = 1 + `max`. The delay doubles with each retry up to `maxDelayMillis`, with jitter. */
export interface RetryPolicy {
  readonly max: number;
  readonly delayMillis: number;
  readonly maxDelayMillis: number;
}

/** Limits of one attempt, enforced by the executor next to the process. Absent: no limit. */
export interface Limits {
  readonly timeoutMillis?: number;
  /** Longest time without a byte of output. */
  readonly idleMillis?: number;
  /** Resident memory of the whole process tree. */
  readonly memoryBytes?: number;
  readonly outputBytes?: number;
}

export interface Task {
  readonly id: TaskId;
  /** What people see; usually the text, cut to one line. */
  readonly label: string;
  readonly work: Work;
  readonly needs: readonly Need[];
  readonly when: When;
  /** Its failure fails neither what needs it nor the run (GitHub's `continue-on-error`). */
  readonly mayFail?: boolean;
  /** An attempt whose owner died is not repeated by a resume: it may have acted. */
  readonly once?: boolean;
  /** What it leaves running lives until the run ends, as a service. */
  readonly keep?: boolean;
  readonly stage?: string;
  /** The label that the user gave to it and those written with it, for people. */
  readonly group?: string;
  readonly tags: readonly string[];
  /** Higher starts first; `normal` is 0. */
  readonly priority: number;
  /** One slot of each is held while an attempt runs. */
  readonly pools: readonly PoolId[];
  readonly retry: RetryPolicy;
  readonly limits: Limits;
  /** Variables of this task on top of the plan's. */
  readonly env: Readonly<Record<string, string>>;
  /** Relative to the plan's `cwd`. */
  readonly cwd?: string;
  readonly namespace?: string;
  /** With `worktree`, each attempt works in a git worktree of its own. */
  readonly isolate?: 'none' | 'worktree';
  /** The task in whose commit an isolated or integrating task begins; absent: where the run began. */
  readonly base?: TaskId;
  /** Patterns of files that git ignores and that its worktree needs all the same. */
  readonly copy?: readonly string[];
  /** A shell command that makes its worktree ready. */
  readonly setup?: string;
  readonly expect?: ExpectPolicy;
  /** For all its attempts of one round together. What has spent it is not tried again. */
  readonly budget?: Budget;
}

/** Goes again if one of the tasks `failed`, or `not-succeeded` (failed, skipped), in the round that ended. */
export interface LoopCondition {
  readonly kind: 'failed' | 'not-succeeded';
  readonly tasks: readonly TaskId[];
}

/** Tasks that are repeated together. Loops are nested or disjoint. Who stands outside waits until the loop closes. */
export interface Loop {
  readonly id: string;
  readonly tasks: readonly TaskId[];
  readonly again: LoopCondition;
  /** All rounds, the first one included. */
  readonly max: number;
  /** Of a loop with isolated tasks: the one whose files the next round goes on from. */
  readonly checkpoint?: TaskId;
}

/** What a failure of a task that may not fail does to the rest of the run. */
export type OnError = 'skip' | 'stop' | 'fail-fast' | 'continue';

/** So much money and so many tokens. A part that is absent is not limited or, where something is told, not known. */
export interface Budget {
  readonly costUsd?: number;
  readonly tokens?: number;
}

/** What holds for all isolated tasks of a plan. */
export interface Isolation {
  /** Somebody asked for it; else it is only what the pattern does where it can. */
  readonly asked: boolean;
  /** Changes of the user that are not committed are carried into the worktrees. */
  readonly includeDirty: boolean;
  readonly onConflict: 'fail' | 'retry';
  /** How long what was not taken is kept. */
  readonly keepMillis: number;
  /** Who the commits are by: `Name <address>`. Absent: whoever git thinks the user is. */
  readonly author?: string;
  /** A run that fails leaves the user's tree as it was before. */
  readonly rollback?: true;
}

export interface Plan {
  readonly version: 1;
  readonly name: string;
  /** The pattern it was compiled from, for people: `parallel`, `boomerang`, `file`… */
  readonly pattern: string;
  readonly tags: readonly string[];
  readonly namespace?: string;
  readonly tasks: readonly Task[];
  readonly loops: readonly Loop[];
  readonly pools: Readonly<Record<PoolId, number>>;
  readonly onError: OnError;
  /** For all attempts of the run together, over resumes. */
  readonly budget?: Budget;
  /** Tasks whose cost cannot be known run all the same when there is a budget. */
  readonly allowUnmetered?: true;
  /** By model, for agents that tell only their tokens; before the prices that are built in. */
  readonly prices?: Prices;
  /** The whole run's limit, counted from its start or its last resume. */
  readonly deadlineMillis?: number;
  /** A pool that only meets rate limits for this long fails its tasks as `rate-limit`. */
  readonly rateLimitWaitMillis: number;
  readonly cwd: string;
  /** Present where a task is isolated. */
  readonly isolation?: Isolation;
  /** Variables of all tasks. Values of secrets are never in here. */
  readonly env: Readonly<Record<string, string>>;
  /** With a list, tasks get only a small clean environment and these names; without, all of ours. */
  readonly passEnv?: readonly string[];
  /** Names whose values are secret: read from the environment at each start, masked in all that is written. */
  readonly secrets: readonly string[];
  readonly graceMillis: number;
  /** Tasks find no results of earlier ones in BATCHTOOL_CONTEXT. Outputs, which are asked for by name, still reach them. */
  readonly noContext?: true;
  /** Who runs SPARC commands and prompts; absent: a runner that is installed, else the built-in one. */
  readonly runner?: 'builtin' | 'as-written';
  /** The agent of prompts that name none, nor their mode. */
  readonly agent?: string;
  /** By name of the agent. */
  readonly agents?: Readonly<Record<string, AgentProfile>>;
  /** By name of the mode. */
  readonly modes?: Readonly<Record<string, ModeSettings>>;
  /** Room for the results of earlier tasks in the prompt of an agent. */
  readonly contextTokens?: number;
}

export const DEFAULT_RETRY: RetryPolicy = { max: 0, delayMillis: 1000, maxDelayMillis: 60_000 };
export const DEFAULT_GRACE_MILLIS = 5000;
export const DEFAULT_KEEP_MILLIS = 7 * 86_400_000;
export const DEFAULT_RATE_LIMIT_WAIT_MILLIS = 3_600_000;
