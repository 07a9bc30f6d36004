/** A plan before it runs: the text of a dry run, and the plan as a document in the words that users type. */
import type { CostEstimate } from '../core/event.js';
import { type Loop, MAIN_POOL, type Plan, type Task, type TaskId } from '../core/plan.js';
import type { Line, Sheet, Span } from '../core/shown.js';
import { showBudget, showSize } from '../core/units.js';
import { budgetDocument, forecastLines, forecastOf } from './cost.js';
import { groupLines } from './groups.js';
import { contextNote, kindLines, kindOf } from './kinds.js';
import { countOf } from './opening.js';
import { showLimit, someOf } from './reason.js';

/** What earlier runs say that tasks cost. */
type Costs = Readonly<Record<TaskId, CostEstimate>>;

export function planSheet(plan: Plan, costs?: Costs): Sheet {
  const staged = plan.tasks.some((task) => task.stage !== undefined);
  return {
    head: [
      headLine(plan),
      ...kindLines(plan.tasks),
      ...groupLines(plan.tasks),
      ...forecastLines(plan, costs),
    ],
    table: {
      columns: [
        { title: 'TASK' },
        ...(staged ? [{ title: 'STAGE' }] : []),
        { title: 'KIND' },
        { title: 'NEEDS' },
        { title: 'LIMITS' },
        { title: 'TAGS' },
        { title: 'TEXT', shrink: true },
      ],
      rows: plan.tasks.map((task) => row(task, staged)),
    },
    foot: [
      ...plan.loops.map(loopLine),
      ...noteLines(plan),
      [{ text: 'dry run: nothing was started', tone: 'dim' }],
    ],
  };
}

function noteLines({ tasks }: Plan): Line[] {
  const note = contextNote(tasks);
  return note === undefined ? [] : [[{ text: note }]];
}

function headLine(plan: Plan): Line {
  const slots = plan.pools[MAIN_POOL];
  const width = slots === undefined ? '' : `, at most ${slots} at a time`;
  const deadline = plan.deadlineMillis === undefined ? '' : `, within ${showLimit(plan.deadlineMillis)}`;
  const budget = plan.budget === undefined ? '' : `, for at most ${showBudget(plan.budget)}`;
  return [
    { text: plan.name, tone: 'strong' },
    {
      text: ` (${plan.pattern}): ${countOf(plan.tasks.length)}${width}${deadline}${budget}, on error: ${plan.onError}`,
    },
  ];
}

function row(task: Task, staged: boolean): readonly Span[] {
  return [
    { text: task.id },
    ...(staged ? [{ text: task.stage ?? '' }] : []),
    { text: kindOf(task), tone: task.work.kind === 'prompt' ? 'busy' : 'strong' },
    { text: needsOf(task) },
    { text: limitsOf(task).join(', ') },
    { text: task.tags.filter((tag) => tag !== task.stage && tag !== task.group).join(', ') },
    { text: task.label, tone: 'dim' },
  ];
}

function needsOf({ needs, when }: Task): string {
  const ids = someOf([...new Set(needs.map((need) => need.task))], 4);
  if (when === 'success') return ids;
  return ids === '' ? `if ${when}` : `${ids} (if ${when})`;
}

function limitsOf({ limits, budget, retry, priority, mayFail, once, keep, isolate }: Task): string[] {
  const words: string[] = [];
  if (limits.timeoutMillis !== undefined) words.push(`timeout ${showLimit(limits.timeoutMillis)}`);
  if (limits.idleMillis !== undefined) words.push(`idle ${showLimit(limits.idleMillis)}`);
  if (limits.memoryBytes !== undefined) words.push(`memory ${showSize(limits.memoryBytes)}`);
  if (limits.outputBytes !== undefined) words.push(`output ${showSize(limits.outputBytes)}`);
  if (budget !== undefined) words.push(`at most ${showBudget(budget)}`);
  if (retry.max > 0) words.push(`${retry.max} ${retry.max === 1 ? 'retry' : 'retries'}`);
  if (priority !== 0) words.push(`priority ${priority}`);
  if (mayFail === true) words.push('may fail');
  if (once === true) words.push('once');
  if (keep === true) words.push('keep');
  if (isolate === 'worktree') words.push('worktree');
  return words;
}

function loopLine(loop: Loop): Line {
  const condition = loop.again.kind === 'failed' ? 'failed' : 'did not succeed';
  const asked = someOf(loop.again.tasks, 4);
  return [
    { text: `repeated while ${asked} ${condition}, at most ${loop.max} rounds: ${someOf(loop.tasks, 8)}` },
  ];
}

export interface PlannedTask {
  readonly id: string;
  readonly label: string;
  readonly kind: 'command' | 'prompt' | 'integrate';
  /** Null for a merge, which has none. */
  readonly text: string | null;
  readonly mode?: string;
  readonly agent?: string;
  readonly model?: string;
  readonly permission?: string;
  readonly args?: readonly string[];
  /** Of an agent of the plan's own. */
  readonly command?: readonly string[];
  /** The SPARC runner that carries it out. */
  readonly runner?: string;
  readonly shell?: readonly string[];
  readonly needs: readonly string[];
  readonly when: Task['when'];
  readonly stage: string | null;
  readonly tags: readonly string[];
  readonly priority: number;
  readonly pools: readonly string[];
  readonly attempts: number;
  readonly limits: {
    readonly timeoutMs?: number;
    readonly idleMs?: number;
    readonly memoryBytes?: number;
    readonly outputBytes?: number;
  };
  readonly budget: ReturnType<typeof budgetDocument> | null;
  readonly mayFail: boolean;
  readonly once: boolean;
  readonly keep: boolean;
}

export interface PlanDocument {
  readonly plan: {
    readonly name: string;
    readonly pattern: string;
    readonly tags: readonly string[];
    readonly onError: Plan['onError'];
    readonly pools: Readonly<Record<string, number>>;
    readonly deadlineMs: number | null;
    readonly rateLimitWaitMs: number;
    readonly budget: ReturnType<typeof budgetDocument> | null;
    /** By earlier runs; null when they say nothing. */
    readonly forecast: (ReturnType<typeof budgetDocument> & { readonly unknownTasks: number }) | null;
  };
  readonly tasks: readonly PlannedTask[];
  readonly loops: readonly Loop[];
}

/** `--dry-run --json`: what would run. No values of variables, for they may be private. */
export function planDocument(plan: Plan, costs?: Costs): PlanDocument {
  const forecast = forecastOf(plan, costs);
  return {
    plan: {
      name: plan.name,
      pattern: plan.pattern,
      tags: plan.tags,
      onError: plan.onError,
      pools: plan.pools,
      deadlineMs: plan.deadlineMillis ?? null,
      rateLimitWaitMs: plan.rateLimitWaitMillis,
      budget: plan.budget === undefined ? null : budgetDocument(plan.budget),
      forecast:
        forecast === undefined
          ? null
          : { ...budgetDocument(forecast.expected), unknownTasks: forecast.unknown },
    },
    tasks: plan.tasks.map(plannedTask),
    loops: plan.loops,
  };
}

function plannedTask(task: Task): PlannedTask {
  const { work, limits } = task;
  return {
    id: task.id,
    label: task.label,
    kind: work.kind,
    text: work.kind === 'integrate' ? null : work.text,
    ...(work.kind === 'prompt' ? { mode: work.mode } : {}),
    ...(work.kind === 'prompt' && work.agent !== undefined ? { agent: work.agent } : {}),
    ...(work.kind === 'prompt' && work.model !== undefined ? { model: work.model } : {}),
    ...(work.kind === 'prompt' && work.permission !== undefined ? { permission: work.permission } : {}),
    ...(work.kind === 'prompt' && work.args !== undefined ? { args: work.args } : {}),
    ...(work.kind === 'prompt' && work.command !== undefined ? { command: work.command } : {}),
    ...(work.kind !== 'integrate' && work.runner !== undefined ? { runner: work.runner } : {}),
    ...(work.kind === 'command' && work.shell !== undefined ? { shell: work.shell } : {}),
    needs: [...new Set(task.needs.map((need) => need.task))],
    when: task.when,
    stage: task.stage ?? null,
    tags: task.tags,
    priority: task.priority,
    pools: task.pools,
    attempts: 1 + task.retry.max,
    limits: {
      ...(limits.timeoutMillis === undefined ? {} : { timeoutMs: limits.timeoutMillis }),
      ...(limits.idleMillis === undefined ? {} : { idleMs: limits.idleMillis }),
      ...(limits.memoryBytes === undefined ? {} : { memoryBytes: limits.memoryBytes }),
      ...(limits.outputBytes === undefined ? {} : { outputBytes: limits.outputBytes }),
    },
    budget: task.budget === undefined ? null : budgetDocument(task.budget),
    mayFail: task.mayFail === true,
    once: task.once === true,
    keep: task.keep === true,
  };
}
